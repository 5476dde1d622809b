// A job under way, as its events. It does not know what works on it.
import { Queue } from '../runtime/local/queue.ts';
import type { FleetEvent, Outcome } from './events.ts';

/** An event, and who is told that the reader has it. */
interface Waiting {
  readonly event: FleetEvent;
  readonly taken: () => void;
}

/** The events of a job between who makes them and who reads them; how many may wait is bounded by whoever puts them in. */
export class EventQueue {
  readonly #queue = new Queue<Waiting>();

  push(event: FleetEvent, taken: () => void): void {
    this.#queue.putNowait({ event, taken });
  }

  /** No more will come. */
  end(): void {
    this.#queue.shutdown();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<FleetEvent, void, undefined> {
    for await (const { event, taken } of this.#queue) {
      taken();
      yield event;
    }
  }
}

/** A job under way: iterate over its events, or wait for its outcomes. One of the two, once. */
export class FleetRun implements AsyncIterable<FleetEvent> {
  readonly #events: EventQueue;
  readonly #all: Promise<unknown>;
  readonly #stop: AbortController;

  constructor(events: EventQueue, all: Promise<unknown>, stop: AbortController) {
    this.#events = events;
    this.#all = all;
    this.#stop = stop;
    // Whoever iterates awaits it; until then a defect must not end the program as an unhandled rejection.
    all.catch(() => {});
  }

  /** The events in the order they happened. Leaving the loop early cancels what still runs. */
  async *[Symbol.asyncIterator](): AsyncGenerator<FleetEvent, void, undefined> {
    let complete = false;
    try {
      yield* this.#events;
      complete = true;
    } finally {
      if (!complete) {
        this.#stop.abort();
        // The hosts must be able to say their last word, or they would wait for a reader for ever.
        for await (const _event of this.#events);
      }
      await this.#all;
    }
  }

  /** How every host ended, in order of ending. */
  async outcomes(): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for await (const event of this) if (event.kind === 'finished') outcomes.push(event.outcome);
    return outcomes;
  }
}
