// Numbers of names with any count of numbers in them: a set of tuples, kept as boxes. It does not know the text between them.
import { checkSize } from './errors.ts';
import { foldVectors } from './fold-vectors.ts';
import { product, tupleAt, type Vector, volume, without } from './vector.ts';

/** An immutable set of tuples of numbers, all of the same length; of length 0 there is one, for names without numbers. */
export class Grid {
  readonly #given: readonly Vector[];
  #folded: readonly Vector[] | undefined;

  /** @param vectors - Of the same length each; they may overlap. No axis is empty. */
  constructor(vectors: readonly Vector[]) {
    this.#given = vectors;
  }

  static union(grids: readonly Grid[]): Grid {
    const [only] = grids;
    return only !== undefined && grids.length === 1 ? only : new Grid(grids.flatMap((grid) => grid.#given));
  }

  /** Boxes without overlap, as ClusterShell folds and orders them. @throws NodeSetError NODE_SET_TOO_LARGE. */
  get vectors(): readonly Vector[] {
    this.#folded ??= foldVectors(this.#given);
    return this.#folded;
  }

  get isEmpty(): boolean {
    return this.#given.length === 0;
  }

  get size(): number {
    return this.vectors.reduce((sum, vector) => sum + volume(vector), 0);
  }

  intersection(other: Grid): Grid {
    return new Grid(
      this.vectors.flatMap((mine) =>
        other.vectors.flatMap((theirs) => {
          const common = mine.map((axis, i) => axis.intersection(theirs[i] ?? axis));
          return common.every((axis) => axis.size > 0) ? [common] : [];
        }),
      ),
    );
  }

  difference(other: Grid): Grid {
    return new Grid(other.vectors.reduce<readonly Vector[]>((left, hole) => left.flatMap((box) => without(box, hole)), this.vectors));
  }

  /** The tuples from position `from` up to and without position `to`. */
  slice(from: number, to: number): Grid {
    const kept: Vector[] = [];
    let place = 0;
    for (const vector of this.vectors) {
      const [low, high] = [Math.max(0, from - place), Math.min(volume(vector), to - place)];
      place += volume(vector);
      if (low >= high) continue;
      const [axis] = vector;
      if (high - low === volume(vector)) kept.push(vector);
      else if (axis !== undefined && vector.length === 1) kept.push([axis.slice(low, high)]);
      else {
        checkSize(high - low);
        for (let i = low; i < high; i++) kept.push(tupleAt(vector, i));
      }
    }
    return new Grid(kept);
  }

  /** All tuples, one at a time. */
  *tuples(): Generator<readonly string[]> {
    for (const vector of this.vectors) yield* product(vector);
  }
}
