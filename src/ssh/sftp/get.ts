// Fetches one file from the host: complete under its name, or not at all. It does not know how the client reaches the host.
import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { type FileAttributes, kindOf } from './attributes.ts';
import type { SFTPClient } from './client.ts';
import { localFault, SftpError } from './errors.ts';
import { receive } from './receive.ts';
import type { RemoteFile } from './remote-file.ts';
import { localSha256, remoteSha256 } from './remote-host.ts';
import {
  abortable,
  checkSame,
  checkUnchanged,
  type FileTransferOptions,
  type FileTransferResult,
  type Fingerprint,
  isDirectory,
  notRegular,
  PLAIN_MODE_BITS,
  resumeAt,
  TEMPORARY_MODE,
  targetPath,
  temporaryName,
  timed,
} from './transfer.ts';

// What an owner may do with a file of a server that tells no modes.
const UNTOLD_MODE = 0o600;

/**
 * Fetches one file: under a temporary name with mode 0600, then with its mode to its name in one step.
 *
 * @param localPath - The name of the file; or, ending with `/`, the directory to put it into. A link there is replaced, not followed.
 * @throws SftpError ENOENT, EACCES, EISDIR, ENOSPC, EIO with `where` the path on its side; SOURCE_CHANGED, SFTP_LOST, SFTP_PROTOCOL;
 *   `signal.reason` on abort. The old file is as it was then, and no temporary one is left.
 */
export async function get(
  client: SFTPClient,
  remotePath: string,
  localPath: string,
  options: FileTransferOptions = {},
): Promise<FileTransferResult> {
  return await abortable(client, options.signal, async () => {
    const target = targetPath(localPath.endsWith(path.sep) ? `${localPath.slice(0, -1)}/` : localPath, remotePath);
    // Before the open: opening a pipe would hold the server for ever.
    const seen = await client.stat(remotePath);
    if (kindOf(seen) === 'directory') throw isDirectory(remotePath);
    if (kindOf(seen) === 'special') throw notRegular(remotePath);
    await refuseDirectory(target);
    const source = await client.open(remotePath);
    const fetched = await closing(source, () => fetch(client, source, target, options));
    return { ...fetched, localPath: target, remotePath };
  });
}

type Fetched = Pick<FileTransferResult, 'bytes' | 'resumedBytes'>;

/** A close that fails after the work has failed says nothing new. */
async function closing<T>(file: RemoteFile, work: () => Promise<T>): Promise<T> {
  const [result] = await Promise.allSettled([work()]);
  const [closed] = await Promise.allSettled([file.close()]);
  if (result.status === 'rejected') throw result.reason;
  if (closed.status === 'rejected') throw closed.reason;
  return result.value;
}

async function refuseDirectory(target: string): Promise<void> {
  const attributes = await stat(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw localFault(error, target);
  });
  if (attributes?.isDirectory()) throw isDirectory(target);
}

async function fetch(client: SFTPClient, source: RemoteFile, target: string, options: FileTransferOptions): Promise<Fetched> {
  const { result: before, tookMs } = await timed(async () => await source.stat());
  const version = options.resume === true ? `${source.path} ${before.sizeBytes} ${before.mtimeSeconds}` : undefined;
  const temporary = path.join(path.dirname(target), temporaryName(path.basename(target), version));
  try {
    const file = await open(
      temporary,
      version === undefined ? 'wx+' : constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW,
      TEMPORARY_MODE,
    );
    try {
      const fetched = await fill(client, file, source, { before, roundTripMs: tookMs }, options);
      await file.close();
      options.signal?.throwIfAborted();
      await rename(temporary, target);
      return fetched;
    } catch (error) {
      await file.close();
      if (version === undefined || isWrong(error)) await rm(temporary, { force: true });
      throw error;
    }
  } catch (error) {
    throw localFault(error, target);
  }
}

/** What is no beginning of the file: to go on from there would lead nowhere. */
function isWrong(error: unknown): boolean {
  return error instanceof SftpError && (error.code === 'VERIFY_FAILED' || error.code === 'SOURCE_CHANGED');
}

async function fill(
  client: SFTPClient,
  file: FileHandle,
  source: RemoteFile,
  { before, roundTripMs }: { readonly before: FileAttributes; readonly roundTripMs: number },
  options: FileTransferOptions,
): Promise<Fetched> {
  const totalBytes = before.sizeBytes ?? 0;
  const fromByte = options.resume === true ? resumeAt((await file.stat()).size, totalBytes) : 0;
  const bytes = fromByte + (await receive(source, file, { totalBytes, fromByte, roundTripMs }, options));
  checkUnchanged(source.path, fingerprint(before), fingerprint(await source.stat()), bytes);
  if (options.resume === true) await file.truncate(bytes);
  if (options.verify === true) checkSame(source.path, await localSha256(file), await remoteSha256(client.host, source.path));
  await file.chmod(options.mode ?? (before.mode ?? UNTOLD_MODE) & PLAIN_MODE_BITS);
  if (options.preserveTimes === true && before.mtimeSeconds !== undefined)
    await file.utimes(before.atimeSeconds ?? before.mtimeSeconds, before.mtimeSeconds);
  return { bytes, resumedBytes: fromByte };
}

function fingerprint({ sizeBytes, mtimeSeconds }: FileAttributes): Fingerprint {
  return { size: sizeBytes, changed: mtimeSeconds };
}
