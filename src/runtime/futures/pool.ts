// CPython's older pool, for those who know it: values and callbacks where an executor has futures. It does not know what the work is.
import { StateError, ValueError } from '../errors.ts';
import type { Wait } from '../seam.ts';
import type { RemoteTarget } from '../wire/function-ref.ts';
import { chunked } from './executor.ts';
import { Future } from './future.ts';
import { ProcessPoolExecutor } from './process-pool.ts';
import type { RemotePoolExecutor, RemotePoolOptions } from './remote-pool.ts';
import { asCompleted } from './wait.ts';

export interface PoolOptions extends Omit<RemotePoolOptions, 'maxWorkers'> {
  /** Where the work is done. Default: a new ProcessPoolExecutor. */
  readonly executor?: ((options: RemotePoolOptions) => RemotePoolExecutor) | undefined;
}

export interface Callbacks<R> {
  readonly kwargs?: Readonly<Record<string, unknown>> | undefined;
  /** Called here, in the process of the pool, with the value. */
  readonly callback?: ((value: R) => unknown) | undefined;
  readonly errorCallback?: ((error: unknown) => unknown) | undefined;
}

/** As CPython's `multiprocessing.pool.AsyncResult`. */
export class AsyncResult<R> {
  readonly #future: Future<R>;

  constructor(future: Future<R>, { callback, errorCallback }: Callbacks<R> = {}) {
    this.#future = future;
    future.addDoneCallback(async () => {
      const error = future.cancelled() ? undefined : await future.exception();
      if (error !== null) await errorCallback?.(error);
      else await callback?.(await future.result());
    });
  }

  /** @throws What the work threw; TimeoutError when the time is over. */
  async get(options: Wait = {}): Promise<R> {
    return await this.#future.result(options);
  }

  async wait(options: Wait = {}): Promise<void> {
    await this.#future.ended(options);
  }

  ready(): boolean {
    return this.#future.done();
  }

  /** @throws ValueError before it is ready. */
  async successful(): Promise<boolean> {
    if (!this.ready()) throw new ValueError(`${this.#future.toString()} not ready`, { fix: 'Wait for it first' });
    return !this.#future.cancelled() && (await this.#future.exception()) === null;
  }
}

/**
 * As CPython's `multiprocessing.Pool`; but a task whose worker dies fails with WorkerDiedError (there it vanishes, and get() waits for
 * ever). New code is shorter with an executor.
 *
 * @example
 * ```ts
 * await using pool = new Pool(4);
 * const squares = await pool.map(ref(import.meta, 'square'), [1, 2, 3]);
 * ```
 */
export class Pool implements AsyncDisposable {
  readonly #executor: RemotePoolExecutor;
  readonly #processes: number | undefined;
  #state: 'running' | 'closed' | 'terminated' = 'running';

  /** @param processes - Default: as many as there are cores. @throws ValueError on less than one. */
  constructor(processes?: number, options: PoolOptions = {}) {
    if (processes !== undefined && (!Number.isInteger(processes) || processes < 1))
      throw new ValueError('Number of processes must be at least 1', { fix: `${processes} is not` });
    const { executor = (given: RemotePoolOptions) => new ProcessPoolExecutor(given), ...rest } = options;
    this.#processes = processes;
    this.#executor = executor({ ...rest, maxWorkers: processes });
    this.#executor.warmUp();
  }

  /** Calls, and waits for the value. */
  async apply<R = unknown>(target: RemoteTarget, args: readonly unknown[] = [], kwargs?: Readonly<Record<string, unknown>>): Promise<R> {
    return await this.applyAsync<R>(target, args, kwargs === undefined ? {} : { kwargs }).get();
  }

  applyAsync<R = unknown>(target: RemoteTarget, args: readonly unknown[] = [], callbacks: Callbacks<R> = {}): AsyncResult<R> {
    this.#check();
    const all = callbacks.kwargs === undefined ? args : [...args, callbacks.kwargs];
    return new AsyncResult(this.#executor.submit<R>(target, ...all), callbacks);
  }

  /** The results in the order of the items. When some fail the first error is thrown, after all have ended. */
  async map<R = unknown>(target: RemoteTarget, items: Iterable<unknown>, chunksize?: number): Promise<R[]> {
    return await this.mapAsync<R>(target, items, { chunksize }).get();
  }

  /** As map, each item being the arguments of one call. */
  async starmap<R = unknown>(target: RemoteTarget, items: Iterable<readonly unknown[]>, chunksize?: number): Promise<R[]> {
    return await this.starmapAsync<R>(target, items, { chunksize }).get();
  }

  mapAsync<R = unknown>(
    target: RemoteTarget,
    items: Iterable<unknown>,
    options: Callbacks<R[]> & { readonly chunksize?: number | undefined } = {},
  ): AsyncResult<R[]> {
    return this.starmapAsync<R>(target, single(items), options);
  }

  starmapAsync<R = unknown>(
    target: RemoteTarget,
    items: Iterable<readonly unknown[]>,
    options: Callbacks<R[]> & { readonly chunksize?: number | undefined } = {},
  ): AsyncResult<R[]> {
    this.#check();
    const calls = [...items];
    const size = options.chunksize ?? Math.max(1, Math.ceil(calls.length / (4 * (this.#processes ?? this.#executor.units.length))));
    const futures = [...chunked(calls, size)].map((chunk) => this.#executor.submitEach<R>(target, chunk));
    return new AsyncResult(joined(futures), options);
  }

  /** The results one by one, in the order of the items, as soon as each is there. */
  async *imap<R = unknown>(target: RemoteTarget, items: Iterable<unknown>, chunksize = 1): AsyncGenerator<R, void, undefined> {
    this.#check();
    yield* this.#executor.map<R>(target, [items], { chunksize });
  }

  /** The results one by one, in the order they come. */
  async *imapUnordered<R = unknown>(target: RemoteTarget, items: Iterable<unknown>, chunksize = 1): AsyncGenerator<R, void, undefined> {
    this.#check();
    const futures = [...chunked(single(items), chunksize)].map((chunk) => this.#executor.submitEach<R>(target, chunk));
    for await (const future of asCompleted(futures)) yield* await future.result();
  }

  /** Takes no more work; what was submitted is done. */
  close(): void {
    if (this.#state === 'running') this.#state = 'closed';
    void this.#executor.shutdown({ wait: false });
  }

  /** Ends the workers at once; tasks that have not ended fail with CancelledError. */
  async terminate(): Promise<void> {
    this.#state = 'terminated';
    await this.#executor.terminate();
  }

  /** Waits until the workers have ended. @throws StateError before close() or terminate(). */
  async join(): Promise<void> {
    if (this.#state === 'running') throw new StateError('Pool is still running', { fix: 'Call close() first' });
    await this.#executor.shutdown();
  }

  /** As CPython's `with`: terminates. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.terminate();
  }

  #check(): void {
    if (this.#state !== 'running') throw new StateError('Pool not running', { fix: 'Submit before close(), or make a new Pool' });
  }
}

function* single(items: Iterable<unknown>): Generator<[unknown], void, undefined> {
  for (const item of items) yield [item];
}

/** All results, when every part has ended; the first error in the order of the parts. */
function joined<R>(futures: readonly Future<R[]>[]): Future<R[]> {
  const all = new Future<R[]>();
  all.setRunningOrNotifyCancel();
  void (async () => {
    for (const future of futures) await future.ended();
    const results: R[] = [];
    try {
      for (const future of futures) results.push(...(await future.result()));
    } catch (error) {
      all.setException(error);
      return;
    }
    all.setResult(results);
  })();
  return all;
}
