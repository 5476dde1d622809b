// A function called later, once. It does not know what it does.

import { Event } from '../local/event.ts';
import { checkTimeout } from '../waiters.ts';
import { type Target, Thread, type UnitOptions } from './thread.ts';

/** As CPython's `threading.Timer`: a thread that waits, then calls; `cancel()` before that, and it never does. */
export class Timer extends Thread {
  readonly #intervalMs: number;
  readonly #cancelled = new Event();

  /** @throws ValueError on a negative interval. */
  constructor(intervalMs: number, target: Target, options: Omit<UnitOptions<Target>, 'target'> = {}) {
    checkTimeout(intervalMs);
    super({ ...options, target });
    this.#intervalMs = intervalMs;
  }

  /** Stops it, if it has not called yet. */
  cancel(): void {
    this.#cancelled.set();
  }

  override async run(): Promise<unknown> {
    return (await this.#cancelled.wait({ timeoutMs: this.#intervalMs })) ? undefined : await super.run();
  }
}
