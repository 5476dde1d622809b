// A set of host names that knows which of their numbers vary: node[1-5,7]-rack[1-3]. Pure; it does not know what a host is.
import { checkSize, NodeSetError } from './errors.ts';
import { Grid } from './grid.ts';
import { IndexSet } from './index-set.ts';
import { rangesOf, rangesText, setOf } from './ranges.ts';
import { product, type Vector } from './vector.ts';

/** How a node set is written. */
export interface FoldOptions {
  /** From how many numbers at equal distances on they become `0-10/2`. Never when not given. */
  readonly autostep?: number | undefined;
  /** Fold only along these axes, counted from 0, or from the last with -1. All of them when not given. */
  readonly axes?: readonly number[] | undefined;
}

/** The names that differ in their numbers only. */
interface Pattern {
  /** The text before, between and behind the numbers. */
  readonly texts: readonly string[];
  readonly grid: Grid;
}

/** More digits are no number, but text: they would not be exact. */
const NUMBER = /(?<!\d)\d{1,15}(?!\d)/g;

/**
 * An immutable set of host names, as ClusterShell's NodeSet. Its order is ClusterShell's too: by the text of the names, then few
 * digits before many, then by number.
 *
 * @example
 * ```ts
 * const nodes = parseNodeSet('node[1-5,09-10]!node3');
 * String(nodes); // node[1-2,4-5,09-10]
 * [...nodes].length === nodes.size; // true
 * ```
 */
export class NodeSet {
  /** By their texts, in order. */
  readonly #patterns: ReadonlyMap<string, Pattern>;

  private constructor(patterns: ReadonlyMap<string, Pattern>) {
    this.#patterns = patterns;
  }

  /** The set of these names, each taken as it is: brackets, commas and `@` in them mean nothing. */
  static ofNames(names: Iterable<string>): NodeSet {
    const found = new Map<string, { texts: readonly string[]; vectors: Vector[] }>();
    const sets = new Map<string, IndexSet>();
    const setOfDigits = (digits: string): IndexSet => {
      const set = sets.get(digits) ?? IndexSet.one(digits);
      sets.set(digits, set);
      return set;
    };
    for (const name of names) {
      const { texts, numbers } = splitName(name);
      const key = keyOf(texts);
      const vector = numbers.map(setOfDigits);
      const pattern = found.get(key);
      if (pattern === undefined) found.set(key, { texts, vectors: [vector] });
      else pattern.vectors.push(vector);
    }
    return new NodeSet(sorted(new Map([...found].map(([key, { texts, vectors }]) => [key, { texts, grid: new Grid(vectors) }]))));
  }

  /**
   * Every name that has these texts with one number from each axis between them.
   *
   * @param texts - One more than there are axes; no digit of them touches a number.
   */
  static ofPattern(texts: readonly string[], axes: readonly IndexSet[]): NodeSet {
    return new NodeSet(new Map([[keyOf(texts), { texts, grid: new Grid([axes]) }]]));
  }

  static union(sets: readonly NodeSet[]): NodeSet {
    const [only] = sets;
    if (only !== undefined && sets.length === 1) return only;
    const grids = new Map<string, { texts: readonly string[]; grids: Grid[] }>();
    for (const set of sets) {
      for (const [key, { texts, grid }] of set.#patterns) {
        const known = grids.get(key);
        if (known === undefined) grids.set(key, { texts, grids: [grid] });
        else known.grids.push(grid);
      }
    }
    return new NodeSet(sorted(new Map([...grids].map(([key, { texts, grids }]) => [key, { texts, grid: Grid.union(grids) }]))));
  }

