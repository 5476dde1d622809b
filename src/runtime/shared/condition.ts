// A place, between threads, to wait for a change of what a lock protects. It does not know what changes.
import { StateError, ValueError } from '../errors.ts';
import { waitUntil } from '../local/condition.ts';
import type { ConditionLike, Guard, Wait } from '../seam.ts';
import { TIMED_OUT } from '../waiters.ts';
import { HANDLE, type Handle, revive } from '../wire/handle.ts';
import { kindOf } from './arena.ts';
import { type Goal, pursue, pursueSync } from './line.ts';
import type { Lock } from './lock.ts';
import { RLock } from './rlock.ts';
import { onSharedHandle, Shared } from './shared.ts';

const NOTIFIED = 1;
const CONDITION = kindOf('condition', () => undefined, true);

/** As the Condition of one isolate, between worker threads. A notify to a thread that dies before it hears goes to the next. */
export class Condition extends Shared implements ConditionLike {
  readonly #lock: Lock | RLock;
  readonly #goal: Goal<true>;

  constructor(lock: Lock | RLock = new RLock(), handle?: Handle) {
    super(CONDITION, handle);
    this.#lock = lock;
    this.#goal = {
      object: this.place,
      line: 0,
      attempt: (_, waiter) => (waiter !== undefined && this.arena.outcome(waiter) === NOTIFIED ? true : undefined),
    };
  }

  override [HANDLE](): Handle {
    return { ...super[HANDLE](), lock: this.#lock[HANDLE]() };
  }

  async acquire(options: Wait = {}): Promise<Guard | null> {
    return await this.#lock.acquire(options);
  }

  tryAcquire(): Guard | null {
    return this.#lock.tryAcquire();
  }

  acquireSync(timeoutMs?: number): boolean {
    return this.#lock.acquireSync(timeoutMs);
  }

  release(): void {
    this.#lock.release();
  }

  async withLock<T>(work: () => T | Promise<T>, options: Wait = {}): Promise<T> {
    return await this.#lock.withLock(work, options);
  }

  async wait(options: Wait = {}): Promise<boolean> {
    this.#check('cannot wait on un-acquired lock');
    // In the line before the lock is free, so that no notify can fall in between.
    const woken = pursue(this.arena, this.#goal, options);
    const depth = this.#suspend();
    try {
      return (await woken) !== TIMED_OUT;
    } finally {
      if (this.#lock instanceof RLock) await this.#lock.resume(depth);
      else await this.#lock.acquire();
    }
  }

  /** As wait, blocking the thread. */
  waitSync(timeoutMs?: number): boolean {
    this.#check('cannot wait on un-acquired lock');
    let takeBack: (() => void) | undefined;
    const onEnter = (): void => {
      const depth = this.#suspend();
      takeBack = () => this.#takeBackSync(depth);
    };
    try {
      return pursueSync(this.arena, { ...this.#goal, onEnter }, timeoutMs) !== TIMED_OUT;
    } finally {
      takeBack?.();
    }
  }

  async waitFor<T>(predicate: () => T | Promise<T>, options: Wait = {}): Promise<T> {
    return await waitUntil(this, predicate, options);
  }

  notify(n = 1): void {
    if (!Number.isInteger(n) || n < 0) throw new ValueError(`notify() wakes a whole number of waiters, not ${n}`);
    this.#check('cannot notify on un-acquired lock');
    this.arena.section(() => void this.arena.tell(this.place, 0, n, NOTIFIED));
  }

  notifyAll(): void {
    this.notify(Number.MAX_SAFE_INTEGER);
  }

  #suspend(): number {
    if (this.#lock instanceof RLock) return this.#lock.suspend();
    this.#lock.release();
    return 0;
  }

  #takeBackSync(depth: number): void {
    if (this.#lock instanceof RLock) this.#lock.resumeSync(depth);
    else this.#lock.acquireSync();
  }

  #check(message: string): void {
    if (!this.#lock.owned()) throw new StateError(message, { fix: 'Acquire the condition first' });
  }
}

onSharedHandle('shared.Condition', (handle) => new Condition(revive(handle.lock as Handle) as Lock | RLock, handle), Condition);
