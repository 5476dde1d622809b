// Sends one file to the host: complete under its name, or not at all. It does not know how the client reaches the host.
import { type FileHandle, open, stat } from 'node:fs/promises';
import path from 'node:path';
import { kindOf } from './attributes.ts';
import type { SFTPClient } from './client.ts';
import { localFault, SftpError } from './errors.ts';
import type { RemoteFile } from './remote-file.ts';
import { send } from './send.ts';
import {
  abortable,
  checkUnchanged,
  type FileTransferOptions,
  type FileTransferResult,
  isDirectory,
  notRegular,
  PLAIN_MODE_BITS,
  TEMPORARY_MODE,
  targetPath,
  temporaryName,
  timed,
} from './transfer.ts';

/**
 * Sends one file: under a temporary name with mode 0600, then with its mode to its name in one step.
 *
 * @param remotePath - The name of the file; or, ending with `/`, the directory to put it into. A link there is replaced, not followed.
 * @throws SftpError ENOENT, EACCES, EISDIR, ENOSPC, EIO with `where` the path on its side; SOURCE_CHANGED, SFTP_LOST, SFTP_PROTOCOL;
 *   `signal.reason` on abort. The old file is as it was then, and no temporary one is left unless the error says so.
 */
export async function put(
  client: SFTPClient,
  localPath: string,
  remotePath: string,
  options: FileTransferOptions = {},
): Promise<FileTransferResult> {
  return await abortable(client, options.signal, async () => {
    const target = targetPath(remotePath, localPath.replaceAll(path.sep, '/'));
    const source = await openSource(localPath);
    try {
      await refuseDirectory(client, target);
      return { bytes: await upload(client, source, localPath, target, options), localPath, remotePath: target };
    } finally {
      await source.close();
    }
  });
}

async function openSource(localPath: string): Promise<FileHandle> {
  try {
    // Before the open: a pipe without a writer would hold it, and a thread, for ever.
    const attributes = await stat(localPath);
    if (attributes.isDirectory()) throw isDirectory(localPath);
    if (!attributes.isFile()) throw notRegular(localPath);
    return await open(localPath, 'r');
  } catch (error) {
    throw localFault(error, localPath);
  }
}

async function refuseDirectory(client: SFTPClient, target: string): Promise<void> {
  try {
    if (kindOf(await client.stat(target)) !== 'directory') return;
  } catch (error) {
    // Not there, or not to be seen: making the temporary file will tell.
    if (error instanceof SftpError && error.code !== 'SFTP_LOST' && error.code !== 'SFTP_PROTOCOL') return;
    throw error;
  }
  throw isDirectory(target);
}

async function upload(
  client: SFTPClient,
  source: FileHandle,
  localPath: string,
  target: string,
  options: FileTransferOptions,
): Promise<number> {
  const temporary = path.posix.join(path.posix.dirname(target), temporaryName(path.posix.basename(target)));
  const file = await client.open(temporary, 'wx', TEMPORARY_MODE).catch((error: unknown) => {
    throw aboutTarget(error, temporary, target);
  });
  let open = true;
  try {
    const bytes = await fill(file, source, localPath, options);
    open = false;
    await file.close();
    options.signal?.throwIfAborted();
    await replace(client, temporary, target);
    return bytes;
  } catch (error) {
    throw await withoutTemporary(client, open ? file : undefined, temporary, aboutTarget(localFault(error, localPath), temporary, target));
  }
}

async function fill(file: RemoteFile, source: FileHandle, localPath: string, options: FileTransferOptions): Promise<number> {
  const before = await source.stat();
  const { tookMs } = await timed(async () => await file.stat());
  const bytes = await send({ file: source, path: localPath, totalBytes: before.size, fromByte: 0 }, [file], tookMs, options);
  const after = await source.stat();
  checkUnchanged(localPath, { size: before.size, changed: before.mtimeMs }, { size: after.size, changed: after.mtimeMs }, bytes);
  await file.setstat({ mode: options.mode ?? before.mode & PLAIN_MODE_BITS });
  return bytes;
}

/** In one step where the server can; else the target is gone for a moment, which version 3 has no way round. */
async function replace(client: SFTPClient, temporary: string, target: string): Promise<void> {
  if (client.canReplace) return await client.posixRename(temporary, target);
  try {
    await client.remove(target);
  } catch (error) {
    if (!(error instanceof SftpError) || error.code !== 'ENOENT') throw error;
  }
  await client.rename(temporary, target);
}

/** The same error about the file that was meant: a name that differs from host to host tells nobody anything. */
function aboutTarget(error: unknown, temporary: string, target: string): unknown {
  if (!(error instanceof SftpError)) return error;
  const meant = (text: string): string => text.replaceAll(temporary, target);
  const where = typeof error.where === 'string' ? meant(error.where) : error.where;
  return new SftpError(error.code, meant(error.message), { where, fix: error.fix, cause: error });
}

/** @returns The error to throw: the given one, or, where the temporary file could not be removed, one that names it. */
async function withoutTemporary(client: SFTPClient, file: RemoteFile | undefined, temporary: string, error: unknown): Promise<unknown> {
  const [, removed] = await Promise.allSettled([file?.close(), client.remove(temporary)]);
  if (removed.status === 'fulfilled' || !(error instanceof SftpError)) return error;
  const fix = `${error.fix ?? 'Try again'}. A temporary file may be left on the host: ${temporary}`;
  return new SftpError(error.code, error.message, { where: error.where, fix, cause: error });
}
