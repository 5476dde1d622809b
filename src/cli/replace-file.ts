// Writes a file whole or not at all. It does not know what is in it.
import { randomBytes } from 'node:crypto';
import { chmod, chown, open, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

const OWNER_ONLY = 0o600;

/**
 * Replaces a file at once, under its own name: who reads it sees all of the old or all of the new.
 *
 * Permissions and, where this user may, the owner are kept. A link stays, and what it leads to is replaced.
 *
 * @param newMode - Of a file that is new. Default: for its owner only.
 * @throws Error of Node's when it cannot be written; then nothing has changed.
 */
export async function replaceFile(file: string, content: Uint8Array | string, newMode = OWNER_ONLY): Promise<void> {
  const target = await realpath(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return file;
    throw error;
  });
  const before = await stat(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  const temporary = path.join(path.dirname(target), `.${path.basename(target)}.${randomBytes(6).toString('hex')}`);
  try {
    const handle = await open(temporary, 'wx', OWNER_ONLY);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (before === undefined) {
      if (newMode !== OWNER_ONLY) await chmod(temporary, newMode);
    } else {
      await chown(temporary, before.uid, before.gid).catch((error: NodeJS.ErrnoException) => {
        // Only root gives files away; the new one then belongs to who wrote it.
        if (error.code !== 'EPERM') throw error;
      });
      await chmod(temporary, before.mode & 0o7777);
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
