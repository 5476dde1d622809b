// A flag between threads that can be waited for. It does not know what it means.
import type { EventLike, Wait } from '../seam.ts';
import { TIMED_OUT } from '../waiters.ts';
import type { Handle } from '../wire/handle.ts';
import { kindOf } from './arena.ts';
import { type Goal, pursue, pursueSync } from './line.ts';
import { onSharedHandle, Shared } from './shared.ts';

const FLAG = 2;
const TOLD = 1;
const EVENT = kindOf('event', () => undefined);

/** As the Event of one isolate, between worker threads. */
export class Event extends Shared implements EventLike {
  readonly #goal: Goal<true>;

  constructor(handle?: Handle) {
    super(EVENT, handle);
    this.#goal = {
      object: this.place,
      line: 0,
      attempt: (_, waiter) => (this.isSet() || (waiter !== undefined && this.arena.outcome(waiter) === TOLD) ? true : undefined),
    };
  }

  isSet(): boolean {
    return Atomics.load(this.arena.words, this.place + FLAG) === 1;
  }

  set(): void {
    this.arena.section(() => {
      this.arena.write(this.place, FLAG, 1);
      this.arena.tell(this.place, 0, Number.MAX_SAFE_INTEGER, TOLD);
    });
  }

  clear(): void {
    this.arena.section(() => this.arena.write(this.place, FLAG, 0));
  }

  async wait(options: Wait = {}): Promise<boolean> {
    return (await pursue(this.arena, this.#goal, options)) !== TIMED_OUT;
  }

  /** As wait, blocking the thread. */
  waitSync(timeoutMs?: number): boolean {
    return pursueSync(this.arena, this.#goal, timeoutMs) !== TIMED_OUT;
  }
}

onSharedHandle('shared.Event', (handle) => new Event(handle), Event);
