// What a shard's thread has to say, in batches and in order, never more than the queue holds. It does not know what it says.
import type { Queue } from '../../runtime/shared/queue.ts';

export class Outbox<T> {
  readonly #queue: Queue<T>;
  #waiting: T[] = [];
  #sending: Promise<void> | undefined;

  constructor(queue: Queue<T>) {
    this.#queue = queue;
  }

  /** Takes messages; they leave together with all that come until the queue has room. */
  push(messages: readonly T[]): void {
    this.#waiting.push(...messages);
    this.#sending ??= this.#send();
  }

  /** Resolves when everything has left. */
  async flushed(): Promise<void> {
    await this.#sending;
  }

  async #send(): Promise<void> {
    // What is said in the same turn of the event loop leaves together.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#queue.putMany(this.#waiting.splice(0));
    this.#sending = undefined;
  }
}
