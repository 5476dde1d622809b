// A lock between threads that its owner may take again. It does not know what it protects.
import { StateError } from '../errors.ts';
import { held, type LockOptions } from '../local/lock.ts';
import type { Guard, RLockLike, Wait } from '../seam.ts';
import { HANDLE, type Handle, onHandle, type Shareable } from '../wire/handle.ts';
import { Lock } from './lock.ts';

/** How often the owner has it: a word of the lock's own record, written by the owner alone. */
const COUNT = 4;

/** As the RLock of one isolate, between worker threads. The owner is a thread of a worker. */
export class RLock implements RLockLike, Shareable {
  readonly #lock: Lock;

  constructor(options: LockOptions = {}, lock: Lock = new Lock(options)) {
    this.#lock = lock;
  }

  get name(): string {
    return this.#lock.name;
  }

  [HANDLE](): Handle {
    return { kind: 'shared.RLock', memory: true, lock: this.#lock[HANDLE]() };
  }

  locked(): boolean {
    return this.#lock.locked();
  }

  recursionCount(): number {
    return this.#lock.owned() ? this.#count : 0;
  }

  owned(): boolean {
    return this.#lock.owned();
  }

  acquire(options?: Wait & { readonly timeoutMs?: undefined }): Promise<Guard>;
  acquire(options?: Wait): Promise<Guard | null>;
  async acquire(options: Wait = {}): Promise<Guard | null> {
    options.signal?.throwIfAborted();
    if (this.#lock.owned()) return this.#again();
    const guard = await this.#lock.acquire(options);
    return guard === null ? null : this.#first(guard);
  }

  tryAcquire(): Guard | null {
    if (this.#lock.owned()) return this.#again();
    const guard = this.#lock.tryAcquire();
    return guard === null ? null : this.#first(guard);
  }

  /** As acquire, blocking the thread. @returns False when the time is over. */
  acquireSync(timeoutMs?: number): boolean {
    if (this.#lock.owned()) this.#count += 1;
    else if (this.#lock.acquireSync(timeoutMs)) this.#count = 1;
    else return false;
    return true;
  }

  release(): void {
    if (!this.#lock.owned())
      throw new StateError('cannot release un-acquired lock', {
        where: this.name,
        fix: 'Release it in the thread that acquired it, as often',
      });
    this.#count -= 1;
    if (this.#count === 0) this.#lock.release();
  }

  async withLock<T>(work: () => T | Promise<T>, options: Wait = {}): Promise<T> {
    using _guard = held(await this.acquire(options), this.name);
    return await work();
  }

  withLockSync<T>(work: () => T): T {
    this.acquireSync();
    try {
      return work();
    } finally {
      this.release();
    }
  }

  /** Lets go of it whatever its depth. @returns How deep it was. */
  suspend(): number {
    if (!this.#lock.owned()) throw new StateError('cannot wait on un-acquired lock', { where: this.name, fix: 'Acquire the lock first' });
    const depth = this.#count;
    this.#count = 0;
    this.#lock.release();
    return depth;
  }

  async resume(depth: number): Promise<void> {
    await this.#lock.acquire();
    this.#count = depth;
  }

  resumeSync(depth: number): void {
    this.#lock.acquireSync();
    this.#count = depth;
  }

  close(): void {
    this.#lock.close();
  }

  get #count(): number {
    return this.#lock.arena.read(this.#lock.place, COUNT);
  }

  set #count(count: number) {
    this.#lock.arena.words[this.#lock.place + COUNT] = count;
  }

  #first(guard: Guard): Guard {
    this.#count = 0;
    return this.#again(guard.abandoned);
  }

  #again(abandoned = false): Guard {
    this.#count += 1;
    let free = (): void => this.release();
    const release = (): void => {
      const once = free;
      free = () => undefined;
      once();
    };
    return { abandoned, release, [Symbol.dispose]: release };
  }
}

onHandle('shared.RLock', (handle) => {
  const { about, ...rest } = handle.lock as Handle;
  return new RLock({}, new Lock(about as LockOptions, { about, ...rest }));
});
