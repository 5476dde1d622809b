// Queues between the threads of a process, exact to the item. They do not know what travels through them.
import { Empty, Full, ShutDown, StateError, ValueError } from '../errors.ts';
import { byValue } from '../local/priority-queue.ts';
import type { QueueLike, Wait } from '../seam.ts';
import { checkTimeout, TIMED_OUT } from '../waiters.ts';
import { HANDLE, type Handle } from '../wire/handle.ts';
import { type Arena, kindOf, type Place } from './arena.ts';
import { attemptNow, type Goal, pursue, pursueSync } from './line.ts';
import { onSharedHandle, Shared } from './shared.ts';
import { itemOf, itemsOf, lineOf, PriorityStore, RingStore, StackStore, type Store } from './store.ts';

// Fields of its record, behind those of the store.
const UNFINISHED = 5;
const CLOSED = 6;
// Its lines.
const PUTTERS = 0;
const GETTERS = 1;
const JOINERS = 2;
/** A batch that is larger than the room there is goes in parts, so many at most. */
const LARGEST_BATCH = 1_024;

const QUEUE = kindOf('queue', () => undefined);

type Taken = { readonly lines: string; readonly count: number } | typeof SHUT_DOWN;

const SHUT_DOWN: unique symbol = Symbol('shut down');

/**
 * As the Queue of one isolate, between worker threads: items are copied, `maxsize` is exact, order is first in first out over all
 * producers, waiters are served in order of arrival. A worker that is terminated in the middle of a call leaves it whole.
 *
 * `putMany` and `getMany` move many items for little more than the price of one. The methods that end in Sync block the thread.
 */
export class Queue<T> extends Shared implements QueueLike<T> {
  readonly maxsize: number;
  readonly #store: Store;
  readonly #join: Goal<true>;
  readonly #getOne: Goal<Taken>;

  /** @param maxsize - Most items held; 0 (default) for no bound. */
  constructor(maxsize = 0, handle?: Handle, kind = QUEUE) {
    if (!Number.isInteger(maxsize)) throw new ValueError(`A queue holds a whole number of items, not ${maxsize}`);
    super(kind, handle);
    this.maxsize = maxsize;
    this.#store = this.makeStore(this.arena, this.place, handle?.store as SharedArrayBuffer | undefined);
    this.#getOne = this.#getting(1);
    this.#join = { object: this.place, line: JOINERS, attempt: () => (this.arena.read(this.place, UNFINISHED) === 0 ? true : undefined) };
  }

