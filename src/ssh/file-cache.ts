// What was read from files, kept for as long as they stay as they are. It does not know what they hold.
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

interface Kept<T> {
  readonly version: string;
  readonly value: Promise<T>;
}

/** A run over thousands of hosts asks for the same few files thousands of times: each is read once, and again when it has changed. */
export class FileCache<T> {
  readonly #read: (file: string, before: T | undefined) => Promise<T>;
  readonly #kept = new Map<string, Kept<T>>();

  /** @param read - Gets what was read the last time, too. A failure is not kept: the file may be readable the next time. */
  constructor(read: (file: string, before: T | undefined) => Promise<T>) {
    this.#read = read;
  }

  /** @throws What `read` throws, and errors of the file system. */
  async load(file: string): Promise<T> {
    // Looked at before it is read: a change in between is then seen the next time.
    const version = versionOf(file);
    const before = this.#kept.get(file);
    if (before?.version === version) return await before.value;
    const fresh = { version, value: this.#readAfter(file, before) };
    this.#kept.set(file, fresh);
    try {
      return await fresh.value;
    } catch (error) {
      if (this.#kept.get(file) === fresh) this.#kept.delete(file);
      throw error;
    }
  }

  async #readAfter(file: string, before: Kept<T> | undefined): Promise<T> {
    // Whether that reading failed is the business of whoever asked for it.
    const value = await before?.value.catch(() => undefined);
    return await this.#read(file, value);
  }
}

/**
 * Changes whenever a file does; `missing` when there is none.
 *
 * Not a promise: the few files of a login are looked at for each of thousands of hosts, and the way to another thread and back costs
 * fifty times what it is to be asked there.
 *
 * @throws Error of the file system.
 */
export function versionOf(file: string): string {
  try {
    const { mtimeNs, size, ino } = statSync(file, { bigint: true });
    return `${mtimeNs} ${size} ${ino}`;
  } catch (error) {
    if (isMissing(error)) return 'missing';
    throw error;
  }
}

/** When a file changed last, in milliseconds since 1970. @param version - Of a file that is there. */
export function changedAtMs(version: string): number {
  return Number(BigInt(version.split(' ')[0] ?? '') / 1_000_000n);
}

/** The bytes of a file; none when there is no file. @throws Error of the file system on any other trouble. */
export async function readIfThere(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    if (isMissing(error)) return Buffer.alloc(0);
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
