// Bounded queues within one isolate, as CPython's queue module. They do not know what travels through them.
import { Empty, Full, ShutDown, StateError, ValueError } from '../errors.ts';
import type { QueueLike, Wait } from '../seam.ts';
import { checkTimeout, TIMED_OUT, Waiters } from '../waiters.ts';

const SHUT_DOWN: unique symbol = Symbol('shut down');

/**
 * First in, first out, for any number of producers and consumers. A full queue holds its producers back. It is JoinableQueue too.
 *
 * Differences from CPython 3.13: waiters are served in order of arrival; `for await` takes items until the queue is shut down
 * and drained; `tryPut`/`tryGet` answer atomically what `full()` and `empty()` only guess. A subclass that overrides `_qsize`, `_put`
 * and `_get` keeps its items another way; one of them that throws leaves the queue as it was.
 *
 * @example
 * ```ts
 * const results = new Queue<string>(64);
 * void produce(results).finally(() => results.shutdown());
 * for await (const line of results) show(line);
 * ```
 */
export class Queue<T> implements QueueLike<T> {
  /** Most items held; 0 or less: no bound. May be changed: items that are too many stay, and no more come in. */
  maxsize: number;
  // A ring would save the shift; an array with a moving head is as fast and easier to read.
  #items: T[] = [];
  #head = 0;
  #unfinished = 0;
  #closed = false;
  readonly #getters = new Waiters<T | typeof SHUT_DOWN>();
  readonly #putters = new Waiters<true | typeof SHUT_DOWN, T>();
  readonly #joiners = new Waiters<true>();
  readonly #watchers = new Waiters<true>();

  /** @param maxsize - Most items held; 0 (default) for no bound. */
  constructor(maxsize = 0) {
    if (!Number.isInteger(maxsize)) throw new ValueError(`A queue holds a whole number of items, not ${maxsize}`);
    this.maxsize = maxsize;
  }

  qsize(): number {
    return this._qsize();
  }

  empty(): boolean {
    return this._qsize() === 0;
  }

  full(): boolean {
    return this.maxsize > 0 && this._qsize() >= this.maxsize;
  }

  /**
   * Puts an item in, waiting for room.
   *
   * @throws Full when the time is over; ShutDown after shutdown(); ValueError on a negative timeout; `signal.reason` on abort.
   */
  async put(item: T, options: Wait = {}): Promise<void> {
    checkTimeout(options.timeoutMs);
    options.signal?.throwIfAborted();
    if (this.tryPut(item)) return;
    // Who takes an item puts the next one in for us: nobody can slip in before who waits.
    const outcome = await this.#putters.wait(options, item);
    if (outcome === TIMED_OUT) throw new Full();
    if (outcome === SHUT_DOWN) throw new ShutDown();
  }

