// Output that is kept until it is shown: in memory up to a budget, beyond it in a file. It does not know whose output it is.
import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import path from 'node:path';

const DEFAULT_BUDGET_BYTES = 64 * 1024 * 1024;

/** Bytes that were put away. */
export interface Kept {
  readonly sizeBytes: number;
  /** Gives them back, as often as asked, until the store is closed. */
  readonly read: () => Uint8Array;
}

export interface OutputStoreOptions {
  /** How much stays in memory. Default 64 MiB. */
  readonly budgetBytes?: number | undefined;
  /** Where the file is made when the budget is spent; without it everything stays in memory. */
  readonly directory?: string | undefined;
}

/**
 * A place for more output than memory should hold.
 *
 * The file has no name any more as soon as it is open, so that nothing of it outlives the process, however that ends. Where it cannot
 * be written (a full disk), what comes stays in memory after all: no output is ever lost to save room.
 */
export class OutputStore {
  readonly #directory: string | undefined;
  #roomBytes: number;
  #file: number | undefined;
  #fileSizeBytes = 0;
  #usesFile: boolean;

  constructor({ budgetBytes = DEFAULT_BUDGET_BYTES, directory }: OutputStoreOptions = {}) {
    this.#roomBytes = budgetBytes;
    this.#directory = directory;
    this.#usesFile = directory !== undefined;
  }

  /** How much is in the file. */
  get spooledBytes(): number {
    return this.#fileSizeBytes;
  }

  keep(bytes: Uint8Array): Kept {
    const sizeBytes = bytes.byteLength;
    const position = sizeBytes > this.#roomBytes ? this.#spool(bytes) : undefined;
    if (position !== undefined) return this.#inFile(position, sizeBytes);
    this.#roomBytes -= sizeBytes;
    return { sizeBytes, read: () => bytes };
  }

  // Not within keep(): closures of one function share what they capture, and the bytes would stay in memory with their copy in the file.
  #inFile(position: number, sizeBytes: number): Kept {
    return { sizeBytes, read: () => this.#readBack(position, sizeBytes) };
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    this.#usesFile = false;
  }

  /** @returns Where in the file the bytes are; undefined where there is no writing to it. */
  #spool(bytes: Uint8Array): number | undefined {
    if (!this.#usesFile) return undefined;
    try {
      this.#file ??= openNameless(this.#directory ?? '');
      const start = this.#fileSizeBytes;
      for (let at = 0; at < bytes.byteLength; ) at += writeSync(this.#file, bytes, at, bytes.byteLength - at, start + at);
      this.#fileSizeBytes = start + bytes.byteLength;
      return start;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
      this.#usesFile = false;
      return undefined;
    }
  }

  #readBack(position: number, sizeBytes: number): Uint8Array {
    if (this.#file === undefined) throw new Error('The store is closed');
    const bytes = new Uint8Array(sizeBytes);
    for (let at = 0; at < sizeBytes; ) {
      const read = readSync(this.#file, bytes, at, sizeBytes - at, position + at);
      if (read === 0) throw new Error('The file of the store was cut short');
      at += read;
    }
    return bytes;
  }
}

// Nobody else may read it: commands print what only their user may see.
function openNameless(directory: string): number {
  const file = path.join(directory, `sshoal-${randomUUID()}`);
  const descriptor = openSync(file, 'wx+', 0o600);
  unlinkSync(file);
  return descriptor;
}
