// Mutual exclusion within one isolate, first come, first served. It does not know what it protects.
import { type Agent, currentAgent, type Edge, type Held } from '../agent.ts';
import { type Detect, waitFor } from '../detect/wait-graph.ts';
import { StateError } from '../errors.ts';
import type { Guard, LockLike, Wait } from '../seam.ts';
import { TIMED_OUT, Waiters } from '../waiters.ts';

export interface LockOptions {
  /** How errors and reports call it. Default `Lock-1`, counted up. */
  readonly name?: string | undefined;
  /** What happens to a wait that could never end: `throw` a DeadlockError (default), or `false` to wait as CPython does. */
  readonly detect?: Detect | undefined;
}

let made = 0;

/**
 * As CPython's `threading.Lock`: not reentrant, and anyone may release it. Beyond CPython: waiters are served in order of arrival, a
 * thread that ends while holding it leaves it to the next one (`guard.abandoned`), and a wait that could never end is a DeadlockError.
 *
 * Threads have an identity; the flows of the main program share one (MainThread), so among those no deadlock is seen.
 *
 * @example
 * ```ts
 * using guard = await lock.acquire({ signal });
 * await lock.withLock(async () => await save());
 * ```
 */
export class Lock implements LockLike {
  readonly name: string;
  readonly #detect: Detect;
  readonly #waiters = new Waiters<LockGuard, Agent>();
  #guard: LockGuard | undefined;
  #abandoned = false;

  constructor(options: LockOptions = {}) {
    made += 1;
    this.name = options.name ?? `Lock-${made}`;
    this.#detect = options.detect ?? 'throw';
  }

  /** Who holds it. */
  get owner(): Agent | undefined {
    return this.#guard?.agent;
  }

  locked(): boolean {
    return this.#guard !== undefined;
  }

  acquire(options?: Wait & { readonly timeoutMs?: undefined }): Promise<Guard>;
  acquire(options?: Wait): Promise<Guard | null>;
  async acquire(options: Wait = {}): Promise<Guard | null> {
    options.signal?.throwIfAborted();
    const free = this.tryAcquire();
    if (free !== null) return free;
    const got = await waitFor(this.#edge(), options, this.#detect, async () => await this.#waiters.wait(options, currentAgent()));
    return got === TIMED_OUT ? null : got;
  }

  tryAcquire(): Guard | null {
    return this.#guard === undefined ? this.#take(currentAgent()) : null;
  }

  release(): void {
    if (this.#guard === undefined) {
      throw new StateError('release unlocked lock', {
        where: this.name,
        fix: 'Release once for each acquire: `using guard = await lock.acquire()`',
      });
    }
    this.#guard.release();
  }

  withLock<T>(work: () => T | Promise<T>, options?: Wait & { readonly timeoutMs?: undefined }): Promise<T>;
  async withLock<T>(work: () => T | Promise<T>, options: Wait = {}): Promise<T> {
    using _guard = held(await this.acquire(options), this.name);
    return await work();
  }

  #take(agent: Agent): LockGuard {
    const guard = new LockGuard(agent, this.#abandoned, (abandoned) => this.#pass(abandoned));
    this.#guard = guard;
    this.#abandoned = false;
    return guard;
  }

  // Handed over, never put down in between: nobody can slip in before who waits.
  #pass(abandoned: boolean): void {
    this.#guard = undefined;
    this.#abandoned = abandoned;
    this.#waiters.wakeOne((agent) => {
      // It has what it waited for, before it knows: nobody must take it for waiting any more.
      agent.waiting = undefined;
      return this.#take(agent);
    });
  }

  #edge(): Edge {
    return { waits: `lock ${this.name}`, owners: () => (this.#guard === undefined ? [] : [this.#guard.agent]) };
  }
}

/** One holding of a lock, by one thread. */
export class LockGuard implements Guard, Held {
  readonly agent: Agent;
  readonly abandoned: boolean;
  #free: ((abandoned: boolean) => void) | undefined;

  constructor(agent: Agent, abandoned: boolean, free: (abandoned: boolean) => void) {
    this.agent = agent;
    this.abandoned = abandoned;
    this.#free = free;
    if (!agent.shared) agent.holds.add(this);
  }

  release(): void {
    this.#end(false);
  }

  abandon(): void {
    this.#end(true);
  }

  [Symbol.dispose](): void {
    this.#end(false);
  }

  #end(abandoned: boolean): void {
    const free = this.#free;
    if (free === undefined) return;
    this.#free = undefined;
    this.agent.holds.delete(this);
    free(abandoned);
  }
}

/** A guard that must be there. @throws StateError where the time was over first. */
export function held(guard: Guard | null, name: string): Guard {
  if (guard !== null) return guard;
  throw new StateError(`${name} was not free within the time`, { where: name, fix: 'Wait longer, or use acquire(), which tells by null' });
}
