// A place where so many meet before any goes on. It does not know what they do next.
import { BrokenBarrierError, ValueError } from '../errors.ts';
import type { BarrierLike, Wait } from '../seam.ts';
import { TIMED_OUT, Waiters } from '../waiters.ts';

export interface BarrierOptions {
  /** Run by the last to arrive, before anyone goes on; when it throws, the barrier is broken. */
  readonly action?: (() => unknown) | undefined;
  /** For every wait that gives none. Default: for ever. */
  readonly timeoutMs?: number | undefined;
}

const BROKEN: unique symbol = Symbol('broken');

/** As CPython's `threading.Barrier`: cyclic; one who times out or is aborted breaks it for all, until `reset()`. */
export class Barrier implements BarrierLike {
  readonly parties: number;
  readonly #options: BarrierOptions;
  #line = new Waiters<number | typeof BROKEN>();
  #arrived = 0;
  #broken = false;

  /** @throws ValueError when `parties` is no whole number from 1 up. */
  constructor(parties: number, options: BarrierOptions = {}) {
    if (!Number.isInteger(parties) || parties < 1) throw new ValueError('parties must be >= 1', { fix: `${parties} is not` });
    this.parties = parties;
    this.#options = options;
  }

  nWaiting(): number {
    return this.#line.count;
  }

  broken(): boolean {
    return this.#broken;
  }

  async wait(options: Wait = {}): Promise<number> {
    return await this.arrive(options, this.#options.action);
  }

  /** As wait, with the action of the one who calls: what only a caller far away can run. */
  async arrive(options: Wait, action: (() => unknown) | undefined): Promise<number> {
    if (this.#broken) throw new BrokenBarrierError();
    this.#arrived += 1;
    const index = this.parties - this.#arrived;
    if (index === 0) return await this.#open(action);
    const line = this.#line;
    let outcome: number | typeof BROKEN | typeof TIMED_OUT;
    try {
      outcome = await line.wait({ timeoutMs: options.timeoutMs ?? this.#options.timeoutMs, signal: options.signal }, undefined);
    } catch (error) {
      if (this.#line === line) this.abort();
      throw error;
    }
    if (outcome === TIMED_OUT) this.abort();
    if (typeof outcome === 'symbol') throw new BrokenBarrierError();
    return index;
  }

  reset(): void {
    this.#newRound(BROKEN);
    this.#broken = false;
  }

  abort(): void {
    this.#broken = true;
    this.#newRound(BROKEN);
  }

  async #open(action: (() => unknown) | undefined): Promise<number> {
    const line = this.#line;
    try {
      if (action !== undefined) await action();
    } catch (error) {
      if (this.#line === line) this.abort();
      throw error;
    }
    if (this.#line !== line) throw new BrokenBarrierError();
    this.#newRound(0);
    return 0;
  }

  // Those of the round before may not have run yet when the next one begins: each round has a line of its own.
  #newRound(outcome: number | typeof BROKEN): void {
    const line = this.#line;
    this.#line = new Waiters();
    this.#arrived = 0;
    line.wakeAll(outcome);
  }
}
