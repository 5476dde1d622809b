// How a process that was started ends itself early, without losing what it has put into queues. It does not know who started it.

/** Travels up to the bootstrap, as CPython's SystemExit. */
export class Exit extends Error {
  override readonly name = 'Exit';
  readonly status: unknown;

  constructor(status: unknown) {
    super(`exit(${String(status)})`);
    this.status = status;
  }
}

/**
 * Ends the process, as CPython's sys.exit: a number is the exit code (its low 8 bits), nothing or false is 0, true is 1, anything else is
 * printed and is 1. It throws, so that `finally` and `using` have their turn.
 *
 * @throws Exit always.
 */
export function exit(status?: unknown): never {
  throw new Exit(status);
}
