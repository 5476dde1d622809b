// A pipe between two ends that may be held in several processes. It does not know who holds them.
import { BrokenPipeError, EOFError, ShutDown, StateError } from '../errors.ts';
import { Queue } from '../local/queue.ts';
import type { Wait } from '../seam.ts';

/** Which end of a pipe: 0 or 1. With one direction only, 0 receives and 1 sends. */
export type End = 0 | 1;

/**
 * Messages both ways, boundaries kept, whatever their size: what is sent waits here, not in the sender. An end is closed when everyone who
 * held it has closed it or died; then the other end reads what is left, and EOFError.
 */
export class Pipe {
  readonly #duplex: boolean;
  readonly #towards = [new Queue<unknown>(), new Queue<unknown>()] as const;
  readonly #holders = [new Set<string>(), new Set<string>()] as const;

  constructor(duplex: boolean) {
    this.#duplex = duplex;
  }

  hold(end: End, client: string): void {
    this.#holders[end].add(client);
  }

  /** @throws BrokenPipeError when nobody holds the other end; StateError on an end that only receives. */
  send(end: End, item: unknown): void {
    if (!this.#duplex && end === 0)
      throw new StateError('connection is read-only', { fix: 'Send at the second end of pipe({ duplex: false })' });
    const other = otherThan(end);
    if (this.#holders[other].size === 0) throw new BrokenPipeError();
    this.#towards[other].putNowait(item);
  }

  /** @throws EOFError when nothing is left and nobody holds the other end; StateError on an end that only sends. */
  async recv(end: End, options: Wait): Promise<unknown> {
    this.#checkReadable(end);
    try {
      return await this.#towards[end].get(options);
    } catch (error) {
      if (error instanceof ShutDown) throw new EOFError();
      throw error;
    }
  }

  /** Whether something can be received, or the end has come. */
  async poll(end: End, options: Wait): Promise<boolean> {
    this.#checkReadable(end);
    return await this.#towards[end].ready(options);
  }

  close(end: End, client: string): void {
    this.#holders[end].delete(client);
    if (this.#holders[end].size > 0) return;
    this.#towards[otherThan(end)].shutdown();
  }

  /** Forgets a client that has died. */
  gone(client: string): void {
    for (const end of [0, 1] as const) if (this.#holders[end].has(client)) this.close(end, client);
  }

  #checkReadable(end: End): void {
    if (!this.#duplex && end === 1)
      throw new StateError('connection is write-only', { fix: 'Receive at the first end of pipe({ duplex: false })' });
  }
}

function otherThan(end: End): End {
  return end === 0 ? 1 : 0;
}
