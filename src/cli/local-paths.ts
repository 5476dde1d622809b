// Which local file belongs to which host in put and get. It moves nothing.
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
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
    throw new UsageError('BAD_LOCAL_PATH', `${local} is a directory`, { where: file, fix: 'Put one file; pack a directory first: tar -c' });
  }
  if (found !== undefined) return file;
  throw new UsageError('BAD_LOCAL_PATH', `There is no file ${local}`, {
    where: file,
    fix: 'Check the path; it starts in the current directory',
  });
}

/**
 * Where get writes the file of each host; makes the directories.
 *
 * @param local - `{host}` stands for the host; a directory (or a trailing `/`) gets `<host>/<name of the remote file>` inside.
 * @returns Absolute paths by host.
 * @throws UsageError `BAD_LOCAL_PATH` when hosts would write the same file, or a host's name would lead out of the directory.
 */
export async function targetFiles(hosts: readonly string[], remote: string, local: string, cwd: string): Promise<Map<string, string>> {
  const perHost = await perHostPath(remote, local, cwd);
  const files = new Map(hosts.map((host) => [host, path.resolve(cwd, perHost.replaceAll('{host}', safeName(host)))]));
  if (new Set(files.values()).size < hosts.length) {
    throw new UsageError('BAD_LOCAL_PATH', `${hosts.length} hosts would all write ${local}`, {
      where: path.resolve(cwd, local),
      fix: `Write ${local}/ for a directory with one file for each host, or use {host} in the path`,
    });
  }
  for (const directory of new Set([...files.values()].map((file) => path.dirname(file)))) await mkdir(directory, { recursive: true });
  return files;
}

async function perHostPath(remote: string, local: string, cwd: string): Promise<string> {
  const isDirectory = /[/\\]$/.test(local) || (await statOf(path.resolve(cwd, local)))?.isDirectory() === true;
  if (!isDirectory) return local;
  const name = path.posix.basename(remote);
  if (name !== '' && !remote.endsWith('/') && name !== '..' && name !== '.')
    return local.includes('{host}') ? path.join(local, name) : path.join(local, '{host}', name);
  throw new UsageError('BAD_LOCAL_PATH', `${remote} is a directory`, {
    where: remote,
    fix: 'Get one file; pack a directory first: tar -c',
  });
}

/** The inventory names hosts freely; a name must not lead out of the directory it is meant for. */
function safeName(host: string): string {
  if (host !== '.' && host !== '..' && !/[/\\\0]/.test(host)) return host;
  throw new UsageError('BAD_LOCAL_PATH', `The host name \`${host}\` cannot be part of a path`, {
    where: host,
    fix: 'Rename the host in the inventory',
  });
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
