// Ansible's host patterns: web:!web07, web*:&prod, ~regex, group[0:3]. It picks names, and knows no variables.
import { didYouMean } from '../base/suggest.ts';
import { TemplateError } from '../jinja/errors.ts';
import { pythonRegex } from '../jinja/regex/python-regex.ts';
import { parseAddress } from './address.ts';
import { PatternError } from './errors.ts';
import { globRegex } from './glob.ts';

/** What a pattern picks from. */
export interface PatternSpace {
  readonly hosts: ReadonlySet<string>;
  readonly groups: readonly string[];
  readonly hostsOf: (group: string) => readonly string[];
}

/** What a pattern picks from, while it is read. */
interface Search extends PatternSpace {
  /** All names of this machine are one host, and it goes by the name that the inventory has, or else by the first that is asked for. */
  readonly thisMachine: (name: string) => string;
}

/** Names that stand for this machine even when no inventory has them. */
export const LOCALHOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1']);

/**
 * Splits a pattern into its parts, as ansible 2.14: at commas if there are any, else at colons, unless the whole is one address:
 * `db:web` is two parts, `db:22` and `2001:db8::1` are one.
 */
export function splitPattern(pattern: string | readonly string[]): string[] {
  if (typeof pattern !== 'string') return pattern.flatMap((text) => splitPattern(text));
  const parts = pattern.includes(',')
    ? pattern.split(',')
    : parseAddress(pattern) === undefined
      ? (pattern.match(/(?:[^\s:[\]]|\[[^\]]*\])+/g) ?? [])
      : [pattern];
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/**
 * The hosts a pattern picks: all plain parts together, then every `&` narrows, then every `!` takes away, whatever their order.
 *
 * @throws PatternError PATTERN_NO_MATCH when a plain part names nobody, with a suggestion; PATTERN_OUT_OF_RANGE; PATTERN_SYNTAX.
 */
export function matchPattern(pattern: string | readonly string[], space: PatternSpace): string[] {
  const parts = splitPattern(pattern);
  let thisMachine = [...space.hosts].find((host) => LOCALHOSTS.has(host));
  const search: Search = { ...space, thisMachine: (name) => (thisMachine ??= name) };
  const plain = parts.filter((part) => !/^[!&]/.test(part));
  let picked = new Set<string>();
  // Only exceptions: they are exceptions from everything.
  for (const part of plain.length === 0 ? ['all'] : plain)
    for (const host of space.hosts.has(part) ? [part] : matchPart(part, part, search)) picked.add(host);
  for (const part of parts.filter((one) => one.startsWith('&'))) {
    const kept = new Set(matchPart(part.slice(1), part, search));
    picked = new Set([...picked].filter((host) => kept.has(host)));
  }
  for (const part of parts.filter((one) => one.startsWith('!')))
    for (const host of matchPart(part.slice(1), part, search)) picked.delete(host);
  return [...picked];
}

function matchPart(part: string, where: string, space: Search): readonly string[] {
  if (part === '')
    throw new PatternError('PATTERN_SYNTAX', `\`${where}\` stands before nothing`, { where, fix: 'Write a host or group behind it' });
  const subscript = part.startsWith('~') ? null : /^(.+)\[(?:(-?\d+)|(\d+)[:-](\d*))\]$/.exec(part);
  if (subscript === null) return matchName(part, where, space);
  const [, expression = '', single, start, end] = subscript;
  const hosts = matchName(expression, where, space, rangeAdvice(part));
  if (hosts.length === 0) return [];
  // As in Ansible: an end of 0 is no end, so that [2:0] is [2].
  if (single === undefined && (end === '' || Number(end) !== 0))
    return hosts.slice(Number(start), end === '' ? undefined : Number(end) + 1);
  const host = hosts.at(Number(single ?? start));
  if (host !== undefined) return [host];
  throw new PatternError('PATTERN_OUT_OF_RANGE', `${expression} has ${hosts.length} hosts, so there is no [${single ?? start}]`, {
    where: part,
    fix: `Use an index from 0 to ${hosts.length - 1}`,
  });
}

/** `web[01:10]` means ten hosts in an inventory, and ten of the group web in a pattern: whoever means the former has another way. */
function rangeAdvice(part: string): string {
  return `In a pattern [...] picks hosts of a group by their position; for hosts of these names write -w '${part.replace(':', '-')}'`;
}

// A host may be in the answer more than once, and subscripts count it so, as in Ansible.
function matchName(name: string, where: string, space: Search, advice?: string): readonly string[] {
  const isRegex = name.startsWith('~');
  const isGlob = /[.?*[]/.test(name);
  const matcher = isRegex ? regex(name.slice(1)) : isGlob ? globRegex(name) : undefined;
  const matches = (candidate: string): boolean => (matcher === undefined ? candidate === name : matcher.test(candidate));
  const groups = space.groups.filter(matches);
  const found = groups.flatMap((group) => space.hostsOf(group));
  if (isRegex || isGlob) for (const host of space.hosts) if (matches(host)) found.push(host);
  if (matcher === undefined && groups.length === 0 && space.hosts.has(name)) found.push(name);
  if (found.length > 0 || groups.length > 0) return found;
  if (LOCALHOSTS.has(name)) return [space.thisMachine(name)];
  if (isRegex || /[?*[]/.test(name)) return [];
  throw new PatternError('PATTERN_NO_MATCH', `No host or group is called \`${name}\``, {
    where,
    fix:
      advice ??
      (/:(?=.*\D)/.test(name)
        ? 'Separate the parts of a pattern with commas or with colons, not with both'
        : didYouMean(name, [...space.groups, ...space.hosts], 'List what there is: sshoal inventory --graph')),
  });
}

/** How long one pattern may look at all names, in ms. */
const PATTERN_MS = 2_000;

/** As Python's re.match: anchored at the start only. */
function regex(source: string): Pick<RegExp, 'test'> {
  const time = { patternMs: PATTERN_MS };
  try {
    const compiled = pythonRegex(source.replace(/^((?:\(\?[aiLmsux]+\))?)([^]*)$/, '$1^(?:$2)'));
    return { test: (name) => compiled.search(name, time) !== null };
  } catch (cause) {
    if (!(cause instanceof TemplateError)) throw cause;
    throw new PatternError('PATTERN_SYNTAX', cause.message, { where: `~${source}`, fix: 'Check its brackets', cause });
  }
}
