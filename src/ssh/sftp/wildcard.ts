// Patterns for names and paths: `*`, `?`, `[a-z]`, `**`. It looks at no file system.

type Token =
  | { readonly kind: 'star' }
  | { readonly kind: 'any' }
  | { readonly kind: 'literal'; readonly character: string }
  | { readonly kind: 'set'; readonly negated: boolean; readonly ranges: readonly (readonly [number, number])[] };

/** A pattern for one name. */
export interface NamePattern {
  /** The one name it means, where it has no wildcard. */
  readonly literal: string | undefined;
  /** Whether it means names that begin with a dot: those that a directory hides. */
  readonly hidden: boolean;
  readonly matches: (name: string) => boolean;
}

/**
 * A pattern for one name, as fnmatch(3): `*` is anything, `?` one character, `[a-z]` one of a set, `[!a-z]` one of no set, `\` takes the
 * next character as it is. A `[` without its `]` is itself. A byte of a name that is no UTF-8 counts as one character.
 *
 * The time to match grows with the length of name and pattern, never with their combinations: names come from a host.
 */
export function namePattern(pattern: string): NamePattern {
  const tokens = tokensOf(Array.from(pattern));
  const literals = tokens.flatMap((token) => (token.kind === 'literal' ? [token.character] : []));
  const literal = literals.length === tokens.length ? literals.join('') : undefined;
  const [first] = tokens;
  const hidden = first?.kind === 'literal' && first.character === '.';
  return { literal, hidden, matches: (name) => (literal === undefined ? matchesTokens(tokens, Array.from(name)) : name === literal) };
}

/** Part of a path pattern: a name, or `**`. */
export type PathPart = NamePattern | '**';

/** A pattern for a path, part by part; `**` is any number of directories, none included. */
export function pathPattern(pattern: string): PathPart[] {
  const parts = pattern.split('/').filter((part) => part !== '');
  return parts.map((part) => (part === '**' ? part : namePattern(part)));
}

/** Whether a path, given as its names, is one that the pattern means. */
export function matchesPath(pattern: readonly PathPart[], names: readonly string[]): boolean {
  return matchesSequence(pattern, names, {
    isStar: (part) => part === '**',
    matches: (part, name) => part !== '**' && part.matches(name),
  });
}

function matchesTokens(tokens: readonly Token[], characters: readonly string[]): boolean {
  return matchesSequence(tokens, characters, { isStar: ({ kind }) => kind === 'star', matches: matchesOne });
}

interface Rules<P> {
  readonly isStar: (part: P) => boolean;
  readonly matches: (part: P, item: string) => boolean;
}

/** Goes back no further than to the last star: what an earlier one took can stay as it is. */
function matchesSequence<P>(parts: readonly P[], items: readonly string[], { isStar, matches }: Rules<P>): boolean {
  let part = 0;
  let item = 0;
  let star: { part: number; item: number } | undefined;
  while (item < items.length) {
    const current = part < parts.length ? (parts[part] as P) : undefined;
    if (current !== undefined && isStar(current)) {
      star = { part, item };
      part++;
    } else if (current !== undefined && matches(current, items[item] as string)) {
      part++;
      item++;
    } else if (star !== undefined) {
      star.item++;
      part = star.part + 1;
      item = star.item;
    } else {
      return false;
    }
  }
  return parts.slice(part).every(isStar);
}

function matchesOne(token: Token, character: string): boolean {
  switch (token.kind) {
    case 'star':
      return false;
    case 'any':
      return true;
    case 'literal':
      return token.character === character;
    case 'set': {
      const code = character.codePointAt(0) ?? 0;
      return token.ranges.some(([from, to]) => from <= code && code <= to) !== token.negated;
    }
  }
}

function tokensOf(characters: readonly string[]): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < characters.length; ) {
    const character = characters[at] as string;
    const set = character === '[' ? setAt(characters, at) : undefined;
    if (set !== undefined) {
      tokens.push(set.token);
      at = set.next;
    } else if (character === '\\' && at + 1 < characters.length) {
      tokens.push({ kind: 'literal', character: characters[at + 1] as string });
      at += 2;
    } else {
      if (character === '*') tokens.push({ kind: 'star' });
      else if (character === '?') tokens.push({ kind: 'any' });
      else tokens.push({ kind: 'literal', character });
      at += 1;
    }
  }
  return tokens;
}

/** The set that begins with the `[` at `start`; a `]` right at its beginning is one of its characters. */
function setAt(characters: readonly string[], start: number): { readonly token: Token; readonly next: number } | undefined {
  const negated = characters[start + 1] === '!' || characters[start + 1] === '^';
  const first = start + (negated ? 2 : 1);
  const end = characters.indexOf(']', first + 1);
  if (end < 0) return undefined;
  const ranges: [number, number][] = [];
  for (let at = first; at < end; ) {
    const from = codeAt(characters, at);
    const isRange = characters[at + 1] === '-' && at + 2 < end;
    ranges.push([from, isRange ? codeAt(characters, at + 2) : from]);
    at += isRange ? 3 : 1;
  }
  return { token: { kind: 'set', negated, ranges }, next: end + 1 };
}

function codeAt(characters: readonly string[], at: number): number {
  return characters[at]?.codePointAt(0) ?? 0;
}
