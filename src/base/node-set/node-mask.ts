// Which names a node set with wildcards means, where nobody can list all names beforehand. It does not know what is called so.
import { NodeSet } from './node-set.ts';
import { type Operator, parseTerms } from './parse.ts';
import { parseNodeSet } from './read.ts';
import { isWild, wildcard } from './wildcard.ts';

/** Whether a name is meant. */
export type NodeMask = (name: string) => boolean;

const APPLY: Readonly<Record<Operator, (isIn: boolean, has: boolean) => boolean>> = {
  ',': (isIn, has) => isIn || has,
  '!': (isIn, has) => isIn && !has,
  '&': (isIn, has) => isIn && has,
  '^': (isIn, has) => isIn !== has,
};

/**
 * Reads a node set as a question that is asked of one name after the other: `web[01-40]!web07`, `web*,db?`, `*!web*`.
 *
 * The names of all hosts of a thousand runs need not be written out for it, as for {@link parseNodeSet}; the answers are the same.
 *
 * @param name - What the text is called, for errors: `--host`.
 * @throws NodeSetError NODE_SET_SYNTAX; NODE_SET_GROUP, since there are no groups here; NODE_SET_TOO_LARGE.
 */
export function nodeMask(text: string, name = 'node set'): NodeMask {
  if (!isWild(text)) {
    const nodes = parseNodeSet(text, name);
    return (node) => nodes.has(node);
  }
  const terms = [...parseTerms(text, name)].map(({ operator, texts, axes }) => {
    const written = NodeSet.ofPattern(texts, axes);
    if (texts[0]?.startsWith('@') === true || !texts.some(isWild)) {
      // Read as a text of its own: that refuses groups.
      const nodes = parseNodeSet(String(written), name);
      return { operator, has: (node: string): boolean => nodes.has(node) };
    }
    const patterns = written.expand().map((mask) => wildcard(mask));
    return { operator, has: (node: string): boolean => patterns.some((pattern) => pattern.test(node)) };
  });
  return (node) => terms.reduce((isIn, { operator, has }) => APPLY[operator](isIn, has(node)), false);
}
