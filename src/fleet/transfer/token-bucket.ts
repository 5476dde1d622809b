// How much may pass by now at a steady rate: arithmetic only. It does not know what passes, nor what time it is.

/** What an idle bucket saves up, so that a timer that rings late costs no rate. */
const SAVED_MS = 100;

/**
 * Lets through `bytesPerSecond` in the long run. Within any `t` ms it lets through no more than the rate times `t + 100 ms`, and one piece.
 */
export class TokenBucket {
  readonly #bytesPerMs: number;
  /** When all that was taken is paid for. */
  #paidAtMs = Number.NEGATIVE_INFINITY;

  constructor(bytesPerSecond: number) {
    this.#bytesPerMs = bytesPerSecond / 1_000;
  }

  /**
   * Takes a piece.
   *
   * @param nowMs - Never less than before.
   * @returns How many milliseconds the piece has to wait.
   */
  take(bytes: number, nowMs: number): number {
    const fromMs = Math.max(this.#paidAtMs, nowMs - SAVED_MS);
    this.#paidAtMs = fromMs + bytes / this.#bytesPerMs;
    return Math.max(fromMs - nowMs, 0);
  }
}
