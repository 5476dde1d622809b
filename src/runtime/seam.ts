// The one interface of every primitive, whichever backend serves it: this isolate, shared memory, or another process. It knows none of them.
import type { Wait } from './waiters.ts';

export type { Wait } from './waiters.ts';

/** A value that is there at once in this isolate and in shared memory, and awaited from another process. */
export type Awaitable<T> = T | Promise<T>;

/** What was acquired: `using guard = await lock.acquire()` gives it back at the end of the block. */
export interface Guard extends Disposable {
  /** Whether the owner before died holding it, so that what it protects may be half changed. */
  readonly abandoned: boolean;
  /** Gives it back; again is harmless. */
  release(): void;
}

/** What can be held by one at a time, or by a few. */
export interface Acquirable {
  /**
   * Waits in order of arrival.
   *
   * @returns A guard; null when the time is over.
   * @throws DeadlockError where the wait could never end; `signal.reason` on abort; ValueError on a negative timeout.
   */
  acquire(options?: Wait): Promise<Guard | null>;
  /** A guard if it is free now, else null. */
  tryAcquire(): Awaitable<Guard | null>;
  /** @throws StateError when it is not held: in another process, when the answer comes. */
  release(): Awaitable<void>;
}

/** Mutual exclusion: threading.Lock. Any thread may release it. */
export interface LockLike extends Acquirable {
  locked(): Awaitable<boolean>;
  /** Runs `work` while holding it, and releases it however that ends. */
  withLock<T>(work: () => T | Promise<T>, options?: Wait): Promise<T>;
}

/** A lock that its owner may take again: threading.RLock. Only the owner may release it. */
export interface RLockLike extends LockLike {
  /** How often the calling thread has it: 0 when another has. */
  recursionCount(): Awaitable<number>;
}

/** A place to wait for a change of what a lock protects: threading.Condition. */
export interface ConditionLike extends Acquirable {
  withLock<T>(work: () => T | Promise<T>, options?: Wait): Promise<T>;
  /** Releases the lock whole, waits for a notify, takes it back. @returns False when the time is over. @throws StateError without the lock. */
  wait(options?: Wait): Promise<boolean>;
  /** Waits until `predicate` holds. @returns Its last value. */
  waitFor<T>(predicate: () => T | Promise<T>, options?: Wait): Promise<T>;
  /** Wakes up to `n` (default 1) in order of arrival. @throws StateError without the lock. */
  notify(n?: number): Awaitable<void>;
  notifyAll(): Awaitable<void>;
}

/** A counter of permits: threading.Semaphore and BoundedSemaphore. */
export interface SemaphoreLike extends Acquirable {
  /** @param n - How many permits; default 1. @throws ValueError on less than 1; StateError when a bound would be passed. */
  release(n?: number): Awaitable<void>;
  withPermit<T>(work: () => T | Promise<T>, options?: Wait): Promise<T>;
}

/** A flag that can be waited for: threading.Event. */
export interface EventLike {
  isSet(): Awaitable<boolean>;
  set(): Awaitable<void>;
  clear(): Awaitable<void>;
  /** @returns False when the time is over. Who waited when it was set gets true, even if it was cleared at once. */
  wait(options?: Wait): Promise<boolean>;
}

/** A place where `parties` meet: threading.Barrier. */
export interface BarrierLike {
  readonly parties: number;
  nWaiting(): Awaitable<number>;
  broken(): Awaitable<boolean>;
  /** @returns A number from 0 to parties - 1, a different one for each. @throws BrokenBarrierError. */
  wait(options?: Wait): Promise<number>;
  reset(): Awaitable<void>;
  abort(): Awaitable<void>;
}

/** Items on their way from producers to consumers: queue.Queue and its kin. */
export interface QueueLike<T> extends AsyncIterable<T> {
  /** Waits for room. @throws Full when the time is over; ShutDown; `signal.reason`. */
  put(item: T, options?: Wait): Promise<void>;
  /** Waits for an item. @throws Empty when the time is over; ShutDown once shut down and drained; `signal.reason`. */
  get(options?: Wait): Promise<T>;
  /** @throws Full. */
  putNowait(item: T): Awaitable<void>;
  /** @throws Empty. */
  getNowait(): Awaitable<T>;
  /** Whether there was room; the answer and the deed are one. */
  tryPut(item: T): Awaitable<boolean>;
  /** The next item, or undefined; the answer and the deed are one. */
  tryGet(): Awaitable<T | undefined>;
  /** A guess that may be old when it is read, as full() and empty() are: see {@link tryPut} and {@link tryGet}. */
  qsize(): Awaitable<number>;
  empty(): Awaitable<boolean>;
  full(): Awaitable<boolean>;
  /** Says that an item taken before is dealt with. @throws StateError when called too many times. */
  taskDone(): Awaitable<void>;
  /** Waits until every item put was dealt with. @returns False when the time is over. */
  join(options?: Wait): Promise<boolean>;
  /** Takes no more items; `immediate` drops those inside. */
  shutdown(options?: { readonly immediate?: boolean }): Awaitable<void>;
}
