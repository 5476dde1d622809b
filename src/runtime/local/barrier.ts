// A place where so many meet before any goes on. It does not know what they do next.
import { type Agent, currentAgent, type Held } from '../agent.ts';
import { BrokenBarrierError, ValueError } from '../errors.ts';
import type { Awaitable, BarrierLike, Wait } from '../seam.ts';
import { TIMED_OUT, Waiters } from '../waiters.ts';

export interface BarrierOptions {
  /** Run by the last to arrive, before anyone goes on; when it throws, the barrier is broken. */
  readonly action?: (() => unknown) | undefined;
  /** For every wait that gives none. Default: for ever. */
  readonly timeoutMs?: number | undefined;
}

interface Leader extends Held {
  readonly agent: Agent;
}

const BROKEN: unique symbol = Symbol('broken');

/** As CPython's `threading.Barrier`: cyclic; one who times out or is aborted breaks it for all, until `reset()`. */
export class Barrier implements BarrierLike {
  readonly parties: number;
  readonly #options: BarrierOptions;
  #line = new Waiters<number | typeof BROKEN>();
  #arrived = 0;
  #broken = false;
  #leader: Leader | undefined;

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
    return await meet(this, this.#options.action, options);
  }

  /**
   * Joins the round. The last to arrive gets 0 at once, and must {@link open} it, or {@link abort}; if it dies instead, the barrier breaks.
   *
   * @returns The index; for all but the last when the barrier is opened.
   */
  async enter(options: Wait = {}): Promise<number> {
    if (this.#broken) throw new BrokenBarrierError();
    this.#arrived += 1;
    const index = this.parties - this.#arrived;
    if (index === 0) return this.#lead();
    const line = this.#line;
    let outcome: number | typeof BROKEN | typeof TIMED_OUT;
    try {
      outcome = await line.wait({ timeoutMs: options.timeoutMs ?? this.#options.timeoutMs, signal: options.signal }, undefined);
    } catch (error) {
      if (this.#line === line) this.abort();
      throw error;
    }
    if (outcome === TIMED_OUT && this.#line === line) this.abort();
    if (typeof outcome === 'symbol') throw new BrokenBarrierError();
    return index;
  }

  /** Lets everyone of the round go on. @throws BrokenBarrierError when it broke meanwhile. */
  open(): void {
    if (this.#leader === undefined) throw new BrokenBarrierError();
    this.#newRound(0);
  }

  reset(): void {
    this.#newRound(BROKEN);
    this.#broken = false;
  }

  abort(): void {
    this.#broken = true;
    this.#newRound(BROKEN);
  }

  #lead(): number {
    const agent = currentAgent();
    const leader: Leader = { agent, abandon: () => this.abort() };
    this.#leader = leader;
    if (!agent.shared) agent.holds.add(leader);
    return 0;
  }

  // Those of the round before may not have run yet when the next one begins: each round has a line of its own.
  #newRound(outcome: number | typeof BROKEN): void {
    const line = this.#line;
    this.#line = new Waiters();
    this.#arrived = 0;
    if (this.#leader !== undefined) this.#leader.agent.holds.delete(this.#leader);
    this.#leader = undefined;
    line.wakeAll(outcome);
  }
}

/** Meets at a barrier of whatever backend: the last to arrive runs the action, then lets everyone go on. */
export async function meet(
  barrier: { enter(options: Wait): Promise<number>; open(): Awaitable<void>; abort(): Awaitable<void> },
  action: (() => unknown) | undefined,
  options: Wait,
): Promise<number> {
  const index = await barrier.enter(options);
  if (index !== 0) return index;
  try {
    if (action !== undefined) await action();
  } catch (error) {
    await barrier.abort();
    throw error;
  }
  await barrier.open();
  return index;
}
