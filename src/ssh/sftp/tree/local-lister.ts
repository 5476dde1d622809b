// This machine's file system for walks. It does not know who walks.
import type { Stats } from 'node:fs';
import { lstat, readdir, readlink, realpath, stat } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import type { FileAttributes } from '../attributes.ts';
import type { DirectoryEntry } from '../directory.ts';
import { localFault } from '../errors.ts';
import type { Lister } from '../lister.ts';
import { decodeName, joined } from '../names.ts';
import { callsFor, type FileCalls } from './file-calls.ts';
import { localPath } from './local-path.ts';

const NAMES_AT_ONCE = 256;
const MAX_SECONDS = 0xffff_ffff;

export const localLister: Lister = {
  list,
  stat: async (path) => attributesOf(await local(path, async (name) => await stat(name))),
  lstat: async (path) => attributesOf(await local(path, async (name) => await lstat(name))),
  realpath: async (path) => decodeName(await local(path, async (name) => await realpath(name, { encoding: 'buffer' }))),
  readlink: async (path) => decodeName(await local(path, async (name) => await readlink(name, { encoding: 'buffer' }))),
};

/** What SFTP would say about a file of this machine; times before 1970 are 1970 to it. */
export function attributesOf({ size, uid, gid, mode, atimeMs, mtimeMs, ino }: Stats): FileAttributes {
  const version = `${ino} ${size} ${mtimeMs}`;
  return { sizeBytes: size, uid, gid, mode, atimeSeconds: seconds(atimeMs), mtimeSeconds: seconds(mtimeMs), version };
}

async function* list(directory: string): AsyncGenerator<DirectoryEntry[], void, undefined> {
  const names = await local(directory, async (name) => await readdir(name, { encoding: 'buffer' }));
  const calls = await callsFor(directory);
  for (let at = 0; at < names.length; at += NAMES_AT_ONCE) {
    const some = names.slice(at, at + NAMES_AT_ONCE).map(decodeName);
    const found = await Promise.all(some.map(async (name) => await entryOf(directory, name, calls)));
    yield found.filter((entry) => entry !== undefined);
    // A directory of a million names is not the only thing there is to do.
    if (at + NAMES_AT_ONCE < names.length) await setImmediate();
  }
}

async function entryOf(directory: string, name: string, calls: FileCalls): Promise<DirectoryEntry | undefined> {
  const path = joined(directory, name);
  try {
    return { name, attributes: attributesOf(await calls.lstat(localPath(path))) };
  } catch (error) {
    // It went away since the directory was read.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw localFault(error, path);
  }
}

async function local<T>(path: string, work: (name: string | Buffer) => Promise<T>): Promise<T> {
  try {
    return await work(localPath(path));
  } catch (error) {
    throw localFault(error, path);
  }
}

function seconds(timeMs: number): number {
  return Math.min(Math.max(Math.floor(timeMs / 1_000), 0), MAX_SECONDS);
}
