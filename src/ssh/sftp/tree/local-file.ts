// Small local files read and written whole, cheaply: ten thousand of them are a matter of a few system calls each. It knows no host.
import { constants } from 'node:fs';
import type { FileAttributes } from '../attributes.ts';
import { localFault } from '../errors.ts';
import { CallsByDirectory, type FileCalls } from './file-calls.ts';
import { attributesOf } from './local-lister.ts';
import { localPath } from './local-path.ts';

/** A pipe that took the file's place since it was looked at must not hold us until somebody writes to it. */
export const READING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

export class LocalFiles {
  readonly #calls = new CallsByDirectory();

  /**
   * Reads a file that should have `sizeBytes`.
   *
   * @param flags - Besides: O_NOFOLLOW where a link that took the file's place must not be followed.
   * @param version - What it must still be; else it may be another file of that size by now.
   * @returns Its bytes; or undefined when it has more or fewer of them by now, or is another version.
   */
  async read(path: string, sizeBytes: number, flags = 0, version?: string): Promise<Buffer | undefined> {
    // One more than it should have, to see that there is not more.
    const room = Buffer.allocUnsafe(sizeBytes + 1);
    return await this.#onFile(path, READING | flags, 0, async (file, calls) => {
      const bytes = await calls.read(file, room, 0, room.length);
      if (version !== undefined && attributesOf(await calls.fstat(file)).version !== version) return undefined;
      return bytes === sizeBytes ? room.subarray(0, sizeBytes) : undefined;
    });
  }

  /**
   * Creates a file with all its content.
   *
   * @param mode - Permission bits at its creation; our umask is taken away.
   * @param attributes - Mode and times to set before it is closed.
   */
  async write(path: string, data: Buffer, mode: number, attributes: FileAttributes | undefined): Promise<void> {
    await this.#onFile(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, mode, async (file, calls) => {
      for (let done = 0; done < data.length; ) done += await calls.write(file, data, done, data.length - done);
      const { mode: exact, atimeSeconds, mtimeSeconds } = attributes ?? {};
      if (exact !== undefined) await calls.chmod(file, exact);
      if (mtimeSeconds !== undefined) await calls.utimes(file, atimeSeconds ?? mtimeSeconds, mtimeSeconds);
    });
  }

  async #onFile<T>(path: string, flags: number, mode: number, work: (file: number, calls: FileCalls) => Promise<T>): Promise<T> {
    const calls = await this.#calls.for(path);
    try {
      const file = await calls.open(localPath(path), flags, mode);
      try {
        return await work(file, calls);
      } finally {
        await calls.close(file);
      }
    } catch (error) {
      throw localFault(error, path);
    }
  }
}
