// From the text of a node set to its names: operators, groups and wildcards. It asks for groups, and does not know where they are.
import { type Position, positionAt } from '../position.ts';
import { NodeSetError } from './errors.ts';
import { NodeSet } from './node-set.ts';
import { type Operator, parseTerms } from './parse.ts';
import { isWild, wildcard } from './wildcard.ts';

/** What must be known of groups, and where somebody wanted to know it. */
export type GroupQuestion = {
  /** Undefined for the default source, but where the group of another is being read: then it is about that one. */
  readonly source: string | undefined;
  readonly where: Position;
} & (
  | { readonly kind: 'group'; readonly group: string }
  /** All nodes there are: `@*`, and what wildcards pick from. */
  | { readonly kind: 'all' }
  /** The names of all groups: `@@source`. */
  | { readonly kind: 'groups' }
);

/** Another node set to be read, or names to be taken as they are. */
export type GroupAnswer = string | readonly string[];

/** @throws NodeSetError NODE_SET_GROUP when there is no such group or source. */
export type AskForGroup = (question: GroupQuestion) => Promise<GroupAnswer>;

/**
 * Reads a node set as ClusterShell 1.9, without groups and wildcards.
 *
 * @param text - `node[1-5,09-11/2]-rack[1-3]!node3-rack1`; operators `,` `!` `&` `^` from left to right.
 * @param name - What the text is called, for errors.
 * @throws NodeSetError NODE_SET_SYNTAX, NODE_SET_TOO_LARGE; NODE_SET_GROUP on a group.
 * @example
 * ```ts
 * parseNodeSet('n[1-10]&n[5-20]!n7').toString(); // n[5-6,8-10]
 * ```
 */
export function parseNodeSet(text: string, name = 'node set'): NodeSet {
  const reading = evaluate(text, { name, source: undefined, within: [] }).next();
  if (reading.done === true) return reading.value;
  throw groupError('There are no groups here', reading.value.where, 'Write the names of the nodes');
}

/**
 * Reads a node set as ClusterShell 1.9, groups included: `@group`, `@source:group[1-3]`, `@*`, `@@source`, and wildcards `*` and `?`.
 *
 * @param ask - Answers what groups hold; each question may be asked more than once.
 * @param name - What the text is called, for errors.
 * @throws NodeSetError NODE_SET_SYNTAX, NODE_SET_TOO_LARGE, NODE_SET_GROUP, and what `ask` throws.
 */
export async function resolveNodeSet(text: string, ask: AskForGroup, name = 'node set'): Promise<NodeSet> {
  const reading = evaluate(text, { name, source: undefined, within: [] });
  for (let step = reading.next(); ; ) {
    if (step.done === true) return step.value;
    step = reading.next(await ask(step.value));
  }
}

/** Where a text stands. */
interface Place {
  readonly name: string;
  readonly source: string | undefined;
  /** The groups that are being read, the outermost first. */
  readonly within: readonly string[];
}

type Reading = Generator<GroupQuestion, NodeSet, GroupAnswer>;

const APPLY: Readonly<Record<Exclude<Operator, ','>, (a: NodeSet, b: NodeSet) => NodeSet>> = {
  '!': (a, b) => a.difference(b),
  '&': (a, b) => a.intersection(b),
  '^': (a, b) => a.symmetricDifference(b),
};

function* evaluate(text: string, place: Place): Reading {
  // Joined at once: one after the other, a list of a hundred thousand names would be copied as often.
  let parts: NodeSet[] = [];
  for (const { operator, offset, texts, axes } of parseTerms(text, place.name)) {
    const written = NodeSet.ofPattern(texts, axes);
    const isGroup = texts[0]?.startsWith('@') === true;
    const hasWildcards = !isGroup && texts.some(isWild);
    const where = isGroup || hasWildcards ? positionAt(place.name, text, offset) : undefined;
    const set = where === undefined ? written : yield* isGroup ? readGroups(written, place, where) : readWild(written, place, where);
    if (operator === ',') parts.push(set);
    else parts = [APPLY[operator](NodeSet.union(parts), set)];
  }
  return NodeSet.union(parts);
}

function* readGroups(groups: NodeSet, place: Place, where: Position): Reading {
  const found: NodeSet[] = [];
  for (const group of groups.expand()) found.push(yield* readGroup(group.slice(1), place, where));
  return NodeSet.union(found);
}

function* readGroup(written: string, place: Place, where: Position): Reading {
  if (written.startsWith('@')) {
    const source = written.slice(1) || place.source;
    const names = yield { kind: 'groups', source, where };
    return typeof names === 'string' ? parseNodeSet(names, `@@${source ?? ''}`) : NodeSet.ofNames(names);
  }
  const colon = written.indexOf(':');
  const [source, group] = colon < 0 ? [place.source, written] : [written.slice(0, colon) || place.source, written.slice(colon + 1)];
  if (group === '') throw groupError('The name of a group is missing behind @', where, 'Write @group, @source:group, or @* for all nodes');
  if (group === '*') return yield* readAnswer({ kind: 'all', source, where }, '*', place);
  if (isWild(group)) throw groupError(`Groups have no wildcards: @${written}`, where, 'Write the groups with commas, or @* for all nodes');
  return yield* readAnswer({ kind: 'group', source, group, where }, group, place);
}

/** Nodes of the source that match a name with `*` and `?` in it. */
function* readWild(masks: NodeSet, place: Place, where: Position): Reading {
  const nodes = yield* readAnswer({ kind: 'all', source: place.source, where }, '*', place);
  const patterns = masks.expand().map((mask) => wildcard(mask));
  return NodeSet.ofNames(nodes.expand().filter((node) => patterns.some((pattern) => pattern.test(node))));
}

function* readAnswer(question: GroupQuestion, group: string, place: Place): Reading {
  const title = question.source === undefined ? `@${group}` : `@${question.source}:${group}`;
  const circle = [...place.within, title];
  if (place.within.includes(title))
    throw groupError(`The group ${title} holds itself: ${circle.join(', ')}`, question.where, 'Take one of them out of the other');
  const answer = yield question;
  if (typeof answer !== 'string') return NodeSet.ofNames(answer);
  return yield* evaluate(answer, { name: title, source: question.source, within: circle });
}

function groupError(message: string, where: Position, fix: string): NodeSetError {
  return new NodeSetError('NODE_SET_GROUP', message, { where, fix });
}