  override [HANDLE](): Handle {
    return { ...super[HANDLE](), store: this.#store.memory };
  }

  override describe(): Readonly<Record<string, unknown>> {
    return { maxsize: this.maxsize };
  }

  qsize(): number {
    return this.#store.count;
  }

  empty(): boolean {
    return this.qsize() === 0;
  }

  full(): boolean {
    return this.maxsize > 0 && this.qsize() >= this.maxsize;
  }

  async put(item: T, options: Wait = {}): Promise<void> {
    const line = lineOf(item);
    if ((await pursue(this.arena, this.#putting([line]), options)) === TIMED_OUT) throw new Full();
  }

  /** As put, blocking the thread. */
  putSync(item: T, timeoutMs?: number): void {
    if (pursueSync(this.arena, this.#putting([lineOf(item)]), timeoutMs) === TIMED_OUT) throw new Full();
  }

  /** Puts many in, in order; when it waits for room, others may come between. @throws Full when the time is over, with some of them in. */
  async putMany(items: readonly T[], options: Wait = {}): Promise<void> {
    for (let lines = items.map(lineOf); lines.length > 0; ) {
      const count = await pursue(this.arena, this.#putting(lines), options);
      if (count === TIMED_OUT) throw new Full();
      lines = lines.slice(count);
    }
  }

  putManySync(items: readonly T[], timeoutMs?: number): void {
    for (let lines = items.map(lineOf); lines.length > 0; ) {
      const count = pursueSync(this.arena, this.#putting(lines), timeoutMs);
      if (count === TIMED_OUT) throw new Full();
      lines = lines.slice(count);
    }
  }

  async get(options: Wait = {}): Promise<T> {
    checkTimeout(options.timeoutMs);
    options.signal?.throwIfAborted();
    return one(attemptNow(this.arena, this.#getOne) ?? (await pursue(this.arena, this.#getOne, options))) as T;
  }

  /** As get, blocking the thread. */
  getSync(timeoutMs?: number): T {
    return one(pursueSync(this.arena, this.#getOne, timeoutMs)) as T;
  }

  /** Takes what is there, at most so many, waiting for the first. */
  async getMany(most: number, options: Wait = {}): Promise<T[]> {
    return many(await pursue(this.arena, this.#getting(most), options)) as T[];
  }

  getManySync(most: number, timeoutMs?: number): T[] {
    return many(pursueSync(this.arena, this.#getting(most), timeoutMs)) as T[];
  }

  tryPut(item: T): boolean {
    return attemptNow(this.arena, this.#putting([lineOf(item)])) !== undefined;
  }

  putNowait(item: T): void {
    if (!this.tryPut(item)) throw new Full();
  }

  tryGet(): T | undefined {
    const taken = attemptNow(this.arena, this.#getOne);
    return taken === undefined ? undefined : (one(taken) as T);
  }

  getNowait(): T {
    const taken = attemptNow(this.arena, this.#getOne);
    if (taken === undefined) throw new Empty();
    return one(taken) as T;
  }

  taskDone(): void {
    this.arena.section(() => {
      const unfinished = this.arena.read(this.place, UNFINISHED);
      if (unfinished === 0) throw new StateError('task_done() called too many times', { fix: 'Call taskDone() once for each item taken' });
      this.onDone();
      this.#setUnfinished(unfinished - 1);
    });
  }

  async join(options: Wait = {}): Promise<boolean> {
    return (await pursue(this.arena, this.#join, options)) !== TIMED_OUT;
  }

  joinSync(timeoutMs?: number): boolean {
    return pursueSync(this.arena, this.#join, timeoutMs) !== TIMED_OUT;
  }

  shutdown(options: { readonly immediate?: boolean } = {}): void {
    this.arena.section(() => {
      const { arena, place } = this;
      arena.write(place, CLOSED, 1);
      if (options.immediate === true) {
        const dropped = this.#store.count;
        while (this.#store.count > 0) this.#store.take(this.#store.count);
        this.#setUnfinished(Math.max(0, arena.read(place, UNFINISHED) - dropped));
      }
      arena.wake(place, PUTTERS, Number.MAX_SAFE_INTEGER);
      arena.wake(place, GETTERS, Number.MAX_SAFE_INTEGER);
    });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      try {
        yield await this.get();
      } catch (error) {
        if (error instanceof ShutDown) return;
        throw error;
      }
    }
  }

  protected makeStore(arena: Arena, place: Place, memory: SharedArrayBuffer | undefined): Store {
    return new RingStore(arena, place, memory);
  }

  /** Called inside the section with what was taken. */
  protected onTake(_lines: string): void {}

  /** Called inside the section when an item is dealt with. */
  protected onDone(): void {}

  /** Puts lines back in, beyond any bound; they count as put already. Inside the section. */
  protected putBack(lines: string, count: number): void {
    this.#store.push(lines, count);
    this.arena.wake(this.place, GETTERS, count);
  }

  #putting(lines: readonly string[]): Goal<number> {
    return {
      object: this.place,
      line: PUTTERS,
      attempt: (rank) => this.#put(lines, rank),
      onGiveUp: () => this.arena.wake(this.place, PUTTERS, this.#room()),
    };
  }

  #put(lines: readonly string[], rank: number): number | undefined {
    const { arena, place } = this;
    if (arena.read(place, CLOSED) === 1) throw new ShutDown();
    const count = Math.min(lines.length, this.#room() - rank, LARGEST_BATCH);
    if (count <= 0) return undefined;
    this.#store.push(count === 1 ? (lines[0] as string) : lines.slice(0, count).join(''), count);
    arena.write(place, UNFINISHED, arena.read(place, UNFINISHED) + count);
    arena.wake(place, GETTERS, this.#store.count);
    return count;
  }

  #getting(most: number): Goal<Taken> {
    return {
      object: this.place,
      line: GETTERS,
      attempt: (rank) => this.#get(most, rank),
      onGiveUp: () => this.arena.wake(this.place, GETTERS, this.#store.count),
    };
  }

  #get(most: number, rank: number): Taken | undefined {
    const { arena, place } = this;
    const { count } = this.#store;
    if (rank >= count) return count === 0 && arena.read(place, CLOSED) === 1 ? SHUT_DOWN : undefined;
    const taken = this.#store.take(Math.min(most, count - rank));
    this.onTake(taken.lines);
    if (this.maxsize > 0) arena.wake(place, PUTTERS, this.#room());
    return taken;
  }

  #room(): number {
    return this.maxsize <= 0 ? Number.MAX_SAFE_INTEGER : this.maxsize - this.#store.count;
  }

  #setUnfinished(count: number): void {
    this.arena.write(this.place, UNFINISHED, count);
    if (count === 0) this.arena.wake(this.place, JOINERS, Number.MAX_SAFE_INTEGER);
  }
}

/** Last in, first out. */
export class LifoQueue<T> extends Queue<T> {
  protected override makeStore(arena: Arena, place: Place, memory: SharedArrayBuffer | undefined): Store {
    return new StackStore(arena, place, memory);
  }
}

/** Smallest first, as the PriorityQueue of one isolate; for hundreds of items at a time. */
export class PriorityQueue<T> extends Queue<T> {
  protected override makeStore(arena: Arena, place: Place, memory: SharedArrayBuffer | undefined): Store {
    return new PriorityStore(arena, place, memory, byValue);
  }
}

function one(taken: Taken | typeof TIMED_OUT): unknown {
  return itemOf(linesOf(taken));
}

function many(taken: Taken | typeof TIMED_OUT): unknown[] {
  return itemsOf(linesOf(taken));
}

function linesOf(taken: Taken | typeof TIMED_OUT): string {
  if (taken === TIMED_OUT) throw new Empty();
  if (taken === SHUT_DOWN) throw new ShutDown();
  return taken.lines;
}

onSharedHandle('shared.Queue', (handle) => new Queue((handle.about as { maxsize: number }).maxsize, handle), Queue);
onSharedHandle('shared.LifoQueue', (handle) => new LifoQueue((handle.about as { maxsize: number }).maxsize, handle), LifoQueue);
onSharedHandle('shared.PriorityQueue', (handle) => new PriorityQueue((handle.about as { maxsize: number }).maxsize, handle), PriorityQueue);
