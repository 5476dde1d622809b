// A journal that somebody watches while it is written, from where they saw it last. It does not know who watches.
import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import type { JournalEntry } from './entry.ts';
import { EntryReader } from './entry-reader.ts';
import { LineSplitter } from './line-splitter.ts';
import { lives } from './process-identity.ts';
import { isBeginning } from './read-journal.ts';

const CHUNK_BYTES = 256 * 1024;
/** A person takes it for at once, and a journal that nothing happens in costs next to nothing. */
const POLL_MS = 200;

export interface FollowedEntry {
  readonly entry: JournalEntry;
  /** Where what follows begins: `from` of another call, in bytes. Only such numbers, and 0, are places to begin at. */
  readonly next: number;
}

/** Why nothing more comes: the run came to its end, its process is gone without one, or the signal was aborted. */
export type FollowEnd = 'ended' | 'interrupted' | 'aborted';

export interface FollowOptions {
  /** Where to begin. Default 0: with the first entry. */
  readonly from?: number | undefined;
  readonly signal: AbortSignal;
}

/**
 * What happened in a run, and then what happens, until it ends.
 *
 * A last line that is not whole yet is waited for. A run on another machine, of which nobody here can say whether it lives, is
 * watched until it ends or the signal is aborted; neither throws.
 *
 * ```ts
 * for await (const { entry, next } of followRun(runs.fileOf(id), { signal })) console.log(next, entry.kind);
 * ```
 *
 * @throws as `readJournal`.
 */
export async function* followRun(file: string, { from = 0, signal }: FollowOptions): AsyncGenerator<FollowedEntry, FollowEnd, undefined> {
  await using tail = await Tail.open(file, from);
  for (let isDead = false; !signal.aborted; ) {
    let isNew = false;
    for await (const told of tail.read()) {
      isNew = true;
      yield told;
      if (signal.aborted) break;
    }
    if (tail.isEnded) return 'ended';
    if (isNew) continue;
    if (isDead) return 'interrupted';
    // What it wrote last may have come since: it is read once more.
    isDead = await tail.isDead();
    if (!isDead) await pause(signal);
  }
  return 'aborted';
}

/**
 * What a journal has now, from where somebody saw it last; nothing is waited for.
 *
 * @param from - As in {@link followRun}.
 * @throws as `readJournal`.
 */
export async function* entriesFrom(file: string, from = 0): AsyncGenerator<FollowedEntry, void, undefined> {
  await using tail = await Tail.open(file, from);
  yield* tail.read();
}

/** A file that is read to where it ends now, again and again. */
class Tail implements AsyncDisposable {
  readonly #handle: FileHandle;
  readonly #file: string;
  readonly #from: number;
  readonly #splitter: LineSplitter;
  readonly #reader: EntryReader;
  #readBytes = 0;
  #lastAtMs = 0;

  private constructor(handle: FileHandle, file: string, from: number) {
    this.#handle = handle;
    this.#file = file;
    this.#from = from;
    this.#splitter = new LineSplitter(file);
    this.#reader = new EntryReader(file);
  }

  static async open(file: string, from: number): Promise<Tail> {
    return new Tail(await open(file, 'r'), file, from);
  }

  get isEnded(): boolean {
    return this.#reader.isEnded;
  }

  async *read(): AsyncGenerator<FollowedEntry, void, undefined> {
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const { bytesRead } = await this.#handle.read(chunk, 0, CHUNK_BYTES, this.#readBytes);
      if (bytesRead === 0) return;
      this.#readBytes += bytesRead;
      for (const line of this.#splitter.push(chunk.subarray(0, bytesRead))) {
        // What was seen before still names the tasks of what follows.
        const entry = line.end <= this.#from ? this.#reader.pass(line) : this.#reader.take(line);
        if (entry === undefined) continue;
        this.#lastAtMs = entry.atMs;
        yield { entry, next: line.end };
      }
    }
  }

  /** Whether nobody will write any more. */
  async isDead(): Promise<boolean> {
    if (!this.#reader.hasBegun && (await isBeginning(this.#file, { some: true }))) return false;
    const { process, atMs } = this.#reader.header;
    return (await lives(process, Math.max(this.#lastAtMs, atMs))) === false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }
}

async function pause(signal: AbortSignal): Promise<void> {
  try {
    await setTimeout(POLL_MS, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
