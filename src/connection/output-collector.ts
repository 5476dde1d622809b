// Keeps the output of one script within a bound, and passes it on as it comes. It does not know where it comes from.
import { Spool } from '../ssh/channel/spool.ts';
import type { PartialOutput } from './errors.ts';
import { type OutputMemory, outputMemory } from './output-memory.ts';
import type { ScriptOptions } from './seam.ts';

const DEFAULT_KEEP_BYTES = 16 * 1024 * 1024;

/** Told of every chunk as it arrives, before anybody is waited for; and where output is kept. */
export interface CollectorSurroundings {
  readonly onBytes?: (() => void) | undefined;
  readonly memory?: OutputMemory | undefined;
}

type Collected = PartialOutput & { readonly truncated: boolean };

export class OutputCollector {
  readonly #options: Pick<ScriptOptions, 'keepBytes' | 'onOutput' | 'room'>;
  readonly #onBytes: (() => void) | undefined;
  readonly #kept: Readonly<Record<'stdout' | 'stderr', Kept>>;
  #delivery: Promise<void> = Promise.resolve();
  #result: Promise<Collected> | undefined;

  constructor(
    options: Pick<ScriptOptions, 'keepBytes' | 'onOutput' | 'room'>,
    { onBytes, memory = outputMemory }: CollectorSurroundings = {},
  ) {
    this.#options = options;
    this.#onBytes = onBytes;
    const { keepBytes = DEFAULT_KEEP_BYTES } = options;
    this.#kept = { stdout: new Kept(keepBytes, memory), stderr: new Kept(keepBytes, memory) };
  }

  /** Takes a chunk; the promise holds the stream back as long as the listener and the disk want. */
  async add(stream: 'stdout' | 'stderr', bytes: Uint8Array): Promise<void> {
    if (bytes.byteLength === 0) return;
    this.#onBytes?.();
    const keeping = this.#kept[stream].add(bytes);
    const delivery = this.#options.onOutput?.(stream, bytes);
    if (delivery !== undefined) this.#delivery = Promise.all([this.#delivery, delivery]).then(() => undefined);
    if (keeping !== undefined) await keeping;
    await delivery;
  }

  /** Resolves when the listener has taken everything. */
  async delivered(): Promise<void> {
    await this.#delivery;
  }

  /** All that was kept, at the end: whoever asks first ends the keeping. */
  async result(): Promise<Collected> {
    this.#result ??= this.#takeAll();
    return await this.#result;
  }

  async #takeAll(): Promise<Collected> {
    const { stdout, stderr } = this.#kept;
    if (stdout.isOnDisk || stderr.isOnDisk) await this.#options.room?.(stdout.bytes + stderr.bytes);
    const truncated = stdout.truncated || stderr.truncated;
    return { stdout: await stdout.takeAll(), stderr: await stderr.takeAll(), truncated };
  }
}

/** What is kept of one stream: in memory while there is some, then in a file without a name. */
class Kept {
  readonly #mostBytes: number;
  readonly #memory: OutputMemory;
  #chunks: Uint8Array[] = [];
  #inMemory = 0;
  #spool: Spool | undefined;
  #isFull = false;
  bytes = 0;
  /** Whether more came than is kept. */
  truncated = false;

  constructor(mostBytes: number, memory: OutputMemory) {
    this.#mostBytes = mostBytes;
    this.#memory = memory;
  }

  get isOnDisk(): boolean {
    return this.#spool !== undefined;
  }

  /** @returns Nothing where it is in memory, else when it is in the file. */
  add(bytes: Uint8Array): Promise<void> | undefined {
    const room = this.#isFull ? 0 : this.#mostBytes - this.bytes;
    if (bytes.byteLength > room) this.truncated = true;
    const length = Math.min(room, bytes.byteLength);
    if (length === 0) return undefined;
    this.bytes += length;
    if (this.#spool === undefined && this.#memory.take(length)) {
      this.#inMemory += length;
      // A copy: a small slice would keep the whole network buffer alive.
      this.#chunks.push(Uint8Array.prototype.slice.call(bytes, 0, length));
      return undefined;
    }
    return this.#toDisk(Buffer.from(bytes.subarray(0, length)));
  }

  async #toDisk(bytes: Buffer): Promise<void> {
    try {
      this.#spool ??= new Spool(0);
      await this.#spool.write(bytes);
    } catch {
      // No room on the disk either: what came until now is kept, and the rest is told to be missing.
      this.#isFull = true;
      this.truncated = true;
      this.bytes -= bytes.length;
    }
  }

  async takeAll(): Promise<Buffer> {
    const chunks = this.#chunks;
    this.#chunks = [];
    try {
      for (let chunk = await this.#spool?.read(); chunk !== undefined; chunk = await this.#spool?.read()) chunks.push(chunk);
    } catch {
      this.truncated = true;
    }
    this.#spool?.close();
    this.#memory.give(this.#inMemory);
    this.#inMemory = 0;
    return Buffer.concat(chunks);
  }
}
