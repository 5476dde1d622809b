// Events between whoever makes them and whoever reads them, in order. It does not know what they mean.

export class EventBuffer<T> implements AsyncIterable<T> {
  #events: T[] = [];
  #wake: (() => void) | undefined;
  #ended = false;
  /** Whether the reader waits for the next event. */
  #idle = false;
  /** Whether the reader will take no more. */
  #left = false;
  #whenIdle: (() => void)[] = [];

  push(event: T): void {
    this.#events.push(event);
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** Waits until the reader has dealt with all events so far, or has left. */
  async settled(): Promise<void> {
    if (this.#left || (this.#idle && this.#events.length === 0)) return;
    await new Promise<void>((resolve) => {
      this.#whenIdle.push(resolve);
    });
  }

  #rest(): void {
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    try {
      for (;;) {
        const events = this.#events;
        this.#events = [];
        yield* events;
        if (this.#events.length > 0) continue;
        if (this.#ended) return;
        const more = new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        this.#idle = true;
        this.#rest();
        await more;
        this.#wake = undefined;
        this.#idle = false;
      }
    } finally {
      this.#left = true;
      this.#rest();
    }
  }
}