  /** How many names; ranges are not written out for it. */
  get size(): number {
    return [...this.#patterns.values()].reduce((sum, { grid }) => sum + grid.size, 0);
  }

  get isEmpty(): boolean {
    return this.#patterns.size === 0;
  }

  has(name: string): boolean {
    return this.isSupersetOf(NodeSet.ofNames([name]));
  }

  isSupersetOf(other: NodeSet): boolean {
    return other.difference(this).isEmpty;
  }

  equals(other: NodeSet): boolean {
    return this.isSupersetOf(other) && other.isSupersetOf(this);
  }

  /** Names in this set or in the other. */
  union(other: NodeSet): NodeSet {
    return NodeSet.union([this, other]);
  }

  /** Names in both. */
  intersection(other: NodeSet): NodeSet {
    return this.#change((grid, key) => {
      const theirs = other.#patterns.get(key);
      return theirs === undefined ? undefined : grid.intersection(theirs.grid);
    });
  }

  /** Names in this set, but not in the other. */
  difference(other: NodeSet): NodeSet {
    return this.#change((grid, key) => {
      const theirs = other.#patterns.get(key);
      return theirs === undefined ? grid : grid.difference(theirs.grid);
    });
  }

  /** Names in exactly one of both. */
  symmetricDifference(other: NodeSet): NodeSet {
    return this.difference(other).union(other.difference(this));
  }

  /** The names one at a time, none written out before it is asked for. */
  *[Symbol.iterator](): Generator<string> {
    for (const { texts, grid } of this.#patterns.values()) for (const tuple of grid.tuples()) yield nameOf(texts, tuple);
  }

  /**
   * All names.
   *
   * @param most - How many there may be; a million when not given.
   * @throws NodeSetError NODE_SET_TOO_LARGE.
   */
  expand(most?: number): string[] {
    checkSize(this.size, most);
    return [...this];
  }

  /** The name at a position, from the end when it is negative; undefined where there is none. */
  at(index: number): string | undefined {
    const place = index < 0 ? this.size + index : index;
    const [name] = this.slice(place, place + 1);
    return name;
  }

  /** The names from position `from` up to and without position `to`. */
  slice(from: number, to: number): NodeSet {
    let place = 0;
    return this.#change((grid) => {
      const start = place;
      place += grid.size;
      return from < place && to > start ? grid.slice(from - start, to - start) : undefined;
    });
  }

  /**
   * Parts of the same size, or larger by one at the front; at most as many as there are names.
   *
   * @param count - A whole number from 1.
   * @throws NodeSetError NODE_SET_SYNTAX when it is none.
   */
  *split(count: number): Generator<NodeSet> {
    checkCount(count);
    const parts = Math.min(count, this.size);
    const [least, larger] = [Math.floor(this.size / parts), this.size % parts];
    for (let part = 0, from = 0; part < parts; part++) {
      const to = from + least + (part < larger ? 1 : 0);
      yield this.slice(from, to);
      from = to;
    }
  }

  /** Parts without a gap: one for each range of each pattern. */
  *contiguous(): Generator<NodeSet> {
    for (const { texts, grid } of this.#patterns.values()) {
      for (const vector of grid.vectors) {
        for (const axes of product(vector.map((axis) => rangesOf(axis).map(setOf)))) yield NodeSet.ofPattern(texts, axes);
      }
    }
  }

  /**
   * Some names at random, each equally likely.
   *
   * @param count - How many; all of them when there are no more.
   * @param random - A number from 0 up to and without 1.
   * @throws NodeSetError NODE_SET_TOO_LARGE when there are too many names to choose from; NODE_SET_SYNTAX as for split.
   */
  pick(count: number, random: () => number = Math.random): NodeSet {
    checkCount(count);
    if (count >= this.size) return this;
    const names = this.expand();
    for (let i = 0; i < count; i++) {
      const chosen = i + Math.floor(random() * (names.length - i));
      [names[i], names[chosen]] = [names[chosen] ?? '', names[i] ?? ''];
    }
    return NodeSet.ofNames(names.slice(0, count));
  }

  /**
   * The set folded, as ClusterShell 1.9 folds it: `node[1-3,7],switch`.
   *
   * @throws NodeSetError NODE_SET_TOO_LARGE when several numbers of one pattern vary, and there are too many names to compare.
   */
  toString(options: FoldOptions = {}): string {
    return [...this.#patterns.values()].flatMap((pattern) => foldedOf(pattern, options)).join();
  }

  #change(change: (grid: Grid, key: string) => Grid | undefined): NodeSet {
    const patterns = new Map<string, Pattern>();
    for (const [key, { texts, grid }] of this.#patterns) {
      const changed = change(grid, key);
      if (changed !== undefined && !changed.isEmpty) patterns.set(key, { texts, grid: changed });
    }
    return new NodeSet(patterns);
  }
}

/** A name as its numbers and the texts around them. */
export function splitName(name: string): { readonly texts: readonly string[]; readonly numbers: readonly string[] } {
  return { texts: name.split(NUMBER), numbers: name.match(NUMBER) ?? [] };
}

function nameOf(texts: readonly string[], numbers: readonly string[]): string {
  return texts.map((text, i) => text + (numbers[i] ?? '')).join('');
}

/** The texts as one, in a form that sorts as ClusterShell's patterns do: it writes `%s` for a number. */
function keyOf(texts: readonly string[]): string {
  return texts.map((text) => text.replaceAll('%', '%%')).join('%s');
}

function sorted(patterns: Map<string, Pattern>): ReadonlyMap<string, Pattern> {
  return new Map([...patterns].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function foldedOf({ texts, grid }: Pattern, { autostep, axes }: FoldOptions): string[] {
  const folds = (axis: number): boolean => axes?.some((one) => (one < 0 ? one + texts.length - 1 : one) === axis) ?? true;
  return grid.vectors.flatMap((vector) => {
    const written = vector.map((axis, i) => {
      if (axis.size === 1) return [axis.first];
      if (folds(i)) return [`[${rangesText(axis, autostep)}]`];
      checkSize(axis.size);
      return [...axis];
    });
    // The first axis changes first, as ClusterShell writes them.
    return [...product(written.toReversed())].map((numbers) => nameOf(texts, numbers.toReversed()));
  });
}

function checkCount(count: number): void {
  if (Number.isSafeInteger(count) && count > 0) return;
  throw new NodeSetError('NODE_SET_SYNTAX', `\`${count}\` is no count of names or parts`, { fix: 'Give a whole number from 1' });
}
