// A rate that many share: first come, first served. It does not know whose bytes they are.
import { setTimeout as delay } from 'node:timers/promises';
import { Semaphore } from '../../runtime/local/semaphore.ts';
import { TokenBucket } from './token-bucket.ts';

/** A number that only one changes at a time: of this thread, or of several. */
export interface Ledger {
  /** @returns The new one. */
  readonly update: (change: (value: number) => number) => Promise<number>;
}

/** The time, and how to let it pass; tests have their own. */
export interface Clock {
  /** Of the wall, which is the same in all threads. */
  readonly nowMs: () => number;
  readonly sleep: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
}

const CLOCK: Clock = {
  nowMs: () => Date.now(),
  sleep: async (ms, signal) => await delay(ms, undefined, { signal }),
};

export class RateLimit {
  readonly #bucket: TokenBucket;
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  // One waits for time to pass, the others for their turn: who gives up leaves no debt behind but that of one piece.
  readonly #turn = new Semaphore(1);

  constructor(bytesPerSecond: number, ledger: Ledger = localLedger(), clock: Clock = CLOCK) {
    this.#bucket = new TokenBucket(bytesPerSecond);
    this.#ledger = ledger;
    this.#clock = clock;
  }

  /** Waits until so many bytes may pass. @throws `signal.reason` on abort. */
  async pass(bytes: number, signal: AbortSignal | undefined): Promise<void> {
    using _turn = await this.#turn.acquire({ signal });
    const paidAtMs = await this.#ledger.update((before) => this.#bucket.take(before, bytes, this.#clock.nowMs()));
    const waitMs = this.#bucket.waitMs(paidAtMs, bytes, this.#clock.nowMs());
    if (waitMs === 0) return;
    try {
      await this.#clock.sleep(waitMs, signal);
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  }
}

function localLedger(): Ledger {
  let value = 0;
  return {
    update: async (change) => {
      value = change(value);
      return await Promise.resolve(value);
    },
  };
}
