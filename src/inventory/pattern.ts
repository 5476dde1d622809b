// Ansible's host patterns: web:!web07, web*:&prod, ~regex, group[0:3]. It picks names, and knows no variables.
import { didYouMean } from '../base/suggest.ts';
import { PatternError } from './errors.ts';

/** What a pattern picks from. */
export interface PatternSpace {
  readonly hosts: ReadonlySet<string>;
  readonly groups: readonly string[];
  readonly hostsOf: (group: string) => readonly string[];
}

/** Names that stand for this machine even when no inventory has them. */
export const LOCALHOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1']);

/**
 * Splits a pattern into its parts, as ansible 2.14: at commas if there are any, else at colons that are no part of an address,
 * slice or range.
 */
export function splitPattern(pattern: string | readonly string[]): string[] {
  const texts = typeof pattern === 'string' ? [pattern] : pattern;
  return texts
    .flatMap((text) => {
      const trimmed = text.trim();
      if (trimmed.includes(',')) return trimmed.split(',').flatMap((part) => splitPattern(part));
      if (/^[\da-fA-F]*:[\da-fA-F:.]*:[\da-fA-F:.]*$/.test(trimmed)) return [trimmed];
      return trimmed.match(/(?:[^\s:[\]]|\[[^\]]*\])+/g) ?? [];
    })
    .filter((part) => part !== '');
}

/**
 * The hosts a pattern picks: all plain parts together, then every `&` narrows, then every `!` takes away, whatever their order.
 *
 * @throws PatternError PATTERN_NO_MATCH when a plain part names nobody, with a suggestion; PATTERN_OUT_OF_RANGE; PATTERN_SYNTAX.
 */
export function matchPattern(pattern: string | readonly string[], space: PatternSpace): string[] {
  const parts = splitPattern(pattern);
  const plain = parts.filter((part) => !part.startsWith('!') && !part.startsWith('&'));
  let picked = new Set<string>();
  // Only exceptions: they are exceptions from everything.
  for (const part of plain.length === 0 ? ['all'] : plain) for (const host of matchPart(part, space)) picked.add(host);
  for (const part of parts.filter((one) => one.startsWith('&'))) {
    const kept = new Set(matchPart(part.slice(1), space));
    picked = new Set([...picked].filter((host) => kept.has(host)));
  }
  for (const part of parts.filter((one) => one.startsWith('!'))) for (const host of matchPart(part.slice(1), space)) picked.delete(host);
  return [...picked];
}

function matchPart(part: string, space: PatternSpace): readonly string[] {
  if (space.hosts.has(part)) return [part];
  const subscript = part.startsWith('~') ? null : /^(.+)\[(?:(-?\d+)|(\d+)([:-])(\d*))\]$/.exec(part);
  if (subscript === null) return matchName(part, space);
  const [, expression = '', single, start, , end] = subscript;
  const hosts = matchName(expression, space);
  if (hosts.length === 0) return [];
  if (single === undefined) return hosts.slice(Number(start), end === '' || end === undefined ? undefined : Number(end) + 1);
  const host = hosts.at(Number(single));
  if (host !== undefined) return [host];
  throw new PatternError('PATTERN_OUT_OF_RANGE', `${expression} has ${hosts.length} hosts, so there is no [${single}]`, {
    where: part,
    fix: `Use an index from 0 to ${hosts.length - 1}`,
  });
}

function matchName(name: string, space: PatternSpace): readonly string[] {
  const isRegex = name.startsWith('~');
  const isGlob = /[.?*[]/.test(name);
  const matcher = isRegex ? regex(name.slice(1)) : isGlob ? glob(name) : undefined;
  const matches = (candidate: string): boolean => (matcher === undefined ? candidate === name : matcher.test(candidate));
  const groups = name === 'all' || name === '*' ? ['all'] : space.groups.filter(matches);
  const found = new Set(groups.flatMap((group) => space.hostsOf(group)));
  if (groups.length === 0 || isRegex || isGlob) for (const host of space.hosts) if (matches(host)) found.add(host);
  if (found.size === 0 && groups.length === 0) {
    if (LOCALHOSTS.has(name)) return [name];
    if (!isRegex && !/[?*[]/.test(name)) {
      const known = [...space.groups, ...space.hosts];
      throw new PatternError('PATTERN_NO_MATCH', `No host or group is called \`${name}\``, {
        where: name,
        fix: didYouMean(name, known, 'List what there is: sshoal inventory --graph'),
      });
    }
  }
  return [...found];
}

/** Python's fnmatch: `*`, `?`, `[abc]`, `[!abc]`, anchored at both ends. */
function glob(text: string): RegExp {
  const source = text.replace(/\[!?[^\]]+\]|[.+^${}()|[\]\\*?]/g, (part) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    return part.length > 1 ? part.replace(/^\[!/, '[^') : `\\${part}`;
  });
  return new RegExp(`^${source}$`, 's');
}

function regex(source: string): RegExp {
  try {
    // As Python's re.match: anchored at the start only.
    return new RegExp(`^(?:${source.replaceAll('(?P<', '(?<')})`);
  } catch (cause) {
    throw new PatternError(
      'PATTERN_SYNTAX',
      `\`${source}\` is no regular expression: ${cause instanceof Error ? cause.message : String(cause)}`,
      { where: `~${source}`, fix: 'Check its brackets', cause },
    );
  }
}
