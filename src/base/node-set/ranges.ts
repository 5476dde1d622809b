// Numbers as ranges, as ClusterShell writes them: 1-5,08-12,20-30/2. Between text and set, both ways; it knows no names.
import { digitsOf, IndexSet, MOST_DIGITS, type Run } from './index-set.ts';

/** Numbers at equal distances. */
export interface IndexRange {
  readonly first: number;
  readonly last: number;
  readonly step: number;
  /** Digits that all of them have; 0 for as many as each needs. */
  readonly width: number;
}

/** What makes an error of a fault at an offset of the text. */
export type Blame = (offset: number, message: string, fix: string) => Error;

const RANGE = /^(\d+)(?:\s*-\s*(\d+))?(?:\s*\/\s*(\d+))?$/;

/**
 * Reads what stands between brackets, as ClusterShell 1.9: `1-5`, `08-12`, `0-10/2`, several with commas.
 *
 * @param offset - Where it stands, for errors.
 * @param most - How many numbers a range with steps may have.
 */
export function parseRanges(text: string, offset: number, most: number, blame: Blame): IndexSet {
  let at = offset;
  const sets = text.split(',').map((part) => {
    const start = at + part.length - part.trimStart().length;
    at += part.length + 1;
    return parseRange(part.trim(), start, most, blame);
  });
  return IndexSet.union(sets);
}

function parseRange(text: string, offset: number, most: number, blame: Blame): IndexSet {
  if (text === '') throw blame(offset, 'A range is missing', 'Write numbers, ranges, or both with commas: [1-5,7]');
  const [, begin, end = begin, stepText = '1'] = RANGE.exec(text) ?? [];
  if (begin === undefined || end === undefined)
    throw blame(
      offset,
      `\`${text}\` is no range of numbers`,
      'Write 5, 1-5, 08-12, or 0-10/2; a minus sign belongs in front of the bracket',
    );
  if (end.length > MOST_DIGITS || begin.length > MOST_DIGITS)
    throw blame(offset, `\`${text}\` has more than ${MOST_DIGITS} digits`, 'Write such names out, without brackets');
  const [first, last, step] = [Number(begin), Number(end), Number(stepText)];
  const padded = isPadded(begin) || isPadded(end);
  if (padded && begin.length !== end.length)
    throw blame(
      offset,
      `The ends of \`${text}\` have different numbers of digits`,
      `Write ${digitsOf(first, end.length)}-${end}, or both without zeros`,
    );
  if (first > last) throw blame(offset, `\`${text}\` ends before it begins`, `Write ${end}-${begin}`);
  if (step < 1) throw blame(offset, `\`${text}\` has no step`, 'Write a step of at least 1: 0-10/2');
  if (step > 1 && begin === end) throw blame(offset, `\`${text}\` has a step, but is no range`, 'Write for instance 0-10/2');
  const width = padded ? begin.length : 0;
  if (step === 1) return IndexSet.range(first, last, width);
  const count = Math.floor((last - first) / step) + 1;
  if (count > most) throw blame(offset, `\`${text}\` has ${count} numbers, and at most ${most} are possible with a step`, 'Check its ends');
  return IndexSet.of(Array.from({ length: count }, (_, i) => single(first + i * step, width)));
}

function isPadded(digits: string): boolean {
  return digits.length > 1 && digits.startsWith('0');
}

function single(value: number, width: number): Run {
  return { width: Math.max(width, String(value).length), first: value, last: value };
}

/** The set as text: `1-5,08-12`. @param autostep - As for {@link rangesOf}. */
export function rangesText(set: IndexSet, autostep?: number): string {
  return rangesOf(set, autostep)
    .map(({ first, last, step, width }) => {
      const [from, to] = [digitsOf(first, width), digitsOf(last, width)];
      if (first === last) return from;
      return step === 1 ? `${from}-${to}` : `${from}-${to}/${step}`;
    })
    .join();
}

/** One range as a set. */
export function setOf({ first, last, width }: IndexRange): IndexSet {
  return IndexSet.range(first, last, width);
}

/** A range that may still grow. */
interface Growing {
  first: number;
  last: number;
  /** Unknown while it has one number. Beside one number it is the distance to the range before. */
  step: number | undefined;
  padded: boolean;
  width: number;
}

/**
 * The set as ranges, with the choices of ClusterShell 1.9: a range that began with a padded number takes numbers of its width
 * only, and one that did not takes no padded ones.
 *
 * @param autostep - From how many numbers at equal distances on they are one range with a step; never when not given.
 */
export function rangesOf(set: IndexSet, autostep = Number.POSITIVE_INFINITY): IndexRange[] {
  const found: IndexRange[] = [];
  let growing: Growing | undefined;

  const isRange = ({ first, last, step = 1 }: Growing): boolean => step === 1 || last - first >= (autostep - 1) * step;
  const write = (range: Growing, last: number, asRange: boolean): void => {
    const { first, step = 1 } = range;
    const width = range.padded ? range.width : 0;
    if (asRange) found.push({ first, last, step, width });
    else for (let value = first; value <= last; value += step) found.push({ first: value, last: value, step: 1, width });
  };
  const take = (value: number, width: number): Growing => {
    const padded = width > 1 && value < 10 ** (width - 1);
    const fresh = { first: value, last: value, step: undefined, padded, width };
    if (growing === undefined) return fresh;
    const gap = value - growing.last;
    if (growing.padded ? width !== growing.width : padded) {
      write(growing, growing.last, isRange(growing));
      return fresh;
    }
    if (growing.step === undefined || growing.step === gap) return { ...growing, last: value, step: gap };
    if (isRange(growing)) {
      write(growing, growing.last, true);
      return { ...fresh, step: gap };
    }
    // The last number may begin a better range.
    write(growing, growing.last - growing.step, false);
    return { ...growing, first: growing.last, last: value, step: gap };
  };

  for (const { width, first, last } of set.runs) {
    growing = take(first, width);
    // After two neighbours the step is 1, and the others only make it longer.
    if (last > first) growing = { ...take(first + 1, width), last };
  }
  if (growing !== undefined) write(growing, growing.last, isRange(growing));
  return found;
}
