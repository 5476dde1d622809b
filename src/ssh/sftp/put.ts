// Sends one file to the host: complete under its name, or not at all. It does not know how the client reaches the host.
import type { Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import path from 'node:path';
import { kindOf } from './attributes.ts';
import type { SFTPClient } from './client.ts';
import { localFault, SftpError } from './errors.ts';
import { moreLines } from './more-lines.ts';
import type { RemoteFile } from './remote-file.ts';
import { localSha256, remoteSha256 } from './remote-host.ts';
import { replace } from './replace.ts';
import { send } from './send.ts';
import {
  abortable,
  checkSame,
  checkUnchanged,
  type FileTransferOptions,
  type FileTransferResult,
  isDirectory,
  notRegular,
  PLAIN_MODE_BITS,
  remoteTemporary,
  resumeAt,
  TEMPORARY_MODE,
  targetPath,
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
      return { ...(await upload(client, source, localPath, target, options)), localPath, remotePath: target };
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

type Sent = Pick<FileTransferResult, 'bytes' | 'resumedBytes'>;

async function upload(
  client: SFTPClient,
  source: FileHandle,
  localPath: string,
  target: string,
  options: FileTransferOptions,
): Promise<Sent> {
  const before = await source.stat();
  const version = options.resume === true ? `${localPath} ${before.size} ${before.mtimeMs}` : undefined;
  const temporary = remoteTemporary(target, version);
  const file = await openTemporary(client, temporary, version !== undefined).catch((error: unknown) => {
    throw aboutTarget(error, temporary, target);
  });
  let open = true;
  try {
    const sent = await fill(client, file, source, { localPath, before }, options);
    open = false;
    await file.close();
    options.signal?.throwIfAborted();
    await replace(client, temporary, target);
    return sent;
  } catch (error) {
    const told = aboutTarget(localFault(error, localPath), temporary, target);
    // What may be continued stays, unless it is no beginning of the file.
    const keeps =
      version !== undefined && !(error instanceof SftpError && (error.code === 'VERIFY_FAILED' || error.code === 'SOURCE_CHANGED'));
    if (!keeps) throw await withoutTemporary(client, open ? file : undefined, temporary, told);
    if (open) await Promise.allSettled([file.close()]);
    throw told;
  }
}

/** @param mayExist - Whether what an earlier attempt left is continued. */
export async function openTemporary(client: SFTPClient, temporary: string, mayExist: boolean): Promise<RemoteFile> {
  try {
    return await client.open(temporary, 'wx', TEMPORARY_MODE);
  } catch (error) {
    // Only a plain file of our own making: a link there would lead elsewhere.
    if (!mayExist || !(error instanceof SftpError) || error.code !== 'EEXIST') throw error;
    if (kindOf(await client.lstat(temporary)) !== 'file') throw error;
    return await client.open(temporary, 'r+');
  }
}

async function fill(
  client: SFTPClient,
  file: RemoteFile,
  source: FileHandle,
  { localPath, before }: { readonly localPath: string; readonly before: Stats },
  options: FileTransferOptions,
): Promise<Sent> {
  const { result: present, tookMs } = await timed(async () => await file.stat());
  const fromByte = options.resume === true ? resumeAt(present.sizeBytes ?? 0, before.size) : 0;
  const lines = await moreLines(client, file.path, before.size - fromByte, tookMs);
  try {
    const targets = [file, ...lines.map((line) => line.file)] as const;
    const bytes = fromByte + (await send({ file: source, path: localPath, totalBytes: before.size, fromByte }, targets, tookMs, options));
    const after = await source.stat();
    checkUnchanged(localPath, { size: before.size, changed: before.mtimeMs }, { size: after.size, changed: after.mtimeMs }, bytes);
    if (options.resume === true || options.sparse === true) await file.setstat({ sizeBytes: bytes });
    if (options.verify === true) {
      const compute = async (): Promise<string> => await localSha256(source);
      const here = await (options.hashes?.(`${localPath} ${before.ino} ${before.size} ${before.mtimeMs}`, compute) ?? compute());
      checkSame(localPath, here, await remoteSha256(client.host, file.path));
    }
    const times =
      options.preserveTimes === true
        ? { atimeSeconds: Math.floor(before.atimeMs / 1_000), mtimeSeconds: Math.floor(before.mtimeMs / 1_000) }
        : {};
    await file.setstat({ mode: options.mode ?? before.mode & PLAIN_MODE_BITS, ...times });
    return { bytes, resumedBytes: fromByte };
  } finally {
    await Promise.all(lines.map(async (line) => await line.close()));
  }
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
