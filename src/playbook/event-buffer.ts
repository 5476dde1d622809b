// Events between whoever makes them and whoever reads them, in order. It does not know what they mean.

export class EventBuffer<T> implements AsyncIterable<T> {
  #events: T[] = [];
  #wake: (() => void) | undefined;
  #ended = false;

  push(event: T): void {
    this.#events.push(event);
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for await (const events of this.bundles()) yield* events;
  }

  /** All that is there, each time that there is something. */
  async *bundles(): AsyncGenerator<readonly T[], void, undefined> {
    for (;;) {
      const events = this.#events;
      this.#events = [];
      if (events.length > 0) yield events;
      if (this.#events.length > 0) continue;
      if (this.#ended) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }
}
