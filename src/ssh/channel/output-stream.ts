// One output stream of a command: what nobody reads yet is kept, what somebody reads slowly waits on the host. It runs nothing.
import { Readable } from 'node:stream';
import { Spool } from './spool.ts';

/** What it keeps in memory for a reader who may come later; the rest goes to a file. */
const UNREAD_MEMORY_BYTES = 1024 * 1024;
/** And at most this much on disk; then the command waits. */
const UNREAD_DISK_BYTES = 4 * 1024 ** 3;
const READ_AHEAD_BYTES = 256 * 1024;

/**
 * A Readable of bytes, with paramiko's and the web's ways to take them all.
 *
 * Until its first read, everything is kept, first in memory and then in a temporary file, so that a command whose stderr nobody wants
 * does not stop. From the first read on it is as slow as its reader: the host is granted what was taken.
 */
export class OutputStream extends Readable {
  readonly #credit: (bytes: number) => void;
  readonly #spool = new Spool(UNREAD_MEMORY_BYTES);
  #touched = false;
  #held = 0;
  #ended = false;
  #reading = false;

  /** @param credit - Lets the host send that many bytes more. */
  constructor(credit: (bytes: number) => void) {
    super({ highWaterMark: READ_AHEAD_BYTES });
    this.#credit = credit;
    // Whoever reads gets it by reading; a stream that nobody reads must not end the program.
    this.on('error', () => {});
  }

  /** Whether the host waits for a reader of this stream. */
  get isHeldUp(): boolean {
    return this.#held > 0;
  }

  /** Everything that still comes, as text. */
  async text(encoding: BufferEncoding = 'utf8'): Promise<string> {
    return (await this.bytes()).toString(encoding);
  }

  /** Everything that still comes. It is held in memory: iterate over the stream where it may be much. */
  async bytes(): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of this as AsyncIterable<Buffer>) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  /** From the channel. */
  deliver(bytes: Buffer): void {
    if (this.destroyed) {
      this.#credit(bytes.length);
    } else if (this.#touched && this.#spool.sizeBytes === 0 && !this.#reading) {
      if (this.push(bytes)) this.#credit(bytes.length);
      else this.#held += bytes.length;
    } else {
      this.#keep(bytes);
    }
  }

  /** From the channel: nothing more will come. */
  finish(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#spool.sizeBytes === 0 && !this.#reading) this.push(null);
  }

  override _read(): void {
    this.#touched = true;
    this.#release();
    if (this.#reading || this.#spool.sizeBytes === 0) return;
    this.#reading = true;
    this.#spool.read().then(
      (bytes) => {
        this.#reading = false;
        if (bytes !== undefined) this.push(bytes);
        if (this.#spool.sizeBytes > 0) return;
        this.#release();
        if (this.#ended) this.push(null);
      },
      (error: Error) => this.destroy(error),
    );
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#release();
    this.#credit(this.#spool.sizeBytes);
    this.#spool.close();
    done(error);
  }

  #keep(bytes: Buffer): void {
    let stored: Promise<void> | undefined;
    try {
      stored = this.#spool.write(bytes);
    } catch (error) {
      this.destroy(error as Error);
      return;
    }
    if (this.#touched || this.#spool.sizeBytes > UNREAD_DISK_BYTES) this.#held += bytes.length;
    else if (stored === undefined) this.#credit(bytes.length);
    else
      stored.then(
        () => this.#credit(bytes.length),
        (error: Error) => this.destroy(error),
      );
  }

  #release(): void {
    if (this.#held === 0) return;
    const held = this.#held;
    this.#held = 0;
    this.#credit(held);
  }
}
