// Verbs on paths of the host that are more than one request: is it there, make all of it, remove all of it. They move no data.
import path from 'node:path';
import { kindOf } from './attributes.ts';
import type { SFTPClient } from './client.ts';
import { SftpError } from './errors.ts';
import { inLanes } from './lanes.ts';
import { componentOf, joined } from './names.ts';
import { allOf } from './requests.ts';

// Requests under way while a tree is removed.
const REMOVALS_AT_ONCE = 64;

/** As os.path.exists: a link is followed, and one that leads nowhere does not exist. @throws SftpError where it cannot be known. */
export async function exists(client: SFTPClient, target: string): Promise<boolean> {
  try {
    await client.stat(target);
    return true;
  } catch (error) {
    if (error instanceof SftpError && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return false;
    throw error;
  }
}

/**
 * As os.makedirs with `exist_ok=True`: makes a directory and those above it that are missing; those that are there stay as they are.
 *
 * @throws SftpError ENOTDIR when a file is in the way; EACCES.
 */
export async function makedirs(client: SFTPClient, target: string, mode?: number): Promise<void> {
  try {
    await client.mkdir(target, mode);
  } catch (error) {
    if (!(error instanceof SftpError)) throw error;
    const parent = path.posix.dirname(target);
    if (error.code === 'ENOENT' && parent !== target) {
      await makedirs(client, parent, mode);
      await makedirs(client, target, mode);
    } else if (error.code === 'SFTP_LOST' || error.code === 'SFTP_PROTOCOL' || !(await isDirectory(client, target))) {
      throw error.code === 'EEXIST' ? notADirectory(target, error) : error;
    }
  }
}

/**
 * As shutil.rmtree: removes a directory with everything below it. Links are removed, never followed.
 *
 * @throws SftpError EINVAL for the root directory; ENOTDIR for anything but a directory, a link to one included; whatever else stands in
 *   the way, with what could be removed gone; `signal.reason` on abort.
 */
export async function rmtree(client: SFTPClient, target: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
  if (kindOf(await client.lstat(target)) !== 'directory') throw notADirectory(target);
  if ((await client.realpath(target)) === '/') {
    throw new SftpError('EINVAL', 'The root directory of a host is not removed', { where: target, fix: 'Name a directory below it' });
  }
  const directories = [target];
  const files: string[] = [];
  for (const directory of directories) {
    // Listed to its end before anything in it goes: a directory that changes while it is read may leave out names.
    for (const { name, attributes } of await client.readdir(directory)) {
      signal?.throwIfAborted();
      const child = joined(directory, componentOf(name, directory));
      if (kindOf(attributes) === 'directory') directories.push(child);
      else files.push(child);
    }
  }
  await inLanes(files, REMOVALS_AT_ONCE, async (file) => {
    signal?.throwIfAborted();
    await client.remove(file);
  });
  for (const level of deepestFirst(directories)) await allOf(level.map(async (directory) => await client.rmdir(directory)));
}

/** Directories in groups, so that each is after everything below it. */
export function deepestFirst(directories: readonly string[]): string[][] {
  const levels: string[][] = [];
  for (const directory of directories) {
    const depth = directory.split('/').length;
    const level = levels[depth] ?? [];
    levels[depth] = level;
    level.push(directory);
  }
  return levels.filter((level) => level !== undefined).reverse();
}

export function notADirectory(where: string, cause?: unknown): SftpError {
  return new SftpError('ENOTDIR', `${where} is not a directory`, { where, fix: 'Name a directory; a link to one does not count', cause });
}

async function isDirectory(client: SFTPClient, target: string): Promise<boolean> {
  return (await exists(client, target)) && kindOf(await client.stat(target)) === 'directory';
}
