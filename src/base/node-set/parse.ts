// The grammar of node sets: names with ranges, and , ! & ^ between them. It knows neither groups nor what the operators do.
import { positionAt } from '../position.ts';
import { MOST_NAMES, NodeSetError } from './errors.ts';
import { IndexSet, MOST_DIGITS } from './index-set.ts';
import { splitName } from './node-set.ts';
import { type Blame, parseRanges, rangesOf } from './ranges.ts';

export type Operator = ',' | '!' | '&' | '^';

/** A name or folded name of a node set, and the operator before it. */
export interface Term {
  readonly operator: Operator;
  readonly offset: number;
  /** The text around the numbers, one more than there are axes. */
  readonly texts: readonly string[];
  readonly axes: readonly IndexSet[];
}

const SPACE = /\s*/y;
const TEXT = /[^\s,!&^[\]]+/y;
const BRACKET = /\[([^[\]]*)\]/y;

/**
 * Reads the terms of a node set, in order.
 *
 * @param name - What the text is called, for errors: `--nodes`.
 * @throws NodeSetError NODE_SET_SYNTAX with line and column.
 */
export function* parseTerms(text: string, name: string): Generator<Term> {
  const blame: Blame = (offset, message, fix) =>
    new NodeSetError('NODE_SET_SYNTAX', message, { where: positionAt(name, text, offset), fix });
  let at = skip(SPACE, text, 0);
  if (at === text.length) return;
  for (let operator: Operator = ','; ; at++) {
    const { pieces, end } = readPieces(text, skip(SPACE, text, at), blame);
    const offset = pieces[0]?.offset ?? end;
    if (pieces.length === 0) {
      const next = text[end] ?? operator;
      throw blame(
        offset,
        `A name is missing ${end < text.length ? 'before' : 'behind'} \`${next}\``,
        'Write a name on both sides of every operator',
      );
    }
    yield { operator, offset, ...joined(pieces, blame) };
    at = skip(SPACE, text, end);
    const found = text[at];
    if (found === undefined) return;
    if (!isOperator(found)) throw blame(at, 'There is a space within a name', 'Write a comma between two names');
    operator = found;
  }
}

/** What stands between brackets as numbers, or the text outside. */
type Piece = { readonly offset: number } & (
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'numbers'; readonly set: IndexSet }
);

function readPieces(text: string, start: number, blame: Blame): { pieces: Piece[]; end: number } {
  const pieces: Piece[] = [];
  for (let at = start; ; ) {
    const plain = skip(TEXT, text, at);
    if (plain > at) pieces.push({ kind: 'text', offset: at, text: text.slice(at, plain) });
    at = plain;
    if (text[at] === ']') throw blame(at, 'A bracket is closed that was not opened', 'Remove it, or open one before it');
    if (text[at] !== '[') return { pieces, end: at };
    const end = skip(BRACKET, text, at);
    if (end === at) throw blame(at, 'A bracket is opened, but not closed', 'Close it before the next one: node[1-5]');
    if (pieces.at(-1)?.kind === 'numbers')
      throw blame(at, 'Two brackets touch, so nobody could tell their numbers apart', 'Write text between them, or one range');
    pieces.push({ kind: 'numbers', offset: at, set: parseRanges(text.slice(at + 1, end - 1), at + 1, MOST_NAMES, blame) });
    at = end;
  }
}

/** Digits that touch a bracket belong to its numbers: `n1[0-5]` is `n[10-15]`. */
function joined(pieces: readonly Piece[], blame: Blame): Pick<Term, 'texts' | 'axes'> {
  const texts = [''];
  const axes: IndexSet[] = [];
  const append = (text: string): void => {
    texts.push((texts.pop() ?? '') + text);
  };
  const addNumbers = (set: IndexSet): void => {
    axes.push(set);
    texts.push('');
  };
  for (const [i, piece] of pieces.entries()) {
    const [before, after] = [pieces[i - 1], pieces[i + 1]];
    if (piece.kind === 'numbers') {
      const [prefix, suffix] = [
        before?.kind === 'text' ? trailingDigits(before.text) : '',
        after?.kind === 'text' ? leadingDigits(after.text) : '',
      ];
      addNumbers(withDigits(piece.set, prefix, suffix, piece.offset, blame));
      continue;
    }
    const from = before === undefined ? 0 : leadingDigits(piece.text).length;
    const to = after === undefined ? piece.text.length : piece.text.length - trailingDigits(piece.text).length;
    if (from > to || (from === to && before !== undefined && after !== undefined))
      throw blame(
        piece.offset,
        'Only digits stand between two brackets, so nobody could tell their numbers apart',
        'Write text between them, or one range',
      );
    const { texts: plain, numbers } = splitName(piece.text.slice(from, to));
    for (const [j, text] of plain.entries()) {
      append(text);
      const digits = numbers[j];
      if (digits !== undefined) addNumbers(IndexSet.one(digits));
    }
  }
  return { texts, axes };
}

function withDigits(set: IndexSet, prefix: string, suffix: string, offset: number, blame: Blame): IndexSet {
  if (prefix === '' && suffix === '') return set;
  if (prefix.length + suffix.length + set.last.length > MOST_DIGITS)
    throw blame(
      offset,
      `With the digits around it this number has more than ${MOST_DIGITS} digits`,
      'Write such names out, without brackets',
    );
  return withPrefix(withSuffix(set, suffix, offset, blame), prefix, offset, blame);
}

function withSuffix(set: IndexSet, suffix: string, offset: number, blame: Blame): IndexSet {
  if (suffix === '') return set;
  if (set.size > MOST_NAMES)
    throw blame(offset, `Digits behind a range of ${set.size} numbers`, `At most ${MOST_NAMES} are possible with digits behind`);
  return IndexSet.of(
    [...set].map((digits) => {
      const value = Number(digits + suffix);
      return { width: digits.length + suffix.length, first: value, last: value };
    }),
  );
}

function withPrefix(set: IndexSet, prefix: string, offset: number, blame: Blame): IndexSet {
  if (prefix === '') return set;
  // ClusterShell reads n1[8-12] as n[18-112]; who wrote it most likely meant n18, n19, n110.
  const mixed = rangesOf(set).find(({ first, last, width }) => width === 0 && String(first).length !== String(last).length);
  if (mixed !== undefined)
    throw blame(
      offset,
      `Behind ${prefix}, the range ${mixed.first}-${mixed.last} could mean two things`,
      `Write the ${prefix} into the brackets`,
    );
  return IndexSet.of(
    set.runs.map(({ width, first, last }) => {
      const base = Number(prefix) * 10 ** width;
      return { width: width + prefix.length, first: base + first, last: base + last };
    }),
  );
}

function leadingDigits(text: string): string {
  return /^\d*/.exec(text)?.[0] ?? '';
}

function trailingDigits(text: string): string {
  return /(?<!\d)\d+$/.exec(text)?.[0] ?? '';
}

function isOperator(character: string): character is Operator {
  return [',', '!', '&', '^'].includes(character);
}

/** The offset behind what matches there. */
function skip(what: RegExp, text: string, at: number): number {
  what.lastIndex = at;
  return what.test(text) ? what.lastIndex : at;
}
