// Locks and their kin across processes: held by the broker, used from anywhere. They do not know how a call gets there.

import { Remote } from '../broker/remote.ts';
import { ValueError } from '../errors.ts';
import { meet } from '../local/barrier.ts';
import { waitUntil } from '../local/condition.ts';
import { held, type LockOptions } from '../local/lock.ts';
import type { BarrierLike, ConditionLike, EventLike, Guard, LockLike, RLockLike, SemaphoreLike, Wait } from '../seam.ts';
import { checkTimeout } from '../waiters.ts';
import { HANDLE, type Handle, onHandle, type Shareable } from '../wire/handle.ts';

/** A thing of the broker that can be given to a process or worker when it is started. */
abstract class Shared implements Shareable {
  readonly remote: Remote;
  readonly #kind: string;

  constructor(kind: string, remote: Remote) {
    this.#kind = kind;
    this.remote = remote;
  }

  [HANDLE](): Handle {
    return this.remote.handle(this.#kind);
  }

  /** Has the broker forget it: whoever uses it afterwards gets an error. */
  close(): void {
    this.remote.link.drop(this.remote.id);
  }
}

abstract class Acquired extends Shared {
  /** As {@link LockLike.acquire}. */
  async acquire(options: Wait = {}): Promise<Guard | null> {
    checkTimeout(options.timeoutMs);
    return await this.remote.guard('acquire', options);
  }

  async tryAcquire(): Promise<Guard | null> {
    return await this.remote.guard('tryAcquire', {});
  }

  protected async holding<T>(work: () => T | Promise<T>, options: Wait): Promise<T> {
    using _guard = held(await this.acquire(options), this.constructor.name);
    return await work();
  }
}

/** As CPython's `multiprocessing.Lock`, and fair; when the process that holds it dies, the next owner gets it, and is told. */
export class Lock extends Acquired implements LockLike {
  constructor(options: LockOptions | Remote = {}) {
    super('Lock', options instanceof Remote ? options : Remote.create('Lock', [plain(options)]));
  }

  /** @throws StateError when nobody holds it. */
  async release(): Promise<void> {
    await this.remote.call('release');
  }

  async locked(): Promise<boolean> {
    return (await this.remote.call('locked')) as boolean;
  }

  async withLock<T>(work: () => T | Promise<T>, options: Wait = {}): Promise<T> {
    return await this.holding(work, options);
  }
}

/** As CPython's `multiprocessing.RLock`: its owner is a thread of a process. */
export class RLock extends Acquired implements RLockLike {
  constructor(options: LockOptions | Remote = {}) {
    super('RLock', options instanceof Remote ? options : Remote.create('RLock', [plain(options)]));
  }

  /** @throws StateError when the calling thread has it not. */
  async release(): Promise<void> {
    await this.remote.call('release');
  }

  async locked(): Promise<boolean> {
    return (await this.remote.call('locked')) as boolean;
  }

  async recursionCount(): Promise<number> {
    return (await this.remote.call('recursionCount')) as number;
  }

  async withLock<T>(work: () => T | Promise<T>, options: Wait = {}): Promise<T> {
    return await this.holding(work, options);
  }
}

/** A lock for each key, text or a number, across processes: rows of a table, hosts of a fleet. */
export class KeyedLock extends Shared {
  constructor(remote: Remote = Remote.create('KeyedLock', [])) {
    super('KeyedLock', remote);
  }

  /** As Lock.acquire, for one key. */
  async acquire(key: string | number, options: Wait = {}): Promise<Guard | null> {
    checkTimeout(options.timeoutMs);
    return await this.remote.guard('acquire', options, [key]);
  }

  /** @throws StateError when nobody has the key. */
  async release(key: string | number): Promise<void> {
    await this.remote.call('release', [key]);
  }

  async locked(key: string | number): Promise<boolean> {
    return (await this.remote.call('locked', [key])) as boolean;
  }

  async withLock<T>(key: string | number, work: () => T | Promise<T>, options: Wait = {}): Promise<T> {
    using _guard = held(await this.acquire(key, options), String(key));
    return await work();
  }
}

/** As CPython's `multiprocessing.Condition`. */
export class Condition extends Shared implements ConditionLike {
  readonly #lock: Lock | RLock;

  constructor(lock: Lock | RLock = new RLock(), remote?: Remote) {
    super('Condition', remote ?? Remote.create('Condition', [lock.remote.id], lock.remote.managed ? lock.remote.link : undefined));
    this.#lock = lock;
  }

