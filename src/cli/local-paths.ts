// Which local file belongs to which host in put and get. It moves nothing.
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Host } from '../inventory/host.ts';
import { UsageError } from './errors.ts';

/**
 * The file that put sends.
 *
 * @returns Its absolute path.
 * @throws UsageError `BAD_LOCAL_PATH` when there is none, or it is not a file.
 */
export async function sourceFile(local: string, cwd: string): Promise<string> {
  const file = path.resolve(cwd, local);
  const found = await statOf(file);
  if (found?.isDirectory() === true) {
    throw new UsageError('BAD_LOCAL_PATH', `${local} is a directory`, { where: file, fix: 'Add --recursive to send all of it' });
  }
  if (found !== undefined) return file;
  throw new UsageError('BAD_LOCAL_PATH', `There is no file ${local}`, {
    where: file,
    fix: 'Check the path; it starts in the current directory',
  });
}

/** The directory that put sends. @returns Its absolute path. @throws UsageError `BAD_LOCAL_PATH` when it is none. */
export async function sourceDirectory(local: string, cwd: string): Promise<string> {
  const directory = path.resolve(cwd, local);
  if ((await statOf(directory))?.isDirectory() === true) return directory;
  throw new UsageError('BAD_LOCAL_PATH', `There is no directory ${local}`, {
    where: directory,
    fix: 'Check the path; leave --recursive out to send a file',
  });
}

export interface PathOptions {
  readonly cwd: string;
  /** For `{date}`. */
  readonly now: number;
  /** Whether a directory is fetched: one that has no name of its own, such as `/`, goes to `<host>`. Default false. */
  readonly recursive?: boolean | undefined;
}

/**
 * Where get writes the file of each host. It makes nothing.
 *
 * @param local - `{host}`, `{address}` and `{date}` stand for those of the host and the day. A directory (or a trailing `/`), or any path
 *   without a host in it where there are several, gets `<host>/<name of the remote file>` inside.
 * @returns Absolute paths by host.
 * @throws UsageError `BAD_LOCAL_PATH` when hosts would write the same file, or a file is where a directory must be.
 */
export async function targetFiles(
  hosts: readonly Pick<Host, 'name' | 'vars'>[],
  remote: string,
  local: string,
  { cwd, now, recursive = false }: PathOptions,
): Promise<Map<string, string>> {
  const perHost = await perHostPath(remote, local, { cwd, now, recursive }, hosts.length > 1);
  const files = new Map(hosts.map((host) => [host.name, path.resolve(cwd, filled(perHost, host, now))]));
  refuseCollisions(files, local);
  return files;
}

/** Makes the directories that the files go into. */
export async function makeRoom(files: ReadonlyMap<string, string>): Promise<void> {
  for (const directory of new Set([...files.values()].map((file) => path.dirname(file)))) await mkdir(directory, { recursive: true });
}

async function perHostPath(remote: string, local: string, { cwd, recursive }: PathOptions, isForMany: boolean): Promise<string> {
  const found = await statOf(path.resolve(cwd, local));
  const isDirectory = /[/\\]$/.test(local) || found?.isDirectory() === true;
  const namesHost = /\{(host|address)\}/.test(local);
  if (!isDirectory && (namesHost || !isForMany)) return local;
  if (!isDirectory && found !== undefined) {
    throw new UsageError('BAD_LOCAL_PATH', `${local} is a file, and several hosts would write it`, {
      where: path.resolve(cwd, local),
      fix: 'Name a directory, or use {host} in the path',
    });
  }
  const name = path.posix.basename(remote);
  const hasName = name !== '' && name !== '..' && name !== '.';
  const directory = namesHost ? local : path.join(local, '{host}');
  if (recursive) return hasName ? path.join(directory, name) : directory.replace(/[/\\]$/, '');
  if (hasName && !remote.endsWith('/')) return path.join(directory, name);
  throw new UsageError('BAD_LOCAL_PATH', `${remote} is a directory`, {
    where: remote,
    fix: 'Add --recursive to fetch all of it',
  });
}

function filled(perHost: string, { name, vars }: Pick<Host, 'name' | 'vars'>, now: number): string {
  const address = vars.get('ansible_host') ?? vars.get('ansible_ssh_host') ?? name;
  const values: Readonly<Record<string, string>> = {
    host: safeName(name),
    address: safeName(typeof address === 'string' ? address : name),
    date: new Date(now).toISOString().slice(0, 10),
  };
  return perHost.replaceAll(/\{(host|address|date)\}/g, (_whole, word: string) => values[word] ?? '');
}

/** A file system without upper case, or one that cannot hold two names that differ in it only, may have both hosts write one file. */
function refuseCollisions(files: ReadonlyMap<string, string>, local: string): void {
  const owners = new Map<string, string>();
  for (const [host, file] of files) {
    const key = process.platform === 'linux' ? file : file.toLowerCase();
    const owner = owners.get(key);
    if (owner !== undefined) {
      throw new UsageError('BAD_LOCAL_PATH', `${owner} and ${host} would both write ${file}`, {
        where: local,
        fix: 'Use {host} in the path',
      });
    }
    owners.set(key, host);
  }
}

/** The inventory names hosts freely: a name becomes one name in a directory, and different ones stay different. */
function safeName(host: string): string {
  if (host === '.' || host === '..') return host.replaceAll('.', '%2E');
  const unsafe = process.platform === 'win32' ? /[/\\%<>:"|?*\p{Cc}]/gu : /[/\\%\p{Cc}]/gu;
  return host.replaceAll(unsafe, (character) => `%${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(2, '0')}`);
}

async function statOf(file: string): Promise<Awaited<ReturnType<typeof stat>> | undefined> {
  try {
    return await stat(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new UsageError('BAD_LOCAL_PATH', `${file} cannot be looked at: ${(error as Error).message}`, {
      where: file,
      fix: 'Check its permissions',
      cause: error,
    });
  }
}
