// A place where so many threads meet before any goes on. It does not know what they do next.
import { BrokenBarrierError, ValueError } from '../errors.ts';
import { type BarrierOptions, meet } from '../local/barrier.ts';
import type { BarrierLike, Wait } from '../seam.ts';
import { TIMED_OUT } from '../waiters.ts';
import type { Handle } from '../wire/handle.ts';
import { type Arena, kindOf, type Place } from './arena.ts';
import { type Goal, pursue, pursueSync } from './line.ts';
import { onSharedHandle, Shared } from './shared.ts';

const ARRIVED = 2;
const BROKEN = 3;
const LEADER = 4;
const OPENED = 1;
const BROKEN_UP = 2;

const BARRIER = kindOf('barrier', (arena, object, tid) => {
  const waited = arena.rank(object, 0);
  // One of the round is dead: whether it waited or led, the others would wait for ever.
  if (arena.read(object, LEADER) === tid || arena.read(object, ARRIVED) > waited + (arena.read(object, LEADER) === 0 ? 0 : 1)) {
    arena.write(object, BROKEN, 1);
    newRound(arena, object, BROKEN_UP);
  }
});

/** As the Barrier of one isolate, between worker threads; when a worker of the round dies, it breaks. */
export class Barrier extends Shared implements BarrierLike {
  readonly parties: number;
  readonly #options: BarrierOptions;

  constructor(parties: number, options: BarrierOptions = {}, handle?: Handle) {
    if (!Number.isInteger(parties) || parties < 1) throw new ValueError('parties must be >= 1', { fix: `${parties} is not` });
    super(BARRIER, handle);
    this.parties = parties;
    this.#options = options;
  }

  nWaiting(): number {
    return this.arena.section(() => this.arena.rank(this.place, 0));
  }

  broken(): boolean {
    return Atomics.load(this.arena.words, this.place + BROKEN) === 1;
  }

  async wait(options: Wait = {}): Promise<number> {
    return await meet(this, this.#options.action, options);
  }

  /** As wait, blocking the thread; the action must not be asynchronous. */
  waitSync(timeoutMs: number | undefined = this.#options.timeoutMs): number {
    let index = -1;
    const keep = (arrived: number): void => {
      index = arrived;
    };
    const outcome = pursueSync(this.arena, this.#goal(keep), timeoutMs);
    return this.#after(outcome, index, () => {
      try {
        this.#options.action?.();
      } catch (error) {
        this.abort();
        throw error;
      }
      this.open();
    });
  }

  /** Joins the round; see the Barrier of one isolate. */
  async enter(options: Wait): Promise<number> {
    let index = -1;
    const keep = (arrived: number): void => {
      index = arrived;
    };
    const wait = { timeoutMs: options.timeoutMs ?? this.#options.timeoutMs, signal: options.signal };
    try {
      const outcome = await pursue(this.arena, this.#goal(keep), wait);
      return this.#after(outcome, index, () => undefined);
    } catch (error) {
      if (options.signal?.aborted === true) this.abort();
      throw error;
    }
  }

  open(): void {
    this.arena.section(() => {
      if (this.arena.read(this.place, LEADER) === 0) throw new BrokenBarrierError();
      newRound(this.arena, this.place, OPENED);
    });
  }

  reset(): void {
    this.arena.section(() => {
      this.arena.write(this.place, BROKEN, 0);
      newRound(this.arena, this.place, BROKEN_UP);
    });
  }

  abort(): void {
    this.arena.section(() => {
      this.arena.write(this.place, BROKEN, 1);
      newRound(this.arena, this.place, BROKEN_UP);
    });
  }

  override describe(): Readonly<Record<string, unknown>> {
    return { parties: this.parties, timeoutMs: this.#options.timeoutMs };
  }

  /** 0: leads; OPENED or BROKEN_UP: what became of the round. */
  #goal(onArrive: (index: number) => void): Goal<number> {
    return { object: this.place, line: 0, attempt: (_, waiter) => this.#attempt(waiter, onArrive) };
  }

  #attempt(waiter: Place | undefined, onArrive: (index: number) => void): number | undefined {
    const { arena, place } = this;
    if (waiter !== undefined) return arena.outcome(waiter) || undefined;
    if (arena.read(place, BROKEN) === 1) throw new BrokenBarrierError();
    const arrived = arena.read(place, ARRIVED) + 1;
    arena.write(place, ARRIVED, arrived);
    onArrive(this.parties - arrived);
    if (arrived < this.parties) return undefined;
    arena.write(place, LEADER, arena.tid);
    return 0;
  }

  #after(outcome: number | typeof TIMED_OUT, index: number, lead: () => void): number {
    if (outcome === 0) {
      lead();
      return 0;
    }
    if (outcome === TIMED_OUT) this.abort();
    if (outcome !== OPENED) throw new BrokenBarrierError();
    return index;
  }
}

function newRound(arena: Arena, object: Place, outcome: number): void {
  arena.write(object, ARRIVED, 0);
  arena.write(object, LEADER, 0);
  arena.tell(object, 0, Number.MAX_SAFE_INTEGER, outcome);
}

onSharedHandle(
  'shared.Barrier',
  (handle) => {
    const { parties, timeoutMs } = handle.about as { parties: number; timeoutMs: number | undefined };
    return new Barrier(parties, { timeoutMs }, handle);
  },
  Barrier,
);
