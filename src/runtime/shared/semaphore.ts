// Counting permits between the threads of a process. It does not know what a permit is for.
import { StateError, ValueError } from '../errors.ts';
import { held, type LockOptions } from '../local/lock.ts';
import type { Guard, SemaphoreLike, Wait } from '../seam.ts';
import { TIMED_OUT } from '../waiters.ts';
import type { Handle } from '../wire/handle.ts';
import { kindOf } from './arena.ts';
import { attemptNow, type Goal, pursue, pursueSync } from './line.ts';
import { onSharedHandle, Shared } from './shared.ts';

const VALUE = 2;
const SEMAPHORE = kindOf('semaphore', () => undefined);
const BOUNDED = kindOf('bounded semaphore', (arena, object, tid) => {
  const lost = arena.holding(object, tid);
  if (lost > 0) arena.write(object, VALUE, arena.read(object, VALUE) + lost);
});

/** As the Semaphore of one isolate, between worker threads. */
export class Semaphore extends Shared implements SemaphoreLike {
  readonly #goal: Goal<true>;

  constructor(value = 1, _options: LockOptions = {}, handle?: Handle, kind = SEMAPHORE) {
    if (!Number.isInteger(value) || value < 0)
      throw new ValueError('A semaphore starts with a whole number >= 0 of permits', { fix: `${value} is not one` });
    super(kind, handle);
    if (handle === undefined) this.arena.section(() => this.arena.write(this.place, VALUE, value));
    this.#goal = { object: this.place, line: 0, attempt: (rank) => this.#attempt(rank), onGiveUp: () => this.#wake() };
  }

  /** Permits free now. */
  get value(): number {
    return Atomics.load(this.arena.words, this.place + VALUE);
  }

  acquire(options?: Wait & { readonly timeoutMs?: undefined }): Promise<Guard>;
  acquire(options?: Wait): Promise<Guard | null>;
  async acquire(options: Wait = {}): Promise<Guard | null> {
    return (await pursue(this.arena, this.#goal, options)) === TIMED_OUT ? null : this.#permit();
  }

  tryAcquire(): Guard | null {
    return attemptNow(this.arena, this.#goal) === undefined ? null : this.#permit();
  }

  /** As acquire, blocking the thread. @returns False when the time is over. */
  acquireSync(timeoutMs?: number): boolean {
    return pursueSync(this.arena, this.#goal, timeoutMs) !== TIMED_OUT;
  }

  release(n = 1): void {
    if (!Number.isInteger(n) || n < 1) throw new ValueError('A whole number >= 1 of permits can be released', { fix: `${n} is not one` });
    this.arena.section(() => {
      this.onRelease(n);
      this.arena.write(this.place, VALUE, this.arena.read(this.place, VALUE) + n);
      this.#wake();
    });
  }

  async withPermit<T>(work: () => T | Promise<T>, options: Wait = {}): Promise<T> {
    using _permit = held(await this.acquire(options), this.constructor.name);
    return await work();
  }

  protected onAcquire(): void {}

  protected onRelease(_n: number): void {}

  #attempt(rank: number): true | undefined {
    const value = this.arena.read(this.place, VALUE);
    if (rank >= value) return undefined;
    this.arena.write(this.place, VALUE, value - 1);
    this.onAcquire();
    return true;
  }

  #wake(): void {
    this.arena.wake(this.place, 0, this.arena.read(this.place, VALUE));
  }

  #permit(): Guard {
    let free = (): void => this.release();
    const release = (): void => {
      const once = free;
      free = () => undefined;
      once();
    };
    return { abandoned: false, release, [Symbol.dispose]: release };
  }
}

/** As the BoundedSemaphore of one isolate, between worker threads: the permits of a worker that dies come back. */
export class BoundedSemaphore extends Semaphore {
  readonly bound: number;

  constructor(value = 1, options: LockOptions = {}, handle?: Handle) {
    super(value, options, handle, BOUNDED);
    this.bound = value;
  }

  override describe(): Readonly<Record<string, unknown>> {
    return { bound: this.bound };
  }

  protected override onAcquire(): void {
    this.arena.holding(this.place, this.arena.tid, 1);
  }

  protected override onRelease(n: number): void {
    const { arena, place } = this;
    if (arena.read(place, VALUE) + n > this.bound)
      throw new StateError('Semaphore released too many times', {
        fix: 'Release each permit once: `using permit = await semaphore.acquire()`',
      });
    // The caller's own first, then whoever has one: release() names no permit.
    for (let left = n; left > 0; left--) {
      const tid = arena.holding(place, arena.tid) > 0 ? arena.tid : arena.holders(place)[0];
      if (tid !== undefined) arena.holding(place, tid, -1);
    }
  }
}

onSharedHandle('shared.Semaphore', (handle) => new Semaphore(1, {}, handle), Semaphore);
onSharedHandle(
  'shared.BoundedSemaphore',
  (handle) => new BoundedSemaphore((handle.about as { bound: number }).bound, {}, handle),
  BoundedSemaphore,
);
