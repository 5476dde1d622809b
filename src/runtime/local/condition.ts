// A place to wait for a change of what a lock protects. It does not know what changes.
import { StateError, ValueError } from '../errors.ts';
import type { ConditionLike, Guard, Wait } from '../seam.ts';
import { TIMED_OUT, Waiters } from '../waiters.ts';
import type { Lock } from './lock.ts';
import { RLock } from './rlock.ts';

/**
 * As CPython's `threading.Condition`, over an RLock of its own or the lock given. Waiters are woken in order of arrival, never without a
 * notify, and have the lock again, as deep as before, when `wait` returns.
 *
 * @example
 * ```ts
 * using guard = await changed.acquire();
 * await changed.waitFor(() => stock > 0);
 * ```
 */
export class Condition implements ConditionLike {
  readonly #lock: Lock | RLock;
  readonly #waiters = new Waiters<true>();

  constructor(lock: Lock | RLock = new RLock()) {
    this.#lock = lock;
  }

  acquire(options?: Wait & { readonly timeoutMs?: undefined }): Promise<Guard>;
  acquire(options?: Wait): Promise<Guard | null>;
  async acquire(options: Wait = {}): Promise<Guard | null> {
    return await this.#lock.acquire(options);
  }

  tryAcquire(): Guard | null {
    return this.#lock.tryAcquire();
  }

  release(): void {
    this.#lock.release();
  }

  async withLock<T>(work: () => T | Promise<T>, options: Wait & { readonly timeoutMs?: undefined } = {}): Promise<T> {
    return await this.#lock.withLock(work, options);
  }

  async wait(options: Wait = {}): Promise<boolean> {
    this.#check('cannot wait on un-acquired lock');
    // In the line before the lock is free, so that no notify can fall in between.
    const woken = this.#waiters.wait(options, undefined);
    const takeBack = this.#letGo();
    try {
      return (await woken) !== TIMED_OUT;
    } finally {
      await takeBack();
    }
  }

  async waitFor<T>(predicate: () => T | Promise<T>, options: Wait = {}): Promise<T> {
    return await waitUntil(this, predicate, options);
  }

  notify(n = 1): void {
    if (!Number.isInteger(n) || n < 0) throw new ValueError(`notify() wakes a whole number of waiters, not ${n}`);
    this.#check('cannot notify on un-acquired lock');
    for (let i = 0; i < n && this.#waiters.wakeOne(() => true); i++);
  }

  notifyAll(): void {
    this.#check('cannot notify on un-acquired lock');
    this.#waiters.wakeAll(true);
  }

  #check(message: string): void {
    if (!this.#lock.owned())
      throw new StateError(message, {
        where: this.#lock.name,
        fix: 'Acquire the condition first: `using guard = await condition.acquire()`',
      });
  }

  #letGo(): () => Promise<void> {
    const lock = this.#lock;
    if (lock instanceof RLock) {
      const depth = lock.suspend();
      return async () => await lock.resume(depth);
    }
    lock.release();
    return async () => void (await lock.acquire());
  }
}

/** Waits on a condition, of whatever backend, until a predicate holds or the time is over. @returns The predicate's last value. */
export async function waitUntil<T>(condition: Pick<ConditionLike, 'wait'>, predicate: () => T | Promise<T>, options: Wait): Promise<T> {
  const deadline = options.timeoutMs === undefined ? undefined : performance.now() + options.timeoutMs;
  for (;;) {
    const value = await predicate();
    if (value) return value;
    const timeoutMs = deadline === undefined ? undefined : Math.max(0, deadline - performance.now());
    if (!(await condition.wait({ timeoutMs, signal: options.signal }))) return await predicate();
  }
}
