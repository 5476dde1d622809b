// Many boxes of numbers as few, with the choices of ClusterShell 1.9, so that both print the same. It knows no names.
import { checkSize } from './errors.ts';
import { IndexSet } from './index-set.ts';
import { product, type Vector, volume } from './vector.ts';

/** A box while boxes are merged. */
interface Box {
  readonly axes: Vector;
  /** One for each axis, equal for equal sets. */
  readonly ids: readonly number[];
  readonly size: number;
}

/**
 * Boxes without overlap that hold the same tuples.
 *
 * Two boxes that differ on one axis only are one box. Which of them meet first decides what comes out; the order of meeting is
 * ClusterShell's: large boxes first, neighbours as long as any merge, then every pair. Every pair would take the square of
 * their number; here candidates are looked up by what they share.
 *
 * @throws NodeSetError NODE_SET_TOO_LARGE when more than one axis varies, and there are too many tuples to compare.
 */
export function foldVectors(vectors: readonly Vector[]): readonly Vector[] {
  const [first] = vectors;
  if (first === undefined || vectors.length === 1) return vectors;
  const varying = first.flatMap((axis, i) => (vectors.every((vector) => vector[i]?.key === axis.key) ? [] : [i]));
  if (varying.length < 2) return [first.map((axis, i) => (varying[0] === i ? IndexSet.union(columnOf(vectors, i)) : axis))];
  return new Folding().fold(vectors).map((box) => box.axes);
}

function columnOf(vectors: readonly Vector[], axis: number): IndexSet[] {
  return vectors.flatMap((vector) => vector[axis] ?? []);
}

class Folding {
  readonly #ids = new Map<string, number>();

  fold(vectors: readonly Vector[]): readonly Box[] {
    const rows = settle(this.#tuplesOf(vectors), (boxes) => this.#mergeNeighbours(boxes));
    return settle(rows, (boxes) => this.#mergeAll(boxes));
  }

  /** Every tuple once, as a box of its own. */
  #tuplesOf(vectors: readonly Vector[]): readonly Box[] {
    checkSize(vectors.reduce((sum, vector) => sum + volume(vector), 0));
    const sets = new Map<string, IndexSet>();
    const setOf = (digits: string): IndexSet => {
      const set = sets.get(digits) ?? IndexSet.one(digits);
      sets.set(digits, set);
      return set;
    };
    const tuples = new Map<string, Box>();
    for (const vector of vectors) for (const tuple of product(vector)) tuples.set(tuple.join(), this.#box(tuple.map(setOf)));
    return [...tuples.values()];
  }

  #box(axes: Vector): Box {
    const ids = axes.map(({ key }) => {
      const id = this.#ids.get(key) ?? this.#ids.size;
      this.#ids.set(key, id);
      return id;
    });
    return { axes, ids, size: volume(axes) };
  }

  #mergeNeighbours(boxes: readonly Box[]): Box[] {
    const merged: Box[] = [];
    for (let i = 0; i < boxes.length; ) {
      let box = boxes[i++] as Box;
      // The sets are joined when the axis changes, not one by one: a row of a thousand would be copied a thousand times.
      for (let axis = differingAxis(box, boxes[i]); axis !== undefined; axis = differingAxis(box, boxes[i])) {
        const row = [box];
        for (let next = boxes[i]; next !== undefined && agreeBeside(axis, box, next); next = boxes[++i]) row.push(next);
        box = this.#join(row, axis);
      }
      merged.push(box);
    }
    return merged;
  }

  #mergeAll(boxes: readonly Box[]): Box[] {
    const places = new Map<string, number[]>();
    boxes.forEach((box, place) => {
      for (const key of sharedKeys(box)) {
        const list = places.get(key);
        if (list === undefined) places.set(key, [place]);
        else list.push(place);
      }
    });
    const gone = new Set<number>();
    return boxes.flatMap((start, place) => {
      if (gone.has(place)) return [];
      let box = start;
      for (let from = place; ; ) {
        const candidates = sharedKeys(box).map((key) => firstAfter(places.get(key) ?? [], from, gone));
        from = Math.min(...candidates);
        const next = boxes[from];
        if (next === undefined) return [box];
        gone.add(from);
        box = this.#join([box, next], candidates.indexOf(from));
      }
    });
  }

  #join(boxes: readonly Box[], axis: number): Box {
    const axes = boxes.map((box) => box.axes);
    return this.#box((axes[0] ?? []).map((set, i) => (i === axis ? IndexSet.union(columnOf(axes, i)) : set)));
  }
}

/** Sorts and merges as long as that makes them fewer. */
function settle(boxes: readonly Box[], merge: (boxes: readonly Box[]) => readonly Box[]): readonly Box[] {
  for (let before = boxes; ; ) {
    const merged = merge(inOrder(before));
    if (merged.length === before.length) return merged;
    before = merged;
  }
}

/** Large ones first, then those with large axes, then by the first and last number of each axis, compared as text. */
function inOrder(boxes: readonly Box[]): Box[] {
  const keyed = boxes.map((box) => ({ box, key: box.axes.map((axis) => ({ size: axis.size, ends: [axis.first, axis.last] as const })) }));
  keyed.sort((a, b) => {
    if (a.box.size !== b.box.size) return b.box.size - a.box.size;
    for (const [i, mine] of a.key.entries()) {
      const theirs = b.key[i] ?? mine;
      if (mine.size !== theirs.size) return theirs.size - mine.size;
      for (const end of [0, 1] as const) if (mine.ends[end] !== theirs.ends[end]) return mine.ends[end] < theirs.ends[end] ? -1 : 1;
    }
    return 0;
  });
  return keyed.map(({ box }) => box);
}

/** The one axis on which two boxes differ; undefined when there are more. */
function differingAxis(a: Box, b: Box | undefined): number | undefined {
  const differing = b === undefined ? [] : a.ids.flatMap((id, i) => (b.ids[i] === id ? [] : [i]));
  return differing.length === 1 ? differing[0] : undefined;
}

function agreeBeside(axis: number, a: Box, b: Box): boolean {
  return a.ids.every((id, i) => i === axis || b.ids[i] === id);
}

/** For each axis, what a box has in common with those that differ from it on that axis only. */
function sharedKeys(box: Box): string[] {
  return box.ids.map((_, axis) => `${axis}/${box.ids.map((id, i) => (i === axis ? '' : id)).join()}`);
}

/** The first of the ascending places after `from` that is not gone; infinity when there is none. */
function firstAfter(places: readonly number[], from: number, gone: ReadonlySet<number>): number {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((places[middle] ?? 0) > from) high = middle;
    else low = middle + 1;
  }
  for (let i = low; i < places.length; i++) {
    const place = places[i] ?? 0;
    if (!gone.has(place)) return place;
  }
  return Number.POSITIVE_INFINITY;
}
