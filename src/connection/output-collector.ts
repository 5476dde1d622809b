// Keeps the output of one script within a bound, and passes it on as it comes. It does not know where it comes from.
import type { PartialOutput } from './errors.ts';
import type { ScriptOptions } from './seam.ts';

const DEFAULT_KEEP_BYTES = 16 * 1024 * 1024;

export class OutputCollector {
  readonly #keepBytes: number;
  readonly #onOutput: ScriptOptions['onOutput'];
  readonly #chunks = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
  readonly #kept = { stdout: 0, stderr: 0 };
  #truncated = false;
  #delivery: Promise<void> = Promise.resolve();
  readonly #onBytes: () => void;

  /** @param onBytes - Told of every chunk as it arrives, before anybody is waited for. */
  constructor(options: Pick<ScriptOptions, 'keepBytes' | 'onOutput'>, onBytes: () => void = () => {}) {
    this.#onBytes = onBytes;
    this.#keepBytes = options.keepBytes ?? DEFAULT_KEEP_BYTES;
    this.#onOutput = options.onOutput;
  }

  /** Takes a chunk; the promise holds the stream back as long as the listener wants. */
  async add(stream: 'stdout' | 'stderr', bytes: Uint8Array): Promise<void> {
    if (bytes.byteLength === 0) return;
    this.#onBytes();
    const room = this.#keepBytes - this.#kept[stream];
    if (bytes.byteLength > room) this.#truncated = true;
    if (room > 0) {
      // A copy: a small slice would keep the whole network buffer alive.
      const kept = Uint8Array.prototype.slice.call(bytes, 0, room);
      this.#chunks[stream].push(kept);
      this.#kept[stream] += kept.byteLength;
    }
    if (this.#onOutput === undefined) return;
    const delivery = this.#onOutput(stream, bytes);
    if (delivery === undefined) return;
    this.#delivery = Promise.all([this.#delivery, delivery]).then(() => undefined);
    await delivery;
  }

  /** Resolves when the listener has taken everything. */
  async delivered(): Promise<void> {
    await this.#delivery;
  }

  partial(): PartialOutput {
    return { stdout: Buffer.concat(this.#chunks.stdout), stderr: Buffer.concat(this.#chunks.stderr) };
  }

  result(): PartialOutput & { readonly truncated: boolean } {
    return { ...this.partial(), truncated: this.#truncated };
  }
}
