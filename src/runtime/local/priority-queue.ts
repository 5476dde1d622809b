// A queue that gives the smallest item first. It does not know what makes one smaller, but for Python's usual answers.
import { ValueError } from '../errors.ts';
import { Queue } from './queue.ts';

/** Negative when `a` comes first, positive when `b` does, 0 when they are equal. */
export type Compare<T> = (a: T, b: T) => number;

/**
 * Smallest first, as CPython's queue.PriorityQueue; equals come in the order they were put in, whatever they carry (CPython compares the
 * payload then, and fails on dicts).
 *
 * @example
 * ```ts
 * const jobs = new PriorityQueue<[number, Job]>();
 * await jobs.put([10, job]);
 * ```
 */
export class PriorityQueue<T> extends Queue<T> {
  readonly #compare: Compare<T>;
  readonly #heap: { readonly item: T; readonly order: number }[] = [];
  #order = 0;

  /** @param compare - Default: numbers, text, dates and bigints by value, arrays element by element as Python's tuples. */
  constructor(maxsize = 0, compare: Compare<T> = byValue) {
    super(maxsize);
    this.#compare = compare;
  }

  protected override _qsize(): number {
    return this.#heap.length;
  }

  protected override _put(item: T): void {
    const heap = this.#heap;
    // An item that cannot be ordered is refused before anything changes.
    if (heap[0] !== undefined) this.#compare(item, heap[0].item);
    heap.push({ item, order: this.#order++ });
    let at = heap.length - 1;
    while (at > 0 && this.#before(at, (at - 1) >> 1)) at = this.#swap(at, (at - 1) >> 1);
  }

  protected override _get(): T {
    const heap = this.#heap;
    const [top] = heap;
    const last = heap.pop();
    if (heap.length > 0 && last !== undefined) {
      heap[0] = last;
      for (let at = 0; ; ) {
        let least = at;
        for (const child of [2 * at + 1, 2 * at + 2]) if (child < heap.length && this.#before(child, least)) least = child;
        if (least === at) break;
        at = this.#swap(at, least);
      }
    }
    return top?.item as T;
  }

  #before(a: number, b: number): boolean {
    const [left, right] = [this.#heap[a], this.#heap[b]];
    if (left === undefined || right === undefined) return false;
    const order = this.#compare(left.item, right.item);
    return order < 0 || (order === 0 && left.order < right.order);
  }

  #swap(a: number, b: number): number {
    const heap = this.#heap;
    [heap[a], heap[b]] = [heap[b] as (typeof heap)[0], heap[a] as (typeof heap)[0]];
    return b;
  }
}

/** Numbers, text, dates and bigints by value, arrays element by element. @throws ValueError for what has no order. */
export function byValue(a: unknown, b: unknown): number {
  const order = compareValues(a, b);
  if (order !== undefined) return order;
  throw new ValueError(`'<' not supported between instances of '${kindOf(a)}' and '${kindOf(b)}'`, {
    fix: 'Put [priority, item], or give the queue a compare function',
  });
}

/** Undefined where the two have no order. */
function compareValues(a: unknown, b: unknown): number | undefined {
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      const order = compareValues(a[i], b[i]);
      // The first element is the priority and must have an order; what follows may be a payload without one.
      if (order === undefined) return i === 0 ? undefined : 0;
      if (order !== 0) return order;
    }
    return a.length - b.length;
  }
  if (a instanceof Date && b instanceof Date) return a.getTime() - b.getTime();
  if (kindOf(a) !== kindOf(b) || !['number', 'string', 'bigint', 'boolean'].includes(typeof a)) return undefined;
  const [left, right] = [a as number, b as number];
  return left < right ? -1 : left > right ? 1 : 0;
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : typeof value === 'object' ? (value.constructor?.name ?? 'object') : typeof value;
}
