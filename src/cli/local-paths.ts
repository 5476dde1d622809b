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

/**
 * Where get writes the file of each host; makes the directories, unless it is a dry run.
 *
 * @param local - `{host}` stands for the host; a directory (or a trailing `/`) gets `<host>/<name of the remote file>` inside.
 * @param options.recursive - Whether a directory is fetched: one that has no name of its own, such as `/`, goes to `<host>`.
 * @returns Absolute paths by host.
 * @throws UsageError `BAD_LOCAL_PATH` when hosts would write the same file, or a host's name would lead out of the directory.
 */
export async function targetFiles(
  hosts: readonly string[],
  remote: string,
  local: string,
  cwd: string,
  { recursive = false, dryRun = false }: { readonly recursive?: boolean; readonly dryRun?: boolean } = {},
): Promise<Map<string, string>> {
  const perHost = await perHostPath(remote, local, cwd, recursive);
  const files = new Map(hosts.map((host) => [host, path.resolve(cwd, perHost.replaceAll('{host}', safeName(host)))]));
  if (new Set(files.values()).size < hosts.length) {
    throw new UsageError('BAD_LOCAL_PATH', `${hosts.length} hosts would all write ${local}`, {
      where: path.resolve(cwd, local),
      fix: `Write ${local}/ for a directory with one file for each host, or use {host} in the path`,
    });
  }
  if (dryRun) return files;
  for (const directory of new Set([...files.values()].map((file) => path.dirname(file)))) await mkdir(directory, { recursive: true });
  return files;
}

async function perHostPath(remote: string, local: string, cwd: string, recursive: boolean): Promise<string> {
  const isDirectory = /[/\\]$/.test(local) || (await statOf(path.resolve(cwd, local)))?.isDirectory() === true;
  if (!isDirectory) return local;
  const name = path.posix.basename(remote);
  const hasName = name !== '' && name !== '..' && name !== '.';
  const directory = local.includes('{host}') ? local : path.join(local, '{host}');
  if (recursive) return hasName ? path.join(directory, name) : directory.replace(/[/\\]$/, '');
  if (hasName && !remote.endsWith('/')) return path.join(directory, name);
  throw new UsageError('BAD_LOCAL_PATH', `${remote} is a directory`, {
    where: remote,
    fix: 'Add --recursive to fetch all of it',
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
