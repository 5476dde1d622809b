// The limits of a fleet as they hold over several threads. It does not know what is done.
import { BoundedSemaphore } from '../../runtime/local/semaphore.ts';
import { BoundedSemaphore as SharedSemaphore } from '../../runtime/shared/semaphore.ts';
import { Value as SharedValue } from '../../runtime/shared/value.ts';
import { type LimitNumbers, type Limits, type Permits, paceOf } from '../limits.ts';
import { RateLimit } from '../transfer/rate-limit.ts';

/** The limits as they cross to a shard's thread. */
export interface SharedLimits {
  readonly fanOut: SharedSemaphore;
  readonly connects: SharedSemaphore;
  readonly transfers: SharedSemaphore;
  /** When the next connection may begin, in ms of the wall clock; and the time between two. */
  readonly nextConnectMs: SharedValue;
  readonly everyMs: number;
  /** When all bytes that have passed are paid for, in ms of the wall clock; and the rate. */
  readonly paidAtMs: SharedValue;
  readonly bytesPerSecond: number | undefined;
}

/** Limits that hold over several threads: made by the first, given to each. */
export function makeSharedLimits({ forks, connects, transfers, connectsPerSecond, bytesPerSecond }: LimitNumbers): SharedLimits {
  return {
    fanOut: new SharedSemaphore(forks),
    connects: new SharedSemaphore(connects),
    transfers: new SharedSemaphore(transfers),
    nextConnectMs: new SharedValue('f64', 0),
    everyMs: 1_000 / connectsPerSecond,
    paidAtMs: new SharedValue('f64', 0),
    bytesPerSecond,
  };
}

/** The same limits, as one thread uses them. */
export function useSharedLimits(shared: SharedLimits): Limits {
  const { fanOut, connects, transfers, nextConnectMs, everyMs, paidAtMs, bytesPerSecond } = shared;
  const ledger = { update: async (change: (value: number) => number) => await paidAtMs.update(change) };
  return {
    fanOut: new SharedPermits(fanOut),
    connects: new SharedPermits(connects),
    transfers: new SharedPermits(transfers),
    pace: paceOf(everyMs, { reserve: async (change) => await nextConnectMs.update(change) }),
    rate: bytesPerSecond === undefined ? undefined : new RateLimit(bytesPerSecond, ledger),
  };
}

/** One flow of each thread at a time stands in the line between threads, where standing is dear; the others wait behind it. */
class SharedPermits implements Permits {
  readonly #shared: SharedSemaphore;
  readonly #inLine = new BoundedSemaphore(1);

  constructor(shared: SharedSemaphore) {
    this.#shared = shared;
  }

  async acquire({ signal }: { readonly signal?: AbortSignal | undefined }): Promise<Disposable> {
    using _place = await this.#inLine.acquire({ signal });
    return await this.#shared.acquire({ signal });
  }
}
