// How much a fleet does at once, over all its shards. It does not know what is done.
import { setTimeout as delay } from 'node:timers/promises';
import { BoundedSemaphore } from '../runtime/local/semaphore.ts';
import { RateLimit } from './transfer/rate-limit.ts';

/** Numbers that a fleet is told; each has a default. */
export interface LimitNumbers {
  /** Hosts that are worked on at once. */
  readonly forks: number;
  /** Hosts that are being connected at once. */
  readonly connects: number;
  /** New connections in a second; Infinity for no such limit. */
  readonly connectsPerSecond: number;
  /** Hosts that files are moved to or from at once. */
  readonly transfers: number;
  /** What all transfers together move in a second. Default: no such limit. */
  readonly bytesPerSecond?: number | undefined;
}

/** What holds where nobody says. */
export const DEFAULT_LIMITS: LimitNumbers = { forks: 50, connects: 128, connectsPerSecond: Number.POSITIVE_INFINITY, transfers: 32 };

/** A number of permits; whoever disposes of one gives it back. */
export interface Permits {
  /** @throws `signal.reason` on abort. */
  acquire(options: { readonly signal?: AbortSignal | undefined }): Promise<Disposable>;
}

export interface Limits {
  readonly fanOut: Permits;
  readonly connects: Permits;
  readonly transfers: Permits;
  /** Undefined for no such limit. */
  readonly rate: RateLimit | undefined;
  readonly pace: Pace;
}

/** Spaces out what happens, so that no more than so many begin in a second. */
export interface Pace {
  /** Resolves when it is the caller's turn. @throws `signal.reason` on abort. */
  turn(signal: AbortSignal): Promise<void>;
}

/** Limits of one thread. */
export function localLimits(numbers: LimitNumbers): Limits {
  const { forks, connects, transfers, connectsPerSecond, bytesPerSecond } = numbers;
  return {
    fanOut: new BoundedSemaphore(forks),
    connects: new BoundedSemaphore(connects),
    transfers: new BoundedSemaphore(transfers),
    pace: paceOf(1_000 / connectsPerSecond, new LocalClock()),
    rate: bytesPerSecond === undefined ? undefined : new RateLimit(bytesPerSecond),
  };
}

/** Where the time of the next turn is kept. */
export interface Clock {
  /** Changes the time of the next turn, while nobody else does. @returns The new one. */
  reserve(change: (nextMs: number) => number): Promise<number>;
}

class LocalClock implements Clock {
  #nextMs = 0;

  async reserve(change: (nextMs: number) => number): Promise<number> {
    this.#nextMs = change(this.#nextMs);
    return await Promise.resolve(this.#nextMs);
  }
}

/** @param everyMs - The time between two turns; 0 for no limit. */
export function paceOf(everyMs: number, clock: Clock): Pace {
  if (everyMs === 0) return { turn: async () => await Promise.resolve() };
  return {
    turn: async (signal) => {
      const nextMs = await clock.reserve((before) => Math.max(before, Date.now()) + everyMs);
      const waitMs = nextMs - everyMs - Date.now();
      if (waitMs > 0) await delay(waitMs, undefined, { signal });
    },
  };
}
