// Counting permits within one isolate, first come, first served. It does not know what a permit is for.
import { StateError, ValueError } from '../errors.ts';
import { TIMED_OUT, type Wait, Waiters } from '../waiters.ts';

/** One permit of a semaphore. `using permit = await semaphore.acquire()` gives it back at the end of the block. */
export class Permit implements Disposable {
  #semaphore: Semaphore | undefined;

  constructor(semaphore: Semaphore) {
    this.#semaphore = semaphore;
  }

  /** Gives the permit back; again is harmless. */
  release(): void {
    this.#semaphore?.release();
    this.#semaphore = undefined;
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

/**
 * A counter of permits, as CPython's `threading.Semaphore`, but fair: permits go to waiters in order of arrival.
 *
 * @example
 * ```ts
 * const limit = new Semaphore(5);
 * using permit = await limit.acquire({ signal });
 * ```
 */
export class Semaphore {
  #value: number;
  readonly #waiters = new Waiters<true>();

  /** @throws ValueError when `value` is no whole number from 0 up. */
  constructor(value = 1) {
    if (!Number.isInteger(value) || value < 0)
      throw new ValueError('A semaphore starts with a whole number >= 0 of permits', { fix: `${value} is not one` });
    this.#value = value;
  }

  /** Permits free now. */
  get value(): number {
    return this.#value;
  }

  /** How many wait for a permit. */
  get waiting(): number {
    return this.#waiters.count;
  }

  /**
   * Takes a permit, waiting for one if none is free.
   *
   * @returns The permit; with a `timeoutMs`, null when its time is over.
   * @throws `signal.reason` on abort; ValueError on a negative timeout.
   */
  acquire(options?: Wait & { readonly timeoutMs?: undefined }): Promise<Permit>;
  acquire(options?: Wait): Promise<Permit | null>;
  async acquire(options: Wait = {}): Promise<Permit | null> {
    options.signal?.throwIfAborted();
    const free = this.tryAcquire();
    if (free !== null) return free;
    // A wake-up hands the permit over directly: nobody can slip in between.
    return (await this.#waiters.wait(options)) === TIMED_OUT ? null : new Permit(this);
  }

  /** A permit if one is free now, else null. */
  tryAcquire(): Permit | null {
    if (this.#value === 0) return null;
    this.#value--;
    return new Permit(this);
  }

  /**
   * Gives permits back.
   *
   * @param n - How many; default 1.
   * @throws ValueError when `n` is no whole number from 1 up.
   */
  release(n = 1): void {
    if (!Number.isInteger(n) || n < 1) throw new ValueError('A whole number >= 1 of permits can be released', { fix: `${n} is not one` });
    for (let i = 0; i < n; i++) if (!this.#waiters.wakeOne(true)) this.#value++;
  }
}

/** A semaphore that refuses to be given more permits than it started with: that is always a mistake of the caller. */
export class BoundedSemaphore extends Semaphore {
  readonly bound: number;

  constructor(value = 1) {
    super(value);
    this.bound = value;
  }

  /** @throws StateError when more would be free than there were at the start; nothing changes then. */
  override release(n = 1): void {
    if (this.value + n - this.waiting > this.bound) {
      throw new StateError('Semaphore released too many times', {
        fix: 'Release each permit once: `using permit = await semaphore.acquire()`',
      });
    }
    super.release(n);
  }
}
