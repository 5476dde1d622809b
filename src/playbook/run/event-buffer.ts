// Events between whoever makes them and whoever reads them, in order. It does not know what they mean.

export class EventBuffer<T> implements AsyncIterable<T> {
  #events: T[] = [];
  #wake: (() => void) | undefined;
  #ended = false;
  #pushed = 0;
  #read = 0;
  /** Who waits until so many are read. */
  #waiting: { readonly until: number; readonly resolve: () => void }[] = [];

  push(event: T): void {
    this.#events.push(event);
    this.#pushed++;
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** Waits until the reader is through with all that was pushed so far, or reads no more. */
  async caughtUp(): Promise<void> {
    const until = this.#pushed;
    if (this.#read < until) await new Promise<void>((resolve) => this.#waiting.push({ until, resolve }));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for await (const events of this.bundles()) yield* events;
  }

  /** All that is there, each time that there is something. */
  async *bundles(): AsyncGenerator<readonly T[], void, undefined> {
    try {
      for (;;) {
        const events = this.#events;
        this.#events = [];
        if (events.length > 0) {
          yield events;
          this.#release(this.#read + events.length);
        }
        if (this.#events.length > 0) continue;
        if (this.#ended) return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        this.#wake = undefined;
      }
    } finally {
      this.#release(Number.POSITIVE_INFINITY);
    }
  }

  #release(read: number): void {
    this.#read = read;
    if (this.#waiting.length === 0) return;
    const ready = this.#waiting.filter(({ until }) => until <= read);
    this.#waiting = this.#waiting.filter(({ until }) => until > read);
    for (const { resolve } of ready) resolve();
  }
}
