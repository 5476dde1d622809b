// How much may pass by now at a steady rate: arithmetic only. It does not know what passes, nor what time it is.

/** What an idle bucket saves up, so that a timer that rings late costs no rate. */
const SAVED_MS = 100;

/**
 * Lets through `bytesPerSecond` in the long run. Within any `t` ms it lets through no more than the rate times `t + 100 ms`, and one piece.
 *
 * Its whole state is one number, kept by whoever asks: when all that has passed is paid for.
 */
export class TokenBucket {
  readonly #bytesPerMs: number;

  constructor(bytesPerSecond: number) {
    this.#bytesPerMs = bytesPerSecond / 1_000;
  }

  /** Takes a piece. @param nowMs - Never less than before. @returns When all is paid for, this piece included. */
  take(paidAtMs: number, bytes: number, nowMs: number): number {
    return Math.max(paidAtMs, nowMs - SAVED_MS) + bytes / this.#bytesPerMs;
  }

  /** How many milliseconds a piece has to wait that was just taken. @param paidAtMs - As {@link take} said. */
  waitMs(paidAtMs: number, bytes: number, nowMs: number): number {
    return Math.max(paidAtMs - bytes / this.#bytesPerMs - nowMs, 0);
  }
}
