// Something changed: who waits for that tries again, who watches is called. It does not know what it is.
import type { Wait } from '../seam.ts';
import { checkTimeout, TIMED_OUT, Waiters } from '../waiters.ts';

export class Changes {
  readonly #waiters = new Waiters<true>();
  readonly #listeners = new Set<() => void>();

  tell(): void {
    this.#waiters.wakeAll(true);
    for (const listener of [...this.#listeners]) listener();
  }

  /** @returns What ends it. */
  watch(listener: () => void): () => void {
    // A listener given twice is called twice, and each ends by itself.
    const own = (): void => listener();
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  /**
   * Tries at once and after each change, until something comes of it. Trying and taking are one: nobody slips in between.
   *
   * @returns What `attempt` gave, or {@link TIMED_OUT}.
   * @throws What `attempt` throws; `signal.reason` on abort; ValueError on a negative timeout.
   */
  async until<T>(attempt: () => T | undefined, options: Wait): Promise<T | typeof TIMED_OUT> {
    const { timeoutMs, signal } = options;
    checkTimeout(timeoutMs);
    signal?.throwIfAborted();
    const end = timeoutMs === undefined ? undefined : performance.now() + timeoutMs;
    for (;;) {
      const value = attempt();
      if (value !== undefined) return value;
      const leftMs = end === undefined ? undefined : Math.max(0, end - performance.now());
      if ((await this.#waiters.wait({ timeoutMs: leftMs, signal }, undefined)) === TIMED_OUT) return attempt() ?? TIMED_OUT;
    }
  }
}
