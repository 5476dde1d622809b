// Who waits, in order of arrival, and until when: the one place where anything of this floor waits. It knows no lock or queue.
import { ValueError } from './errors.ts';

/** How long to wait, and what ends the waiting early. */
export interface Wait {
  /** Milliseconds; 0 looks once. Default: for ever. Any length works, beyond the 24 days of one JavaScript timer too. */
  readonly timeoutMs?: number | undefined;
  /** Rejects the wait with `signal.reason`, and gives up the place in the line. */
  readonly signal?: AbortSignal | undefined;
}

/** What a wait comes to when its time is over. */
export const TIMED_OUT: unique symbol = Symbol('timed out');

// setTimeout fires at once beyond this.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

interface Waiter<T> {
  readonly wake: (value: T) => void;
}

/** A line of waiters, first come, first served. */
export class Waiters<T> {
  readonly #line = new Set<Waiter<T>>();

  get count(): number {
    return this.#line.size;
  }

  /**
   * Waits for a wake-up.
   *
   * @returns The value of the wake-up, or {@link TIMED_OUT}.
   * @throws `signal.reason` on abort, at once when it was aborted before; {@link ValueError} on a negative timeout.
   */
  async wait(options: Wait = {}): Promise<T | typeof TIMED_OUT> {
    const { timeoutMs, signal } = options;
    checkTimeout(timeoutMs);
    signal?.throwIfAborted();
    if (timeoutMs === 0) return TIMED_OUT;
    return await new Promise<T | typeof TIMED_OUT>((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      const leave = (): void => {
        this.#line.delete(waiter);
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      };
      const waiter: Waiter<T> = {
        wake: (value) => {
          leave();
          resolve(value);
        },
      };
      const onAbort = (): void => {
        leave();
        reject(signal?.reason as Error);
      };
      const arm = (leftMs: number): void => {
        timer = setTimeout(
          () => {
            if (leftMs > LONGEST_TIMER_MS) return arm(leftMs - LONGEST_TIMER_MS);
            leave();
            resolve(TIMED_OUT);
          },
          Math.min(leftMs, LONGEST_TIMER_MS),
        );
      };
      this.#line.add(waiter);
      signal?.addEventListener('abort', onAbort, { once: true });
      if (timeoutMs !== undefined) arm(timeoutMs);
    });
  }

  /** Wakes the first in the line. @returns False when nobody waits. */
  wakeOne(value: T): boolean {
    for (const waiter of this.#line) {
      waiter.wake(value);
      return true;
    }
    return false;
  }

  /** Wakes everyone who waits now. */
  wakeAll(value: T): void {
    for (const waiter of [...this.#line]) waiter.wake(value);
  }
}

/** @throws {@link ValueError} on a timeout that is negative or no number. */
export function checkTimeout(timeoutMs: number | undefined): void {
  if (timeoutMs === undefined || timeoutMs >= 0) return;
  throw new ValueError(`A timeout of ${timeoutMs} ms cannot be waited for`, {
    fix: 'Give milliseconds from 0 up, or leave it out to wait for ever',
  });
}
