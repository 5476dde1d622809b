// A flag that can be waited for. It does not know what it means.
import type { EventLike, Wait } from '../seam.ts';
import { TIMED_OUT, Waiters } from '../waiters.ts';

/** As CPython's `threading.Event`: `set()` wakes everyone who waits, even if `clear()` follows at once. */
export class Event implements EventLike {
  #set = false;
  readonly #waiters = new Waiters<true>();

  isSet(): boolean {
    return this.#set;
  }

  set(): void {
    this.#set = true;
    this.#waiters.wakeAll(true);
  }

  clear(): void {
    this.#set = false;
  }

  async wait(options: Wait = {}): Promise<boolean> {
    options.signal?.throwIfAborted();
    return this.#set || (await this.#waiters.wait(options, undefined)) !== TIMED_OUT;
  }
}
