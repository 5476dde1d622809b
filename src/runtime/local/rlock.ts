// A lock its owner may take again. It does not know what it protects.
import { currentAgent } from '../agent.ts';
import { StateError } from '../errors.ts';
import type { Guard, RLockLike, Wait } from '../seam.ts';
import { held, Lock, type LockOptions } from './lock.ts';

/**
 * As CPython's `threading.RLock`: free for others after as many releases as acquires, and only its owner may release it.
 *
 * The owner is a Thread. Flows of the main program that are no Threads are one owner together: start a Thread for each where they must
 * exclude each other, or use a Lock.
 */
export class RLock implements RLockLike {
  readonly #lock: Lock;
  #count = 0;

  constructor(options: LockOptions = {}) {
    this.#lock = new Lock(options);
  }

  get name(): string {
    return this.#lock.name;
  }

  locked(): boolean {
    return this.#lock.locked();
  }

  recursionCount(): number {
    return this.#owned() ? this.#count : 0;
  }

  acquire(options?: Wait & { readonly timeoutMs?: undefined }): Promise<Guard>;
  acquire(options?: Wait): Promise<Guard | null>;
  async acquire(options: Wait = {}): Promise<Guard | null> {
    options.signal?.throwIfAborted();
    if (this.#owned()) return this.#again(false);
    const guard = await this.#lock.acquire(options);
    return guard === null ? null : this.#first(guard);
  }

  tryAcquire(): Guard | null {
    if (this.#owned()) return this.#again(false);
    const guard = this.#lock.tryAcquire();
    return guard === null ? null : this.#first(guard);
  }

  release(): void {
    if (!this.#owned()) {
      throw new StateError('cannot release un-acquired lock', {
        where: this.name,
        fix: 'Release it in the thread that acquired it, as often',
      });
    }
    this.#count -= 1;
    if (this.#count === 0) this.#lock.release();
  }

  async withLock<T>(work: () => T | Promise<T>, options: Wait = {}): Promise<T> {
    using _guard = held(await this.acquire(options), this.name);
    return await work();
  }

  /** Lets go of it whatever its depth. @returns How deep it was, for {@link resume}. @throws StateError when the caller has it not. */
  suspend(): number {
    if (!this.#owned()) throw new StateError('cannot wait on un-acquired lock', { where: this.name, fix: 'Acquire the lock first' });
    const depth = this.#count;
    this.#count = 0;
    this.#lock.release();
    return depth;
  }

  /** Takes it back as deep as it was. */
  async resume(depth: number): Promise<void> {
    await this.#lock.acquire();
    this.#count = depth;
  }

  owned(): boolean {
    return this.#owned();
  }

  #owned(): boolean {
    return this.#lock.owner === currentAgent();
  }

  #first(guard: Guard): Guard {
    this.#count = 0;
    return this.#again(guard.abandoned);
  }

  #again(abandoned: boolean): Guard {
    this.#count += 1;
    return new Turn(this, abandoned);
  }
}

/** One acquire of many by the same owner. */
class Turn implements Guard {
  readonly abandoned: boolean;
  #lock: RLock | undefined;

  constructor(lock: RLock, abandoned: boolean) {
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
