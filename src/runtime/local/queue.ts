// A bounded queue within one isolate, as CPython's queue.Queue. It does not know what travels through it.
import { Empty, Full, ShutDown, StateError, ValueError } from '../errors.ts';
import { checkTimeout, TIMED_OUT, type Wait, Waiters } from '../waiters.ts';

/**
 * First in, first out, for any number of producers and consumers. A full queue holds its producers back.
 *
 * Differences from CPython 3.13: waiters are served in order of arrival; `for await` takes items until the queue is shut down
 * and drained; `tryPut`/`tryGet` answer atomically what `full()` and `empty()` only guess.
 *
 * @example
 * ```ts
 * const results = new Queue<string>(64);
 * void produce(results).finally(() => results.shutdown());
 * for await (const line of results) show(line);
 * ```
 */
export class Queue<T> {
  readonly maxsize: number;
  // A ring would save the shift; an array with a moving head is as fast and easier to read.
  #items: T[] = [];
  #head = 0;
  #unfinished = 0;
  #closed = false;
  readonly #getters = new Waiters<T | typeof SHUT_DOWN>();
  readonly #putters = new Waiters<true>();
  readonly #joiners = new Waiters<true>();

  /** @param maxsize - Most items held; 0 (default) for no bound. */
  constructor(maxsize = 0) {
    if (!Number.isInteger(maxsize)) throw new ValueError(`A queue holds a whole number of items, not ${maxsize}`);
    this.maxsize = Math.max(0, maxsize);
  }

  get qsize(): number {
    return this.#items.length - this.#head;
  }

  empty(): boolean {
    return this.qsize === 0;
  }

  full(): boolean {
    return this.maxsize > 0 && this.qsize >= this.maxsize;
  }

  /**
   * Puts an item in, waiting for room.
   *
   * @throws Full when the time is over; ShutDown after shutdown(); ValueError on a negative timeout; `signal.reason` on abort.
   */
  async put(item: T, options: Wait = {}): Promise<void> {
    checkTimeout(options.timeoutMs);
    const deadline = options.timeoutMs === undefined ? undefined : performance.now() + options.timeoutMs;
    while (!this.tryPut(item)) {
      const timeoutMs = deadline === undefined ? undefined : Math.max(0, deadline - performance.now());
      if ((await this.#putters.wait({ timeoutMs, signal: options.signal })) === TIMED_OUT) throw new Full();
    }
  }

  /** Puts an item in if there is room now. @returns Whether it did. @throws ShutDown after shutdown(). */
  tryPut(item: T): boolean {
    if (this.#closed) throw new ShutDown();
    if (this.full()) return false;
    this.#unfinished++;
    if (!this.#getters.wakeOne(item)) this.#items.push(item);
    return true;
  }

  /**
   * Takes the oldest item, waiting for one.
   *
   * @throws Empty when the time is over; ShutDown once the queue is shut down and drained; ValueError on a negative timeout;
   * `signal.reason` on abort.
   */
  async get(options: Wait = {}): Promise<T> {
    checkTimeout(options.timeoutMs);
    options.signal?.throwIfAborted();
    if (!this.empty()) return this.#take();
    if (this.#closed) throw new ShutDown();
    const item = await this.#getters.wait(options);
    if (item === TIMED_OUT) throw new Empty();
    if (item === SHUT_DOWN) throw new ShutDown();
    return item;
  }

  /** The oldest item if there is one now. @returns It, or undefined. @throws ShutDown once shut down and drained. */
  tryGet(): T | undefined {
    if (!this.empty()) return this.#take();
    if (this.#closed) throw new ShutDown();
    return undefined;
  }

  /** Says that an item taken before is dealt with. @throws StateError when called more often than items were put. */
  taskDone(): void {
    if (this.#unfinished === 0)
      throw new StateError('task_done() called too many times', { fix: 'Call taskDone() once for each item taken' });
    this.#unfinished--;
    if (this.#unfinished === 0) this.#joiners.wakeAll(true);
  }

  /** Waits until every item put was dealt with. @returns False when the time is over. @throws `signal.reason` on abort. */
  async join(options: Wait = {}): Promise<boolean> {
    return this.#unfinished === 0 || (await this.#joiners.wait(options)) !== TIMED_OUT;
  }

  /**
   * Takes no more items. What is inside can still be taken, unless `immediate` drops it; waiting producers and, once it is
   * empty, waiting consumers end with ShutDown. Again is harmless.
   */
  shutdown(options: { readonly immediate?: boolean } = {}): void {
    this.#closed = true;
    if (options.immediate === true) {
      this.#unfinished -= this.qsize;
      this.#items = [];
      this.#head = 0;
      if (this.#unfinished === 0) this.#joiners.wakeAll(true);
    }
    this.#putters.wakeAll(true);
    this.#getters.wakeAll(SHUT_DOWN);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      if (this.empty() && this.#closed) return;
      try {
        yield await this.get();
      } catch (error) {
        if (error instanceof ShutDown) return;
        throw error;
      }
    }
  }

  #take(): T {
    const item = this.#items[this.#head] as T;
    this.#items[this.#head] = undefined as T;
    this.#head++;
    if (this.#head > 1_024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    this.#putters.wakeOne(true);
    return item;
  }
}

const SHUT_DOWN: unique symbol = Symbol('shut down');
