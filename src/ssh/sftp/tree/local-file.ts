// Small local files read and written whole, cheaply: ten thousand of them are a matter of a few system calls each. It knows no host.
import { close, constants, fchmod, futimes, open, read, write } from 'node:fs';
import type { FileAttributes } from '../attributes.ts';
import { localFault } from '../errors.ts';
import { localPath } from './local-path.ts';

/**
 * Reads a file that should have `sizeBytes`.
 *
 * @param flags - Beside O_RDONLY: O_NOFOLLOW where a link that took the file's place must not be followed.
 * @returns Its bytes; or undefined when it has more or fewer of them by now.
 */
export async function readLocal(path: string, sizeBytes: number, flags = 0): Promise<Buffer | undefined> {
  // One more than it should have, to see that there is not more.
  const room = Buffer.allocUnsafe(sizeBytes + 1);
  return await onFile(path, constants.O_RDONLY | flags, 0, async (file) => {
    const bytes = await call<number>((done) => read(file, room, 0, room.length, 0, done));
    return bytes === sizeBytes ? room.subarray(0, sizeBytes) : undefined;
  });
}

/**
 * Creates a file with all its content.
 *
 * @param mode - Permission bits at its creation; our umask is taken away.
 * @param attributes - Mode and times to set before it is closed.
 */
export async function writeLocal(path: string, data: Buffer, mode: number, attributes: FileAttributes | undefined): Promise<void> {
  await onFile(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, mode, async (file) => {
    for (let done = 0; done < data.length; ) {
      done += await call<number>((told) => write(file, data, done, data.length - done, done, told));
    }
    const { mode: exact, atimeSeconds, mtimeSeconds } = attributes ?? {};
    if (exact !== undefined) await call<void>((done) => fchmod(file, exact, done));
    if (mtimeSeconds !== undefined) await call<void>((done) => futimes(file, atimeSeconds ?? mtimeSeconds, mtimeSeconds, done));
  });
}

async function onFile<T>(path: string, flags: number, mode: number, work: (file: number) => Promise<T>): Promise<T> {
  try {
    const file = await call<number>((done) => open(localPath(path), flags, mode, done));
    try {
      return await work(file);
    } finally {
      await call<void>((done) => close(file, done));
    }
  } catch (error) {
    throw localFault(error, path);
  }
}

/** Node's promises of files cost several times what these calls cost: that shows with many small files. */
function call<T>(start: (done: (error: Error | null, value?: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, value) => {
      if (error === null || error === undefined) resolve(value as T);
      else reject(error);
    });
  });
}
