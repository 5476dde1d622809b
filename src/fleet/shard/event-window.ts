// How much may wait for a slow reader before the hosts are held back. It does not know what an event says.
import type { FleetEvent } from '../events.ts';

/** What one job may have under way; the last event may go beyond it, or one that is larger could never pass. */
const WINDOW_BYTES = 32 * 1024 * 1024;
/** The price of an event without bytes of a host. */
const EVENT_BYTES = 512;

export class EventWindow {
  #freeBytes = WINDOW_BYTES;
  readonly #waiters: (() => void)[] = [];

  /** Waits until there is room, and takes it. */
  async take(bytes: number): Promise<void> {
    if (this.#freeBytes <= 0 || this.#waiters.length > 0) await new Promise<void>((resolve) => this.#waiters.push(resolve));
    this.#freeBytes -= bytes;
  }

  /** Gives room back. */
  give(bytes: number): void {
    this.#freeBytes += bytes;
    // One at a time: each takes its own before the next is let in.
    if (this.#freeBytes > 0) this.#letIn();
  }

  #letIn(): void {
    const next = this.#waiters.shift();
    if (next === undefined) return;
    next();
    queueMicrotask(() => {
      if (this.#freeBytes > 0) this.#letIn();
    });
  }
}

/** What an event takes of the window. */
export function bytesOf(event: FleetEvent): number {
  switch (event.kind) {
    case 'output':
      return EVENT_BYTES + event.chunk.byteLength;
    case 'finished':
      return EVENT_BYTES + (event.outcome.stdout?.byteLength ?? 0) + (event.outcome.stderr?.byteLength ?? 0);
    case 'started':
    case 'progress':
      return EVENT_BYTES;
  }
}
