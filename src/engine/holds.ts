// Which worker has which host of a run, and by which right. It does not know what is done there.

import type { Desks } from './desks.ts';
import { FencedError } from './errors.ts';
import { holdersOf, takeHosts } from './places.ts';
import type { Line } from './redis.ts';

/** A host in the hands of a worker. */
export interface Held {
  readonly worker: string;
  /** What the worker shows with all that it says: only the newest counts. */
  readonly fence: number;
  underWay: number;
}

interface Waiting {
  readonly resolve: (held: Held) => void;
  readonly reject: (error: unknown) => void;
}

export interface HoldsOptions {
  readonly line: Line;
  readonly run: string;
  readonly term: number;
  readonly desks: Desks;
}

/** Hosts are taken many at once, and stay with their worker for as long as it is there: the connection is. */
export class Holds {
  readonly #options: HoldsOptions;
  readonly #held = new Map<string, Held>();
  readonly #wanted = new Map<string, Waiting[]>();
  /** Who had a host under the coordinator before: where that worker lives, it ends what it does there before it goes on. */
  readonly #before: Map<string, string>;
  #isTaking = false;

  private constructor(options: HoldsOptions, before: ReadonlyMap<string, string>) {
    this.#options = options;
    this.#before = new Map(before);
  }

  static async of(options: HoldsOptions): Promise<Holds> {
    return new Holds(options, await holdersOf(options.line, options.run));
  }

  /** Who has a host; where nobody has, one is found. @throws EngineError `ENGINE_NO_WORKERS` where nobody comes. */
  async take(host: string, signal: AbortSignal): Promise<Held> {
    const held = this.#held.get(host);
    const { desks } = this.#options;
    if (held !== undefined && desks.isThere(held.worker) && (held.underWay > 0 || desks.isOpen(held.worker))) return held;
    this.#held.delete(host);
    return await new Promise<Held>((resolve, reject) => {
      const waiting = this.#wanted.get(host) ?? [];
      waiting.push({ resolve, reject });
      this.#wanted.set(host, waiting);
      if (this.#isTaking) return;
      this.#isTaking = true;
      setImmediate(() => void this.#takeAll(signal));
    });
  }

  done(host: string, worker: string): void {
    const held = this.#held.get(host);
    if (held?.worker === worker) held.underWay -= 1;
  }

  /** A worker is gone, and has nothing any more. */
  drop(worker: string): void {
    for (const [host, held] of this.#held) if (held.worker === worker) this.#held.delete(host);
  }

  fenceOf(host: string): Held | undefined {
    return this.#held.get(host);
  }

  async #takeAll(signal: AbortSignal): Promise<void> {
    const wanted = new Map(this.#wanted);
    this.#wanted.clear();
    this.#isTaking = false;
    try {
      const { desks } = this.#options;
      await desks.somebody(signal);
      const shares = new Map<string, string[]>();
      for (const host of wanted.keys()) {
        const before = this.#before.get(host);
        // Also one that is leaving: nobody else may have the host while it ends what it did there.
        const worker = before !== undefined && desks.isThere(before) ? before : desks.leastBusy();
        this.#before.delete(host);
        desks.give(worker, 1);
        shares.set(worker, [...(shares.get(worker) ?? []), host]);
      }
      await Promise.all([...shares].map(async ([worker, hosts]) => await this.#takeFor(worker, hosts, wanted)));
    } catch (error) {
      for (const waiting of wanted.values()) for (const { reject } of waiting) reject(error);
    }
  }

  async #takeFor(worker: string, hosts: readonly string[], wanted: ReadonlyMap<string, readonly Waiting[]>): Promise<void> {
    const { line, run, term } = this.#options;
    const fences = await takeHosts(line, { run, term, worker, hosts });
    if (fences === undefined) throw new FencedError(run);
    for (const [index, host] of hosts.entries()) {
      const held: Held = { worker, fence: fences[index] ?? 0, underWay: 0 };
      this.#held.set(host, held);
      for (const { resolve } of wanted.get(host) ?? []) resolve(held);
    }
  }
}
