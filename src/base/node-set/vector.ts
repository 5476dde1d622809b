// A box of numbers: what one folded name such as r[1-2]c[1-10] varies over. It does not know the text between them.
import type { IndexSet } from './index-set.ts';

/** Every combination of one number from each axis. */
export type Vector = readonly IndexSet[];

/** How many tuples a box has. */
export function volume(vector: Vector): number {
  return vector.reduce((count, axis) => count * axis.size, 1);
}

/** Every combination of one item from each list, the last list first to change. Lists are read more than once. */
export function* product<T>(lists: readonly Iterable<T>[]): Generator<readonly T[]> {
  const [list, ...rest] = lists;
  if (list === undefined) yield [];
  else for (const item of list) for (const others of product(rest)) yield [item, ...others];
}

/** The tuple at a position, as a box of its own. */
export function tupleAt(vector: Vector, index: number): Vector {
  let left = index;
  return vector
    .toReversed()
    .map((axis) => {
      const place = left % axis.size;
      left = Math.floor(left / axis.size);
      return axis.slice(place, place + 1);
    })
    .reverse();
}

/** What is left of a box: beside the hole on the first axis; else within it there, beside it on the second; and so on. */
export function without(box: Vector, hole: Vector): Vector[] {
  const common = box.map((axis, i) => axis.intersection(hole[i] ?? axis));
  if (common.some((axis) => axis.size === 0)) return [box];
  return box.flatMap((axis, i) => {
    const beside = axis.difference(hole[i] ?? axis);
    return beside.size === 0 ? [] : [[...common.slice(0, i), beside, ...box.slice(i + 1)]];
  });
}
