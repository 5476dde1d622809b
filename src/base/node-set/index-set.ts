// A set of the numbers in names, as they are written: 7, 07 and 007 are three. It does not know what stands around them.

/**
 * Neighbours of the same number of digits, from `first` to `last`.
 *
 * What is written with so many digits is one number and one only; so identity of texts needs nothing but width and value, and
 * a thousand million neighbours take no more room than two.
 */
export interface Run {
  readonly width: number;
  readonly first: number;
  readonly last: number;
}

/** More digits are no longer exact as a number. */
export const MOST_DIGITS = 15;

/** An immutable set of numbers as written, in the order of ClusterShell: few digits first, then by value. */
export class IndexSet {
  /** In order, neither touching nor overlapping. */
  readonly runs: readonly Run[];
  readonly size: number;
  #key: string | undefined;

  private constructor(runs: readonly Run[]) {
    this.runs = runs;
    this.size = runs.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  }

  /** @param runs - In any order; they may overlap. */
  static of(runs: Iterable<Run>): IndexSet {
    const sorted = [...runs].sort((a, b) => a.width - b.width || a.first - b.first);
    const joined: Run[] = [];
    for (const run of sorted) {
      const before = joined.at(-1);
      if (before === undefined || before.width !== run.width || before.last + 1 < run.first) joined.push(run);
      else if (before.last < run.last) joined[joined.length - 1] = { ...before, last: run.last };
    }
    return new IndexSet(joined);
  }

  /** @param digits - At most {@link MOST_DIGITS}. */
  static one(digits: string): IndexSet {
    const value = Number(digits);
    return new IndexSet([{ width: digits.length, first: value, last: value }]);
  }

  /**
   * All numbers of a range.
   *
   * @param width - Digits that all of them have; 0 for as many as each needs.
   */
  static range(first: number, last: number, width: number): IndexSet {
    if (width > 0) return new IndexSet([{ width, first, last }]);
    const runs: Run[] = [];
    for (let from = first; from <= last; from = (runs.at(-1)?.last ?? last) + 1) {
      const digits = String(from).length;
      runs.push({ width: digits, first: from, last: Math.min(last, 10 ** digits - 1) });
    }
    return new IndexSet(runs);
  }

  static union(sets: readonly IndexSet[]): IndexSet {
    const [only] = sets;
    return only !== undefined && sets.length === 1 ? only : IndexSet.of(sets.flatMap((set) => set.runs));
  }

  intersection(other: IndexSet): IndexSet {
    return new IndexSet([...overlaps(this.runs, other.runs)].flatMap(({ common }) => common));
  }

  difference(other: IndexSet): IndexSet {
    return new IndexSet(
      [...overlaps(this.runs, other.runs)].flatMap(({ run, common }) => {
        const ends = [...common.map(({ first }) => first), run.last + 1];
        const starts = [run.first, ...common.map(({ last }) => last + 1)];
        return starts.flatMap((first, i) => {
          const last = (ends[i] ?? 0) - 1;
          return first <= last ? [{ width: run.width, first, last }] : [];
        });
      }),
    );
  }

  /** The first number as written; empty for none. */
  get first(): string {
    const run = this.runs[0];
    return run === undefined ? '' : digitsOf(run.first, run.width);
  }

  /** The last number as written; empty for none. */
  get last(): string {
    const run = this.runs.at(-1);
    return run === undefined ? '' : digitsOf(run.last, run.width);
  }

  has(digits: string): boolean {
    return this.intersection(IndexSet.one(digits)).size === 1;
  }

  /** The numbers from position `from` up to and without position `to`. */
  slice(from: number, to: number): IndexSet {
    const runs: Run[] = [];
    let place = 0;
    for (const { width, first, last } of this.runs) {
      const [low, high] = [Math.max(first, first + from - place), Math.min(last, first + to - place - 1)];
      if (low <= high) runs.push({ width, first: low, last: high });
      place += last - first + 1;
    }
    return new IndexSet(runs);
  }

  *[Symbol.iterator](): Generator<string> {
    for (const { width, first, last } of this.runs) for (let value = first; value <= last; value++) yield digitsOf(value, width);
  }

  /** Equal for equal sets, and for no others. */
  get key(): string {
    this.#key ??= this.runs.map(({ width, first, last }) => `${width}:${first}-${last}`).join();
    return this.#key;
  }
}

/** A number with at least so many digits. */
export function digitsOf(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

/** Each run, with the parts of it that others have too, in order. */
function* overlaps(runs: readonly Run[], others: readonly Run[]): Generator<{ run: Run; common: Run[] }> {
  let next = 0;
  for (const run of runs) {
    while (isBefore(others[next], run)) next++;
    const common: Run[] = [];
    for (let i = next; i < others.length && !isBefore(run, others[i]); i++) {
      const { first, last } = others[i] ?? run;
      common.push({ width: run.width, first: Math.max(first, run.first), last: Math.min(last, run.last) });
    }
    yield { run, common };
  }
}

function isBefore(a: Run | undefined, b: Run | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a.width < b.width || (a.width === b.width && a.last < b.first);
}