  override [HANDLE](): Handle {
    return { ...super[HANDLE](), lock: this.#lock[HANDLE]() };
  }

  async acquire(options: Wait = {}): Promise<Guard | null> {
    return await this.#lock.acquire(options);
  }

  async tryAcquire(): Promise<Guard | null> {
    return await this.#lock.tryAcquire();
  }

  async release(): Promise<void> {
    await this.#lock.release();
  }

  async withLock<T>(work: () => T | Promise<T>, options: Wait = {}): Promise<T> {
    return await this.#lock.withLock(work, options);
  }

  async wait(options: Wait = {}): Promise<boolean> {
    checkTimeout(options.timeoutMs);
    return (await this.remote.call('wait', [], options)) as boolean;
  }

  async waitFor<T>(predicate: () => T | Promise<T>, options: Wait = {}): Promise<T> {
    return await waitUntil(this, predicate, options);
  }

  async notify(n = 1): Promise<void> {
    await this.remote.call('notify', [n]);
  }

  async notifyAll(): Promise<void> {
    await this.remote.call('notifyAll');
  }
}

/** As CPython's `multiprocessing.Semaphore`, and fair. */
export class Semaphore extends Acquired implements SemaphoreLike {
  constructor(value: number | Remote = 1, options: LockOptions = {}, kind: 'Semaphore' | 'BoundedSemaphore' = 'Semaphore') {
    if (typeof value === 'number' && (!Number.isInteger(value) || value < 0))
      throw new ValueError('A semaphore starts with a whole number >= 0 of permits', { fix: `${value} is not one` });
    super(kind, value instanceof Remote ? value : Remote.create(kind, [value, plain(options)]));
  }

  async release(n = 1): Promise<void> {
    await this.remote.call('release', [n]);
  }

  async withPermit<T>(work: () => T | Promise<T>, options: Wait = {}): Promise<T> {
    return await this.holding(work, options);
  }
}

/** As CPython's `multiprocessing.BoundedSemaphore`; permits of a process that dies come back. */
export class BoundedSemaphore extends Semaphore {
  constructor(value: number | Remote = 1, options: LockOptions = {}) {
    super(value, options, 'BoundedSemaphore');
  }
}

/** As CPython's `multiprocessing.Event`. */
export class Event extends Shared implements EventLike {
  constructor(remote: Remote = Remote.create('Event', [])) {
    super('Event', remote);
  }

  async isSet(): Promise<boolean> {
    return (await this.remote.call('isSet')) as boolean;
  }

  async set(): Promise<void> {
    await this.remote.call('set');
  }

  async clear(): Promise<void> {
    await this.remote.call('clear');
  }

  async wait(options: Wait = {}): Promise<boolean> {
    checkTimeout(options.timeoutMs);
    return (await this.remote.call('wait', [], options)) as boolean;
  }
}

export interface BarrierOptions {
  /** Run by the last to arrive, in its own process; it does not travel: give it where the barrier is made, or to `wait`. */
  readonly action?: (() => unknown) | undefined;
  readonly timeoutMs?: number | undefined;
}

/** As CPython's `multiprocessing.Barrier`. */
export class Barrier extends Shared implements BarrierLike {
  readonly parties: number;
  readonly #action: (() => unknown) | undefined;

  constructor(parties: number, options: BarrierOptions = {}, remote?: Remote) {
    if (!Number.isInteger(parties) || parties < 1) throw new ValueError('parties must be >= 1', { fix: `${parties} is not` });
    super('Barrier', remote ?? Remote.create('Barrier', [parties, options.timeoutMs ?? null]));
    this.parties = parties;
    this.#action = options.action;
  }

  override [HANDLE](): Handle {
    return { ...super[HANDLE](), parties: this.parties };
  }

  async nWaiting(): Promise<number> {
    return (await this.remote.call('nWaiting')) as number;
  }

  async broken(): Promise<boolean> {
    return (await this.remote.call('broken')) as boolean;
  }

  async wait(options: Wait = {}): Promise<number> {
    checkTimeout(options.timeoutMs);
    return await meet(this, this.#action, options);
  }

  /** Joins the round; see the in-isolate Barrier. */
  async enter(options: Wait): Promise<number> {
    return (await this.remote.call('enter', [], options)) as number;
  }

  async open(): Promise<void> {
    await this.remote.call('open');
  }

  async reset(): Promise<void> {
    await this.remote.call('reset');
  }

  async abort(): Promise<void> {
    await this.remote.call('abort');
  }
}

onHandle('Lock', (handle) => new Lock(Remote.fromHandle(handle)));
onHandle('KeyedLock', (handle) => new KeyedLock(Remote.fromHandle(handle)));
onHandle('RLock', (handle) => new RLock(Remote.fromHandle(handle)));
onHandle('Condition', (handle) => {
  const lock = handle.lock as Handle;
  const remote = Remote.fromHandle(lock);
  return new Condition(lock.kind === 'Lock' ? new Lock(remote) : new RLock(remote), Remote.fromHandle(handle));
});
onHandle('Semaphore', (handle) => new Semaphore(Remote.fromHandle(handle)));
onHandle('BoundedSemaphore', (handle) => new BoundedSemaphore(Remote.fromHandle(handle)));
onHandle('Event', (handle) => new Event(Remote.fromHandle(handle)));
onHandle('Barrier', (handle) => new Barrier(handle.parties as number, {}, Remote.fromHandle(handle)));

function plain(options: LockOptions): LockOptions {
  return {
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.detect === undefined ? {} : { detect: options.detect }),
  };
}
