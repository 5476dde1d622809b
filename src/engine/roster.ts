// Which workers there are, and which of them one can talk to. It does not know what they do.
import { setTimeout as delay } from 'node:timers/promises';
import { EngineError } from './errors.ts';
import { live, PROTOCOL, places, WORKERS } from './places.ts';
import type { Line } from './redis.ts';
import type { Sealer } from './seal.ts';

/** A worker that lives. */
export interface WorkerEntry {
  /** Its name, and what tells it from one that had the name before. */
  readonly id: string;
  /** For people: `build07:4711`. */
  readonly name: string;
  /** Of what it speaks, and that of sshoal. */
  readonly protocol: number;
  readonly version: string;
  /** Whether it takes nothing new. */
  readonly isLeaving: boolean;
}

export interface Roster {
  /** Those of our version, with our key. */
  readonly workers: readonly WorkerEntry[];
  /** Names of those who use another key. */
  readonly strangers: readonly string[];
  /** Those of another version. */
  readonly others: readonly WorkerEntry[];
}

/** An entry as it is kept: what anybody may read is sealed too, so that nobody else can have written it. */
interface Entry extends WorkerEntry {
  readonly sealed: string;
}

/** Keeps a worker in the roster for as long as it lives. */
export class Presence {
  readonly #line: Line;
  readonly #sealer: Sealer;
  readonly #leaseMs: number;
  #entry: WorkerEntry;
  #heardAtMs = 0;

  constructor(line: Line, sealer: Sealer, entry: WorkerEntry, leaseMs: number) {
    this.#line = line;
    this.#sealer = sealer;
    this.#entry = entry;
    this.#leaseMs = leaseMs;
  }

  async begin(): Promise<void> {
    const atMs = Date.now();
    await live(this.#line, this.#entry.id, this.#leaseMs, this.#text(), true);
    this.#heardAtMs = atMs;
  }

  /**
   * Stays, until the signal; renews the lease three times within its time.
   *
   * @returns True when it was told to end; false when the lease may be over, by the clock of Redis or our own: others may have the hosts.
   */
  async hold(signal: AbortSignal): Promise<boolean> {
    for (;;) {
      if (await rests(this.#leaseMs / 3, signal)) return true;
      const atMs = Date.now();
      if (!(await this.#isRenewed(signal))) return signal.aborted;
      this.#heardAtMs = atMs;
    }
  }

  /** A Redis that does not answer gives no lease: whoever cannot reach it must be silent before others are heard. */
  async #isRenewed(signal: AbortSignal): Promise<boolean> {
    const done = new AbortController();
    const leftMs = Math.max(0, this.#heardAtMs + this.#leaseMs - Date.now());
    const renewal = live(this.#line, this.#entry.id, this.#leaseMs, this.#text(), false);
    const tooLate = rests(leftMs, AbortSignal.any([done.signal, signal])).then(() => false);
    try {
      return await Promise.race([renewal, tooLate]);
    } finally {
      done.abort();
      // It may still come, or fail with the line: by then it counts for nothing.
      renewal.catch(() => {});
    }
  }

  /** Says that nothing new shall come. */
  async isLeaving(): Promise<void> {
    this.#entry = { ...this.#entry, isLeaving: true };
    await live(this.#line, this.#entry.id, this.#leaseMs, this.#text(), false);
  }

  async end(): Promise<void> {
    const { id } = this.#entry;
    await this.#line.ask(async (redis) => {
      await redis.del(places.worker(id), places.orders(id));
      await redis.srem(WORKERS, id);
    });
  }

  #text(): string {
    const sealed = this.#sealer.seal(null, circumstances(this.#entry)).toString('base64');
    return JSON.stringify({ ...this.#entry, sealed } satisfies Entry);
  }
}

/** Who is there. Names of those who are gone for good are removed. */
export async function rosterOf(line: Line, sealer: Sealer, version: string): Promise<Roster> {
  const ids = await line.ask(async (redis) => await redis.smembers(WORKERS));
  if (ids.length === 0) return { workers: [], strangers: [], others: [] };
  const texts = await line.ask(async (redis) => await redis.mget(ids.map(places.worker)));
  const roster = { workers: [] as WorkerEntry[], strangers: [] as string[], others: [] as WorkerEntry[] };
  const gone = ids.filter((_id, index) => texts[index] === null);
  if (gone.length > 0) {
    await line.ask(async (redis) => {
      await redis.srem(WORKERS, ...gone);
      await redis.del(...gone.map(places.orders));
    });
  }
  for (const [index, text] of texts.entries()) {
    if (text === null) continue;
    const id = ids[index] ?? '';
    const entry = entryOf(text, id, sealer);
    if (entry === undefined) roster.strangers.push(nameIn(text) ?? id);
    else if (entry.protocol === PROTOCOL && entry.version === version) roster.workers.push(entry);
    else roster.others.push(entry);
  }
  return roster;
}

/** What to say where nobody can be talked to. @throws EngineError `ENGINE_KEY_DIFFERS`, `ENGINE_VERSION`, `ENGINE_NO_WORKERS`. */
export function refuseEmpty(
  { workers, strangers, others }: Roster,
  { address, version }: { readonly address: string; readonly version: string },
): void {
  if (workers.some(({ isLeaving }) => !isLeaving)) return;
  if (others.length > 0) {
    const names = others.map((worker) => `${worker.name} is sshoal ${worker.version} (protocol ${worker.protocol})`);
    throw new EngineError('ENGINE_VERSION', `No worker is sshoal ${version} (protocol ${PROTOCOL}): ${names.join('; ')}`, {
      where: address,
      fix: 'Install the same version everywhere',
    });
  }
  if (strangers.length > 0) {
    throw new EngineError('ENGINE_KEY_DIFFERS', `No worker has this key: ${strangers.join(', ')} use another one`, {
      where: address,
      fix: 'Give all controllers a copy of the same --engine-key-file',
    });
  }
  throw new EngineError('ENGINE_NO_WORKERS', 'No worker is there', {
    where: address,
    fix: 'Start some: sshoal worker <address> --engine-key-file <file> --allow <directory>',
  });
}

/** Waits. @returns Whether the signal ended it. */
export async function rests(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await delay(ms, undefined, { signal });
    return false;
  } catch (error) {
    if (signal.aborted) return true;
    throw error;
  }
}

/** @returns Undefined where it was not sealed with our key, or for another. */
function entryOf(text: string, id: string, sealer: Sealer): WorkerEntry | undefined {
  try {
    const { sealed, ...entry } = JSON.parse(text) as Entry;
    if (entry.id !== id) return undefined;
    sealer.open(Buffer.from(sealed, 'base64'), circumstances(entry));
    return entry;
  } catch (error) {
    if (error instanceof EngineError || error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

function nameIn(text: string): string | undefined {
  return /"name":"([\w.:-]+)"/.exec(text)?.[1];
}

function circumstances({ id, name, protocol, version, isLeaving }: WorkerEntry): (string | number)[] {
  return ['worker', id, name, protocol, version, String(isLeaving)];
}
