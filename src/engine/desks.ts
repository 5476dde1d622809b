// The workers as a coordinator sees them: who is there, how much each has, and what they are told. It does not know what orders mean.
import type { LimitNumbers } from '../fleet/limits.ts';
import { EngineError } from './errors.ts';
import { circumstances, type Order, type Orders } from './messages.ts';
import { places } from './places.ts';
import type { Line } from './redis.ts';
import { rests, rosterOf } from './roster.ts';
import type { Sealer } from './seal.ts';

/** How long hosts wait for a worker where none is left. */
const PATIENCE_MS = 60_000;

export interface DesksOptions {
  readonly line: Line;
  readonly sealer: Sealer;
  readonly run: string;
  readonly term: number;
  readonly version: string;
  /** Of all workers together. */
  readonly limits: LimitNumbers;
  readonly leaseMs: number;
  /** How long hosts wait where no worker is left. Default a minute. */
  readonly patienceMs?: number | undefined;
}

interface Desk {
  readonly name: string;
  isLeaving: boolean;
  hosts: number;
  /** How much it was told. */
  told: number;
  readonly outbox: Order[];
  sending: Promise<void> | undefined;
}

export class Desks {
  readonly #options: DesksOptions;
  readonly #sealer: Sealer;
  readonly #desks = new Map<string, Desk>();
  readonly #changed = new Set<() => void>();
  readonly #broken = new AbortController();
  #lost: (worker: string, name: string) => void = () => {};

  constructor(options: DesksOptions) {
    this.#options = options;
    this.#sealer = options.sealer.of(options.run);
  }

  /** Aborts when orders can no longer be given: Redis is gone. */
  get broken(): AbortSignal {
    return this.#broken.signal;
  }

  onLost(listener: (worker: string, name: string) => void): void {
    this.#lost = listener;
  }

  /** Watches who comes and goes, until the signal. */
  async watch(signal: AbortSignal): Promise<void> {
    do await this.look();
    while (!(await rests(this.#options.leaseMs / 4, signal)));
  }

  /** Sees who is there now. */
  async look(): Promise<void> {
    const { line, sealer, version } = this.#options;
    const { workers } = await rosterOf(line, sealer, version);
    const gone = new Map(this.#desks);
    for (const { id, name, isLeaving } of workers) {
      gone.delete(id);
      const desk = this.#desks.get(id);
      if (desk !== undefined) desk.isLeaving = isLeaving;
      else this.#desks.set(id, { name, isLeaving, hosts: 0, told: 0, outbox: [], sending: undefined });
    }
    for (const id of gone.keys()) {
      this.#desks.delete(id);
      await line.ask(async (redis) => await redis.del(places.orders(id)));
    }
    for (const changed of this.#changed) changed();
    for (const [id, { name }] of gone) this.#lost(id, name);
  }

  /** Whether a worker is there and takes what is new. */
  isOpen(worker: string): boolean {
    return this.#desks.get(worker)?.isLeaving === false;
  }

  /** Whether a worker is there, be it that it is leaving. */
  isThere(worker: string): boolean {
    return this.#desks.has(worker);
  }

  /** Waits until somebody takes what is new. @throws EngineError `ENGINE_NO_WORKERS`; the reason of the signal. */
  async somebody(signal: AbortSignal): Promise<void> {
    const { patienceMs = PATIENCE_MS, line } = this.#options;
    const until = Date.now() + patienceMs;
    while (![...this.#desks.values()].some(({ isLeaving }) => !isLeaving)) {
      signal.throwIfAborted();
      if (Date.now() >= until) {
        throw new EngineError('ENGINE_NO_WORKERS', 'No worker is left that would do it', {
          where: line.address,
          fix: 'Start workers, then run it again for the hosts that failed, with --retry-failed',
        });
      }
      await this.#change(Math.min(1_000, patienceMs), signal);
    }
  }

  /** Who has the fewest hosts of this run. There must be {@link somebody}. */
  leastBusy(): string {
    let best: string | undefined;
    for (const [id, { isLeaving, hosts }] of this.#desks)
      if (!isLeaving && (best === undefined || hosts < (this.#desks.get(best)?.hosts ?? 0))) best = id;
    return best ?? '';
  }

  /** Counts hosts that a worker has got. */
  give(worker: string, hosts: number): void {
    const desk = this.#desks.get(worker);
    if (desk !== undefined) desk.hosts += hosts;
  }

  /** Tells a worker; all that is said in one turn of the event loop goes together. Who is gone hears nothing. */
  send(worker: string, order: Order): void {
    const desk = this.#desks.get(worker);
    if (desk === undefined) return;
    desk.outbox.push(order);
    desk.sending ??= this.#flush(worker, desk);
  }

  /** Tells everybody that another term begins: whatever they still do for the one before ends. */
  greet(): void {
    for (const worker of this.#desks.keys()) this.send(worker, { kind: 'begin' });
  }

  /** Tells everybody that the term is over. */
  async close(): Promise<void> {
    const told = [...this.#desks].filter(([, { told: count }]) => count > 0);
    for (const [worker] of told) this.send(worker, { kind: 'close' });
    await Promise.all(told.map(async ([, { sending }]) => await sending));
  }

  async #flush(worker: string, desk: Desk): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    const { line, run, term } = this.#options;
    try {
      while (desk.outbox.length > 0) {
        const orders: Orders = { limits: this.#share(), orders: desk.outbox.splice(0) };
        desk.told += 1;
        const sealed = this.#sealer.seal(orders, circumstances.orders(run, term, worker, desk.told));
        const number = desk.told;
        await line.ask(async (redis) => await redis.xadd(places.orders(worker), '*', 'r', run, 't', term, 'n', number, 's', sealed));
      }
    } catch (error) {
      this.#broken.abort(error);
    }
    desk.sending = undefined;
  }

  /** What one worker may do at once, of what all may. */
  #share(): LimitNumbers {
    const { connects, transfers, connectsPerSecond, bytesPerSecond, forks } = this.#options.limits;
    const count = Math.max(1, this.#desks.size);
    const part = (all: number): number => Math.max(1, Math.floor(all / count));
    return {
      forks,
      connects: part(connects),
      transfers: part(transfers),
      connectsPerSecond: connectsPerSecond / count,
      bytesPerSecond: bytesPerSecond === undefined ? undefined : Math.max(1, bytesPerSecond / count),
    };
  }

  async #change(mostMs: number, signal: AbortSignal): Promise<void> {
    const changed = new AbortController();
    const listener = (): void => changed.abort();
    this.#changed.add(listener);
    await rests(mostMs, AbortSignal.any([changed.signal, signal]));
    this.#changed.delete(listener);
  }
}