  /** Puts an item in if there is room now. @returns Whether it did. @throws ShutDown after shutdown(). */
  tryPut(item: T): boolean {
    if (this.#closed) throw new ShutDown();
    if (this.full()) return false;
    this.#accept(item);
    return true;
  }

  /** @throws Full when there is no room now. */
  putNowait(item: T): void {
    if (!this.tryPut(item)) throw new Full();
  }

  /**
   * Takes the next item, waiting for one.
   *
   * @throws Empty when the time is over; ShutDown once the queue is shut down and drained; ValueError on a negative timeout;
   * `signal.reason` on abort.
   */
  async get(options: Wait = {}): Promise<T> {
    checkTimeout(options.timeoutMs);
    options.signal?.throwIfAborted();
    if (!this.empty()) return this.#take();
    if (this.#closed) throw new ShutDown();
    const item = await this.#getters.wait(options, undefined);
    if (item === TIMED_OUT) throw new Empty();
    if (item === SHUT_DOWN) throw new ShutDown();
    return item;
  }

  /** Waits until there is something to take, or nothing will ever come, and takes nothing. @returns False when the time is over. */
  async ready(options: Wait = {}): Promise<boolean> {
    options.signal?.throwIfAborted();
    return !this.empty() || this.#closed || (await this.#watchers.wait(options, undefined)) !== TIMED_OUT;
  }

  /** The next item if there is one now. @returns It, or undefined. @throws ShutDown once shut down and drained. */
  tryGet(): T | undefined {
    if (!this.empty()) return this.#take();
    if (this.#closed) throw new ShutDown();
    return undefined;
  }

  /** @throws Empty when there is no item now. */
  getNowait(): T {
    if (this.empty() && !this.#closed) throw new Empty();
    return this.tryGet() as T;
  }

  /** Puts back what was taken and not dealt with, before all others: it does not count as put again. */
  restore(items: readonly T[]): void {
    const left = items.filter((item) => !this.#getters.wakeOne(() => item));
    if (left.length === 0) return;
    const others: T[] = [];
    while (this._qsize() > 0) others.push(this._get());
    for (const item of [...left, ...others]) this._put(item);
  }

  /** Says that an item taken before is dealt with. @throws StateError when called more often than items were put. */
  taskDone(): void {
    if (this.#unfinished === 0)
      throw new StateError('task_done() called too many times', { fix: 'Call taskDone() once for each item taken' });
    this.#finish(1);
  }

  /** Waits until every item put was dealt with. @returns False when the time is over. @throws `signal.reason` on abort. */
  async join(options: Wait = {}): Promise<boolean> {
    options.signal?.throwIfAborted();
    return this.#unfinished === 0 || (await this.#joiners.wait(options, undefined)) !== TIMED_OUT;
  }

  /**
   * Takes no more items. What is inside can still be taken, unless `immediate` drops it; waiting producers and, once it is
   * empty, waiting consumers end with ShutDown. Again is harmless.
   */
  shutdown(options: { readonly immediate?: boolean } = {}): void {
    this.#closed = true;
    if (options.immediate === true) {
      let dropped = 0;
      for (; this._qsize() > 0; dropped++) this._get();
      this.#finish(Math.min(dropped, this.#unfinished));
    }
    this.#putters.wakeAll(SHUT_DOWN);
    this.#getters.wakeAll(SHUT_DOWN);
    this.#watchers.wakeAll(true);
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

  /** How many items are inside. */
  protected _qsize(): number {
    return this.#items.length - this.#head;
  }

  protected _put(item: T): void {
    this.#items.push(item);
  }

  /** Takes the next item; only called when there is one. */
  protected _get(): T {
    const item = this.#items[this.#head] as T;
    this.#items[this.#head] = undefined as T;
    this.#head++;
    if (this.#head > 1_024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  #accept(item: T): void {
    this.#unfinished++;
    if (this.#getters.wakeOne(() => item)) return;
    try {
      this._put(item);
    } catch (error) {
      this.#unfinished--;
      throw error;
    }
    this.#watchers.wakeAll(true);
  }

  #take(): T {
    const item = this._get();
    while (!this.full() && this.#putters.wakeOne((waiting) => this.#admit(waiting)));
    return item;
  }

  #admit(item: T): true {
    this.#accept(item);
    return true;
  }

  #finish(count: number): void {
    this.#unfinished -= count;
    if (this.#unfinished === 0) this.#joiners.wakeAll(true);
  }
}

/** Last in, first out: a stack. As CPython's queue.LifoQueue. */
export class LifoQueue<T> extends Queue<T> {
  readonly #stack: T[] = [];

  protected override _qsize(): number {
    return this.#stack.length;
  }

  protected override _put(item: T): void {
    this.#stack.push(item);
  }

  protected override _get(): T {
    return this.#stack.pop() as T;
  }
}

/** Unbounded, without taskDone() and join(). As CPython's queue.SimpleQueue. */
export class SimpleQueue<T> {
  readonly #queue = new Queue<T>();

  put(item: T): void {
    this.#queue.putNowait(item);
  }

  /** @throws Empty when the time is over; `signal.reason` on abort. */
  async get(options: Wait = {}): Promise<T> {
    return await this.#queue.get(options);
  }

  /** @throws Empty when there is no item now. */
  getNowait(): T {
    return this.#queue.getNowait();
  }

  qsize(): number {
    return this.#queue.qsize();
  }

  empty(): boolean {
    return this.#queue.empty();
  }
}
