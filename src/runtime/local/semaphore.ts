// Counting permits within one isolate, first come, first served. It does not know what a permit is for.
import { type Agent, currentAgent, type Edge, type Held } from '../agent.ts';
import { type Detect, waitFor } from '../detect/wait-graph.ts';
import { StateError, ValueError } from '../errors.ts';
import type { Guard, SemaphoreLike, Wait } from '../seam.ts';
import { TIMED_OUT, Waiters } from '../waiters.ts';
import { held, type LockOptions } from './lock.ts';

let made = 0;

/**
 * A counter of permits, as CPython's `threading.Semaphore`, but fair: permits go to waiters in order of arrival.
 *
 * It may be used as a signal too, released by others than those who acquire; so a permit does not come back by itself when its holder
 * dies. Those of a {@link BoundedSemaphore} do.
 *
 * @example
 * ```ts
 * const limit = new Semaphore(5);
 * using permit = await limit.acquire({ signal });
 * ```
 */
export class Semaphore implements SemaphoreLike {
  readonly name: string;
  readonly #detect: Detect;
  #value: number;
  readonly #waiters = new Waiters<Permit, Agent>();

  /** @throws ValueError when `value` is no whole number from 0 up. */
  constructor(value = 1, options: LockOptions = {}) {
    if (!Number.isInteger(value) || value < 0)
      throw new ValueError('A semaphore starts with a whole number >= 0 of permits', { fix: `${value} is not one` });
    made += 1;
    this.#value = value;
    this.name = options.name ?? `${new.target.name}-${made}`;
    this.#detect = options.detect ?? 'throw';
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
   * @throws `signal.reason` on abort; ValueError on a negative timeout; DeadlockError.
   */
  acquire(options?: Wait & { readonly timeoutMs?: undefined }): Promise<Guard>;
  acquire(options?: Wait): Promise<Guard | null>;
  async acquire(options: Wait = {}): Promise<Guard | null> {
    options.signal?.throwIfAborted();
    const free = this.tryAcquire();
    if (free !== null) return free;
    // A wake-up hands the permit over directly: nobody can slip in between.
    const got = await waitFor(this.#edge(), options, this.#detect, async () => await this.#waiters.wait(options, currentAgent()));
    return got === TIMED_OUT ? null : got;
  }

  /** A permit if one is free now, else null. */
  tryAcquire(): Guard | null {
    if (this.#value === 0) return null;
    this.#value--;
    return this.grant(currentAgent());
  }

  /**
   * Gives permits back.
   *
   * @param n - How many; default 1.
   * @throws ValueError when `n` is no whole number from 1 up.
   */
  release(n = 1): void {
    if (!Number.isInteger(n) || n < 1) throw new ValueError('A whole number >= 1 of permits can be released', { fix: `${n} is not one` });
    for (let i = 0; i < n; i++) if (!this.#waiters.wakeOne((agent) => this.#handOver(agent))) this.#value++;
  }

  async withPermit<T>(work: () => T | Promise<T>, options: Wait = {}): Promise<T> {
    using _permit = held(await this.acquire(options), this.name);
    return await work();
  }

  /** Who could release a permit: nobody in particular. */
  protected owners(): readonly Agent[] {
    return [];
  }

  protected grant(agent: Agent): Permit {
    return new Permit(agent, (permit) => this.giveBack(permit));
  }

  protected giveBack(_permit: Permit): void {
    this.release();
  }

  #handOver(agent: Agent): Permit {
    // It has what it waited for, before it knows: nobody must take it for waiting any more.
    agent.waiting = undefined;
    return this.grant(agent);
  }

  #edge(): Edge {
    return { waits: `semaphore ${this.name}`, owners: () => this.owners() };
  }
}

/**
 * A semaphore that refuses to be given more permits than it started with: that is always a mistake of the caller. Its permits belong to
 * who acquired them, and come back when that thread or process dies.
 */
export class BoundedSemaphore extends Semaphore {
  readonly bound: number;
  readonly #out = new Set<Permit>();

  constructor(value = 1, options: LockOptions = {}) {
    super(value, options);
    this.bound = value;
  }

  /** @throws StateError when more would be free than there were at the start; nothing changes then. */
  override release(n = 1): void {
    if (this.value + n > this.bound) {
      throw new StateError('Semaphore released too many times', {
        where: this.name,
        fix: 'Release each permit once: `using permit = await semaphore.acquire()`',
      });
    }
    for (let i = 0; i < n; i++) this.#forget(currentAgent());
    super.release(n);
  }

  protected override owners(): readonly Agent[] {
    return [...this.#out].map((permit) => permit.agent);
  }

  protected override grant(agent: Agent): Permit {
    const permit = super.grant(agent);
    this.#out.add(permit);
    if (!agent.shared) agent.holds.add(permit);
    return permit;
  }

  protected override giveBack(permit: Permit): void {
    this.#out.delete(permit);
    permit.agent.holds.delete(permit);
    super.release(1);
  }

  // release() names no permit: the caller's own is meant, else the oldest.
  #forget(agent: Agent): void {
    const out = [...this.#out];
    const permit = out.find((one) => one.agent === agent) ?? out[0];
    if (permit === undefined) return;
    permit.spend();
    this.#out.delete(permit);
    permit.agent.holds.delete(permit);
  }
}

/** One permit of a semaphore. */
class Permit implements Guard, Held {
  readonly agent: Agent;
  readonly abandoned = false;
  #giveBack: ((permit: Permit) => void) | undefined;

  constructor(agent: Agent, giveBack: (permit: Permit) => void) {
    this.agent = agent;
    this.#giveBack = giveBack;
  }

  release(): void {
    const giveBack = this.#giveBack;
    this.spend();
    giveBack?.(this);
  }

  abandon(): void {
    this.release();
  }

  /** It was given back by other means: releasing it does nothing any more. */
  spend(): void {
    this.#giveBack = undefined;
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
