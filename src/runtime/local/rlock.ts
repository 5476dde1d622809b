// A lock its owner may take again, whatever memory the lock is in. It does not know what it protects.
import { StateError } from '../errors.ts';
import type { Guard, RLockLike, Wait } from '../seam.ts';
import { held, Lock, type LockOptions } from './lock.ts';

/** A lock that knows whether the running thread has it. */
export interface OwnedLock {
  readonly name: string;
  owned(): boolean;
  locked(): boolean;
  acquire(options: Wait): Promise<Guard | null>;
  tryAcquire(): Guard | null;
  release(): void;
}

/** What the RLocks of this isolate and of shared memory have in common: all but where the count is kept. */
export abstract class Reentrant<L extends OwnedLock> implements RLockLike {
  protected readonly lock: L;

  constructor(lock: L) {
    this.lock = lock;
  }

  get name(): string {
    return this.lock.name;
  }

  locked(): boolean {
    return this.lock.locked();
  }

  /** Whether the running thread has it. */
  owned(): boolean {
    return this.lock.owned();
  }

  recursionCount(): number {
    return this.owned() ? this.count : 0;
  }

  acquire(options?: Wait & { readonly timeoutMs?: undefined }): Promise<Guard>;
  acquire(options?: Wait): Promise<Guard | null>;
  async acquire(options: Wait = {}): Promise<Guard | null> {
    options.signal?.throwIfAborted();
    if (this.owned()) return this.#again(false);
    const guard = await this.lock.acquire(options);
    return guard === null ? null : this.#first(guard);
  }

  tryAcquire(): Guard | null {
    if (this.owned()) return this.#again(false);
    const guard = this.lock.tryAcquire();
    return guard === null ? null : this.#first(guard);
  }

  /** @throws StateError in another thread than the owner. */
  release(): void {
    if (!this.owned()) {
      throw new StateError('cannot release un-acquired lock', {
        where: this.name,
        fix: 'Release it in the thread that acquired it, as often',
      });
    }
    this.count -= 1;
    if (this.count === 0) this.lock.release();
  }

  async withLock<T>(work: () => T | Promise<T>, options: Wait = {}): Promise<T> {
    using _guard = held(await this.acquire(options), this.name);
    return await work();
  }

  /** Lets go of it whatever its depth. @returns How deep it was, for {@link resume}. @throws StateError when the caller has it not. */
  suspend(): number {
    if (!this.owned()) throw new StateError('cannot wait on un-acquired lock', { where: this.name, fix: 'Acquire the lock first' });
    const depth = this.count;
    this.count = 0;
    this.lock.release();
    return depth;
  }

  /** Takes it back as deep as it was. */
  async resume(depth: number): Promise<void> {
    await this.lock.acquire({});
    this.count = depth;
  }

  /** How often the owner has it; only the owner looks and changes. */
  protected abstract get count(): number;
  protected abstract set count(count: number);

  #first(guard: Guard): Guard {
    this.count = 0;
    return this.#again(guard.abandoned);
  }

  #again(abandoned: boolean): Guard {
    this.count += 1;
    return new Turn(this, abandoned);
  }
}

/**
 * As CPython's `threading.RLock`: free for others after as many releases as acquires, and only its owner may release it.
 *
 * The owner is a Thread. Flows of the main program that are no Threads are one owner together: start a Thread for each where they must
 * exclude each other, or use a Lock.
 */
export class RLock extends Reentrant<Lock> {
  protected override count = 0;

  constructor(options: LockOptions = {}) {
    super(new Lock(options));
  }
}

/** One acquire of many by the same owner. */
class Turn implements Guard {
  readonly abandoned: boolean;
  #lock: { release(): void } | undefined;

  constructor(lock: { release(): void }, abandoned: boolean) {
    this.#lock = lock;
    this.abandoned = abandoned;
  }

  release(): void {
    const lock = this.#lock;
    this.#lock = undefined;
    lock?.release();
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
