// A result that is not there yet. It does not know who works on it.
import type { Agent } from '../agent.ts';
import { reportUncaught } from '../bootstrap/report-uncaught.ts';
import { waitFor } from '../detect/wait-graph.ts';
import { CancelledError, InvalidStateError, TimeoutError } from '../errors.ts';
import type { Wait } from '../seam.ts';
import { TIMED_OUT, Waiters } from '../waiters.ts';

export type FutureState = 'pending' | 'running' | 'cancelled' | 'finished';

/** Where a future stands, for who made it: who could end the wait for it. */
export type Workers = () => readonly Agent[];

/**
 * As CPython's `concurrent.futures.Future`: `await future.result({ timeoutMs })`. It is no promise itself, or `for await (const future of
 * asCompleted(futures))` would be given the results in its place.
 *
 * A failure that nobody asks for is no unhandled rejection, as in CPython.
 */
export class Future<T> {
  #state: FutureState = 'pending';
  #value: T | undefined;
  #error: unknown;
  #failed = false;
  // Made when somebody waits: most futures are never waited for.
  #waiters: Waiters<true> | undefined;
  #callbacks: ((future: Future<T>) => unknown)[] = [];
  readonly #workers: Workers;

  /** @param workers - Who could end a wait for it; for the search for deadlocks. */
  constructor(workers: Workers = () => []) {
    this.#workers = workers;
  }

  get state(): FutureState {
    return this.#state;
  }

  cancelled(): boolean {
    return this.#state === 'cancelled';
  }

  running(): boolean {
    return this.#state === 'running';
  }

  done(): boolean {
    return this.#state === 'cancelled' || this.#state === 'finished';
  }

  /** Cancels what has not begun. @returns False when it runs or has ended; true again and again once cancelled. */
  cancel(): boolean {
    if (this.#state === 'cancelled') return true;
    if (this.#state !== 'pending') return false;
    this.#end('cancelled');
    return true;
  }

  /**
   * Waits for the result.
   *
   * @throws What the work threw; TimeoutError when the time is over; CancelledError; DeadlockError where the caller's own pool would have
   * to do it and has nobody left; `signal.reason` on abort.
   */
  result(options: Wait = {}): Promise<T> {
    // Most are asked when they have ended.
    if (this.#state === 'finished' && !this.#failed && options.signal === undefined) return Promise.resolve(this.#value as T);
    return this.#outcome(options);
  }

  /** Waits for the error the work threw. @returns It; null after a result. @throws As result, but for the work's own error. */
  async exception(options: Wait = {}): Promise<unknown> {
    await this.#finish(options);
    return this.#failed ? this.#error : null;
  }

  /** Calls back with the future when it has ended, at once if it has. Callbacks run in order; one that throws is reported, and no more. */
  addDoneCallback(callback: (future: this) => unknown): void {
    if (this.done()) this.#callBack(callback as (future: Future<T>) => unknown);
    else this.#callbacks.push(callback as (future: Future<T>) => unknown);
  }

  /** Waits until it has ended in any way. @returns False when the time is over. */
  async ended(options: Wait = {}): Promise<boolean> {
    options.signal?.throwIfAborted();
    if (this.done()) return true;
    const waiters = this.#waiters ?? new Waiters<true>();
    this.#waiters = waiters;
    const edge = { waits: 'future', owners: this.#workers };
    return (await waitFor(edge, options, 'throw', async () => await waiters.wait(options, undefined))) !== TIMED_OUT;
  }

  /** For executors: the work begins. @returns False when it was cancelled. @throws InvalidStateError when it began before. */
  setRunningOrNotifyCancel(): boolean {
    if (this.#state === 'cancelled') return false;
    if (this.#state !== 'pending') throw new InvalidStateError('Future in unexpected state');
    this.#state = 'running';
    return true;
  }

  /** For executors. @throws InvalidStateError when it has ended. */
  setResult(value: T): void {
    this.#check();
    this.#value = value;
    this.#end('finished');
  }

  /** For executors. @throws InvalidStateError when it has ended. */
  setException(error: unknown): void {
    this.#check();
    this.#error = error;
    this.#failed = true;
    this.#end('finished');
  }

  toString(): string {
    const outcome = this.#state !== 'finished' ? '' : this.#failed ? ` raised ${nameOf(this.#error)}` : ` returned ${typeof this.#value}`;
    return `<Future state=${this.#state}${outcome}>`;
  }

  async #outcome(options: Wait): Promise<T> {
    await this.#finish(options);
    if (this.#failed) throw this.#error;
    return this.#value as T;
  }

  async #finish(options: Wait): Promise<void> {
    if (!(await this.ended(options))) throw new TimeoutError('The result did not come within the time');
    if (this.#state === 'cancelled') throw new CancelledError();
  }

  #check(): void {
    if (this.done()) throw new InvalidStateError(`${this.#state.toUpperCase()}: ${this.toString()}`);
  }

  #end(state: FutureState): void {
    this.#state = state;
    this.#waiters?.wakeAll(true);
    for (const callback of this.#callbacks.splice(0)) this.#callBack(callback);
  }

  #callBack(callback: (future: Future<T>) => unknown): void {
    try {
      const going = callback(this);
      if (going instanceof Promise) void going.catch((error: unknown) => this.#report(error));
    } catch (error) {
      this.#report(error);
    }
  }

  #report(error: unknown): void {
    reportUncaught(`exception calling callback for ${this.toString()}`, error);
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
