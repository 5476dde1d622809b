// What a Selector can watch. It knows neither sockets nor the Selector.

/**
 * Something that is ready or not, and says when that changes.
 *
 * Ready means: the call that does not wait (`recvNowait`, `acceptNowait`, `sendNowait`) would not throw BlockingIOError. An end and an
 * error are ready too, so that somebody learns of them.
 */
export interface Selectable {
  readonly readable: boolean;
  readonly writable: boolean;
  /** Whether it was closed here: it is never ready again. */
  readonly closed: boolean;
  /** Calls back whenever something may have become ready; input is looked for from now on. @returns What ends the watching. */
  watch(listener: () => void): () => void;
  /** For the messages of errors. */
  toString(): string;
}
