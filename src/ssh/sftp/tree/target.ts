// Where a tree goes: what copying one needs of a file system, and the two there are. It does not know where the tree comes from.
import { chmod, lstat, mkdir, rename, rm, rmdir, symlink, utimes } from 'node:fs/promises';
import type { FileAttributes } from '../attributes.ts';
import type { SFTPClient } from '../client.ts';
import { localFault, SftpError } from '../errors.ts';
import { type Lister, remoteLister } from '../lister.ts';
import { exists } from '../paths.ts';
import { replace } from '../replace.ts';
import { localLister } from './local-lister.ts';
import { localPath } from './local-path.ts';

/** All paths are absolute, or start where its relative paths start. Every method throws SftpError. */
export interface TreeTarget {
  readonly lister: Lister;
  readonly makeDirectory: (path: string, mode: number) => Promise<void>;
  readonly makeLink: (target: string, path: string) => Promise<void>;
  /** Of a directory. */
  readonly setAttributes: (path: string, attributes: FileAttributes) => Promise<void>;
  /** Never onto a name that is taken. */
  readonly rename: (from: string, to: string) => Promise<void>;
  /** What had the new name is replaced; in one step where that can be done. */
  readonly replace: (from: string, to: string) => Promise<void>;
  readonly remove: (path: string) => Promise<void>;
  readonly removeDirectory: (path: string) => Promise<void>;
  readonly removeTree: (path: string) => Promise<void>;
}

export function remoteTarget(client: SFTPClient): TreeTarget {
  return {
    lister: remoteLister(client),
    makeDirectory: async (path, mode) => await client.mkdir(path, mode),
    makeLink: async (target, path) => await client.symlink(target, path),
    setAttributes: async (path, attributes) => await client.setstat(path, attributes),
    rename: async (from, to) => await client.rename(from, to),
    replace: async (from, to) => await replace(client, from, to),
    remove: async (path) => await client.remove(path),
    removeDirectory: async (path) => await client.rmdir(path),
    removeTree: async (path) => ((await exists(client, path)) ? await client.rmtree(path) : undefined),
  };
}

export const localTarget: TreeTarget = {
  lister: localLister,
  makeDirectory: (path, mode) => local(path, async (name) => await mkdir(name, { mode }).then(() => {})),
  makeLink: (target, path) => local(path, async (name) => await symlink(localPath(target), name)),
  setAttributes: (path, { mode, atimeSeconds, mtimeSeconds }) =>
    local(path, async (name) => {
      if (mode !== undefined) await chmod(name, mode);
      if (mtimeSeconds !== undefined) await utimes(name, atimeSeconds ?? mtimeSeconds, mtimeSeconds);
    }),
  rename: (from, to) =>
    local(to, async (name) => {
      if (await isThere(name)) throw new SftpError('EEXIST', `${to} exists already`, { where: to, fix: 'Remove it, and copy again' });
      await rename(localPath(from), name);
    }),
  replace: (from, to) => local(to, async (name) => await rename(localPath(from), name)),
  remove: (path) => local(path, async (name) => await rm(name)),
  removeDirectory: (path) => local(path, async (name) => await rmdir(name)),
  removeTree: (path) => local(path, async (name) => await rm(name, { recursive: true, force: true })),
};

async function local(path: string, work: (name: string | Buffer) => Promise<void>): Promise<void> {
  try {
    await work(localPath(path));
  } catch (error) {
    throw localFault(error, path);
  }
}

async function isThere(name: string | Buffer): Promise<boolean> {
  try {
    await lstat(name);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}
