// Bytes that nobody wants yet: a little in memory, the rest in a file that has no name. It does not know where they come from.
import { randomBytes } from 'node:crypto';
import { close, closeSync, openSync, read, unlinkSync, write } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const readAt = promisify(read);
const writeAt = promisify(write);
const READ_BYTES = 256 * 1024;

// A file that nobody reads to its end must not stay open for ever.
const abandoned = new FinalizationRegistry<number>((descriptor) => close(descriptor));

/** First in, first out; without bound, so whoever writes bounds it. */
export class Spool {
  readonly #memoryBytes: number;
  #chunks: Buffer[] = [];
  #inMemory = 0;
  #file: number | undefined;
  #written = 0;
  #read = 0;
  #writing: Promise<void> = Promise.resolve();

  /** @param memoryBytes - What it keeps in memory before it opens a file. */
  constructor(memoryBytes: number) {
    this.#memoryBytes = memoryBytes;
  }

  get sizeBytes(): number {
    return this.#inMemory + this.#written - this.#read;
  }

  /** Whether the next bytes need a file. */
  get isSpilling(): boolean {
    return this.#file !== undefined;
  }

  /**
   * Takes bytes; in order, whether or not the promise is awaited.
   *
   * @returns Nothing when they are in memory, else when they are in the file.
   * @throws Error of the file system: ENOSPC and the like.
   */
  write(bytes: Buffer): Promise<void> | undefined {
    if (this.#file === undefined && this.#inMemory + bytes.length <= this.#memoryBytes) {
      // A copy: a small slice would keep a whole network buffer alive.
      this.#chunks.push(Buffer.from(bytes));
      this.#inMemory += bytes.length;
      return undefined;
    }
    const file = this.#open();
    const at = this.#written;
    this.#written += bytes.length;
    const writing = this.#writing.then(() => writeAll(file, bytes, at));
    this.#writing = writing;
    // Whoever reads learns of a failure too.
    writing.catch(() => {});
    return writing;
  }

  /** @returns The oldest bytes, and takes them away; undefined when there are none now. */
  async read(): Promise<Buffer | undefined> {
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) {
      this.#inMemory -= chunk.length;
      return chunk;
    }
    if (this.#file === undefined || this.#read === this.#written) return undefined;
    await this.#writing;
    const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, this.#written - this.#read));
    const { bytesRead } = await readAt(this.#file, buffer, 0, buffer.length, this.#read);
    this.#read += bytesRead;
    if (this.#read === this.#written) this.close();
    return buffer.subarray(0, bytesRead);
  }

  /** Forgets everything. */
  close(): void {
    this.#chunks = [];
    this.#inMemory = 0;
    this.#written = 0;
    this.#read = 0;
    if (this.#file === undefined) return;
    const file = this.#file;
    this.#file = undefined;
    abandoned.unregister(this);
    void this.#writing.then(
      () => closeSync(file),
      () => closeSync(file),
    );
  }

  #open(): number {
    if (this.#file !== undefined) return this.#file;
    const name = path.join(os.tmpdir(), `.sshoal-${randomBytes(8).toString('hex')}`);
    this.#file = openSync(name, 'wx+', 0o600);
    // Without a name it goes with us, however we end. (Windows keeps the name until the close.)
    if (process.platform !== 'win32') unlinkSync(name);
    abandoned.register(this, this.#file, this);
    return this.#file;
  }
}

async function writeAll(file: number, bytes: Buffer, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await writeAt(file, bytes, done, bytes.length - done, at + done);
    done += bytesWritten;
  }
}
