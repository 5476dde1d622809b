// Who waits, in order of arrival, and until when: the one place where anything of this isolate waits. It knows no lock or queue.
import { ValueError } from './errors.ts';

/** How long to wait, and what ends the waiting early. */
export interface Wait {
  /** Milliseconds; 0 looks once. Default: for ever. Any length works, beyond the 24 days of one JavaScript timer too. */
  readonly timeoutMs?: number | undefined;
  /** Rejects the wait with `signal.reason`, and gives up the place in the line. */
  readonly signal?: AbortSignal | undefined;
}

/** A wait on behalf of someone far away. */
export interface RemoteWait extends Wait {
  /** Whether only a death ends it early, so that it counts as a wait for ever. */
  readonly forEver?: boolean | undefined;
}

/** What a wait comes to when its time is over. */
export const TIMED_OUT: unique symbol = Symbol('timed out');

// setTimeout fires at once beyond this.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

interface Waiter<T, Who> {
  readonly who: Who;
  readonly wake: (value: T) => void;
}

/** A line of waiters, first come, first served. `Who` is what each says of itself when it joins the line. */
export class Waiters<T, Who = undefined> {
  readonly #line = new Set<Waiter<T, Who>>();

  get count(): number {
    return this.#line.size;
  }

  /**
   * Waits for a wake-up. It stands in the line when this returns, before anything is awaited.
   *
   * @returns The value of the wake-up, or {@link TIMED_OUT}.
   * @throws `signal.reason` on abort, at once when it was aborted before; {@link ValueError} on a negative timeout.
   */
  async wait(options: Wait, who: Who): Promise<T | typeof TIMED_OUT> {
    const { timeoutMs, signal } = options;
    checkTimeout(timeoutMs);
    signal?.throwIfAborted();
    if (timeoutMs === 0) return TIMED_OUT;
    return await new Promise<T | typeof TIMED_OUT>((resolve, reject) => {
      const leave = (): void => {
        this.#line.delete(waiter);
        disarm?.();
        signal?.removeEventListener('abort', onAbort);
      };
      const waiter: Waiter<T, Who> = {
        who,
        wake: (value) => {
          leave();
          resolve(value);
        },
      };
      const onAbort = (): void => {
        leave();
        reject(signal?.reason as Error);
      };
      this.#line.add(waiter);
      signal?.addEventListener('abort', onAbort, { once: true });
      const disarm =
        timeoutMs === undefined
          ? undefined
          : after(timeoutMs, () => {
              leave();
              resolve(TIMED_OUT);
            });
    });
  }

  /** Wakes the first in the line with what `give` makes for it. @returns False when nobody waits. */
  wakeOne(give: (who: Who) => T): boolean {
    for (const waiter of this.#line) {
      waiter.wake(give(waiter.who));
      return true;
    }
    return false;
  }

  /** Wakes everyone who waits now. */
  wakeAll(value: T): void {
    for (const waiter of [...this.#line]) waiter.wake(value);
  }

  /** What those in the line said of themselves, first in line first. */
  *whoWait(): IterableIterator<Who> {
    for (const waiter of this.#line) yield waiter.who;
  }
}

/** Calls back once after `ms`, however far that is. @returns What stops it. */
export function after(ms: number, callback: () => void, options: { readonly keepsAlive?: boolean } = {}): () => void {
  let timer: NodeJS.Timeout;
  const arm = (leftMs: number): void => {
    timer = setTimeout(() => (leftMs > LONGEST_TIMER_MS ? arm(leftMs - LONGEST_TIMER_MS) : callback()), Math.min(leftMs, LONGEST_TIMER_MS));
    if (options.keepsAlive === false) timer.unref();
  };
  arm(ms);
  return () => clearTimeout(timer);
}

/** @throws {@link ValueError} on a timeout that is negative or no number. */
export function checkTimeout(timeoutMs: number | undefined): void {
  if (timeoutMs === undefined || timeoutMs >= 0) return;
  throw new ValueError(`A timeout of ${timeoutMs} ms cannot be waited for`, {
    fix: 'Give milliseconds from 0 up, or leave it out to wait for ever',
  });
}
