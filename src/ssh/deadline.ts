// A deadline that stands still while a person thinks. It does not know what it is for.

export class Deadline {
  readonly #stop = new AbortController();
  #leftMs: number;
  #since = performance.now();
  #timer: NodeJS.Timeout | undefined;

  /** Begins at once. */
  constructor(timeoutMs: number) {
    this.#leftMs = timeoutMs;
    this.#arm();
  }

  /** Aborts when the time is over. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Stops counting until `work` is done. */
  async without<T>(work: () => Promise<T>): Promise<T> {
    clearTimeout(this.#timer);
    this.#leftMs -= performance.now() - this.#since;
    try {
      return await work();
    } finally {
      this.#arm();
    }
  }

  /** Nobody waits any more. */
  clear(): void {
    clearTimeout(this.#timer);
  }

  #arm(): void {
    this.#since = performance.now();
    this.#timer = setTimeout(() => this.#stop.abort(), Math.max(0, this.#leftMs));
  }
}
