// What every executor offers: submit, map, shutdown. It does not know where the work is done.
import { StateError, TimeoutError, ValueError } from '../errors.ts';
import { checkTimeout } from '../waiters.ts';
import type { Future } from './future.ts';

export interface ShutdownOptions {
  /** Whether to wait for what was submitted. Default true. */
  readonly wait?: boolean | undefined;
  /** Whether to cancel what has not begun. Default false. */
  readonly cancelFutures?: boolean | undefined;
}

export interface MapOptions {
  /** For all results together, from the call on. */
  readonly timeoutMs?: number | undefined;
  /** Items that travel together, where work travels. Default 1, as in CPython. */
  readonly chunksize?: number | undefined;
  /** Most items submitted ahead of the reader. Default: all, at once, as in CPython. */
  readonly buffersize?: number | undefined;
}

/** `target` is a plain function for threads, and a {@link RemoteTarget} for workers and processes. */
export abstract class Executor<Target> implements AsyncDisposable {
  #down = false;

  /**
   * Has a function called, as soon as somebody is free.
   *
   * @throws StateError after shutdown(). What the function throws is the future's.
   */
  submit<R = unknown>(target: Target, ...args: readonly unknown[]): Future<R> {
    this.checkUp();
    return this.enqueue<R>(target, args);
  }

  /**
   * Calls `target` with each item (of several iterables: with one of each, as long as all have one). The results come in the order of
   * the items; all are submitted at once. Who stops reading cancels the rest.
   *
   * @throws The error of the first item that failed; TimeoutError; ValueError.
   */
  map<R = unknown>(target: Target, iterables: readonly Iterable<unknown>[], options: MapOptions = {}): AsyncGenerator<R, void, undefined> {
    this.checkUp();
    const { chunksize = 1, buffersize, timeoutMs } = options;
    checkTimeout(timeoutMs);
    if (!Number.isInteger(chunksize) || chunksize < 1) throw new ValueError('chunksize must be >= 1.');
    if (buffersize !== undefined && (!Number.isInteger(buffersize) || buffersize < 1))
      throw new ValueError('buffersize must be >= 1 or left out');
    const chunks = chunked(zip(iterables), chunksize);
    const submit = (): Future<R[]> | undefined => {
      const { value, done } = chunks.next();
      return done === true ? undefined : this.enqueueChunk<R>(target, value);
    };
    return inOrder(submit, buffersize ?? Number.POSITIVE_INFINITY, timeoutMs);
  }

  /** Takes no more work, and by default waits for what there is. Again is harmless. */
  async shutdown(options: ShutdownOptions = {}): Promise<void> {
    this.#down = true;
    if (options.cancelFutures === true) this.cancelPending();
    const ended = this.end();
    if (options.wait ?? true) await ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }

  protected get down(): boolean {
    return this.#down;
  }

  protected checkUp(): void {
    if (this.#down)
      throw new StateError('cannot schedule new futures after shutdown', { fix: 'Submit before shutdown(), or make a new executor' });
  }

  protected abstract enqueue<R>(target: Target, args: readonly unknown[]): Future<R>;
  /** Calls the target for each of some items, one after another, in one task. */
  protected abstract enqueueChunk<R>(target: Target, chunk: readonly (readonly unknown[])[]): Future<R[]>;
  protected abstract cancelPending(): void;
  /** Lets the work end, then whoever does it. */
  protected abstract end(): Promise<void>;
}

/** @throws ValueError for less than one worker. */
export function checkWorkers(count: number): number {
  if (Number.isInteger(count) && count >= 1) return count;
  throw new ValueError('max_workers must be greater than 0', { fix: `${count} is not` });
}

function* zip(iterables: readonly Iterable<unknown>[]): Generator<unknown[], void, undefined> {
  const iterators = iterables.map((iterable) => iterable[Symbol.iterator]());
  while (iterators.length > 0) {
    const steps = iterators.map((iterator) => iterator.next());
    if (steps.some((step) => step.done === true)) return;
    yield steps.map((step) => step.value);
  }
}

export function* chunked<T>(items: Iterable<T>, size: number): Generator<T[], void, undefined> {
  let chunk: T[] = [];
  for (const item of items) {
    chunk.push(item);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

// The first futures are there when map() returns, as in CPython: not only when someone reads.
function inOrder<R>(
  submit: () => Future<R[]> | undefined,
  ahead: number,
  timeoutMs: number | undefined,
): AsyncGenerator<R, void, undefined> {
  const deadline = timeoutMs === undefined ? undefined : performance.now() + timeoutMs;
  const futures: Future<R[]>[] = [];
  const fill = (): void => {
    for (let next = futures.length < ahead ? submit() : undefined; next !== undefined; next = futures.length < ahead ? submit() : undefined)
      futures.push(next);
  };
  fill();
  return (async function* results() {
    try {
      for (let future = futures[0]; future !== undefined; future = futures[0]) {
        const left = deadline === undefined ? undefined : Math.max(0, deadline - performance.now());
        if (!(await future.ended({ timeoutMs: left }))) throw new TimeoutError('The results did not come within the time');
        const values = await future.result();
        futures.shift();
        fill();
        yield* values;
      }
    } finally {
      for (const future of futures) future.cancel();
    }
  })();
}
