// A file of the host copied on the host, without its bytes coming here where the server can do that. It does not know why.
import { type FileAttributes, kindOf } from './attributes.ts';
import type { SFTPClient } from './client.ts';
import { SftpError, StatusError } from './errors.ts';
import { closeHandle, openHandle } from './handles.ts';
import { inLanes } from './lanes.ts';
import { exists } from './paths.ts';
import { replace } from './replace.ts';
import { allOf, ask } from './requests.ts';
import {
  abortable,
  checkUnchanged,
  isDirectory,
  notRegular,
  PLAIN_MODE_BITS,
  remoteTemporary,
  sourceChanged,
  TEMPORARY_MODE,
  targetPath,
} from './transfer.ts';
import { PACKET, STATUS, string, uint64 } from './wire.ts';

export interface RemoteCopyOptions {
  /** Permission bits of the new file. Default: those of the old one, without setuid, setgid and sticky. */
  readonly mode?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface RemoteCopyResult {
  readonly bytes: number;
  /** `server`: the bytes stayed on the host. `relayed`: they came here and went back, for the server has no copy-data. */
  readonly how: 'server' | 'relayed';
  readonly remotePath: string;
}

const COPY_DATA = 'copy-data';
// What one request copies: the server answers nothing else meanwhile, and one that is silent for a minute is given up.
const SLICE_BYTES = 64 * 1024 * 1024;
const PIECES_AT_ONCE = 16;

/**
 * Copies one file of the host: under a temporary name first, then to its name in one step, as `put` does.
 *
 * @param to - The name of the new file; or, ending with `/`, the directory to put it into.
 * @throws SftpError ENOENT, EACCES, EISDIR, ENOSPC, EINVAL on what is no regular file, SOURCE_CHANGED; `signal.reason` on abort.
 */
export async function copy(client: SFTPClient, from: string, to: string, options: RemoteCopyOptions = {}): Promise<RemoteCopyResult> {
  return await abortable(client, options.signal, async () => {
    const target = targetPath(to, from);
    // Before the open: opening a pipe would hold the server for ever.
    const before = await client.stat(from);
    if (kindOf(before) === 'directory') throw isDirectory(from);
    if (kindOf(before) === 'special') throw notRegular(from);
    if ((await exists(client, target)) && kindOf(await client.stat(target)) === 'directory') throw isDirectory(target);
    const temporary = remoteTemporary(target);
    try {
      const byServer = client.requests.session.extensions.has(COPY_DATA);
      const bytes = await (byServer ? copyThere : relay)(client, from, temporary, before, options.signal);
      const after = await client.stat(from);
      checkUnchanged(from, fingerprint(before), fingerprint(after), bytes);
      await client.chmod(temporary, options.mode ?? (before.mode ?? TEMPORARY_MODE) & PLAIN_MODE_BITS);
      options.signal?.throwIfAborted();
      await replace(client, temporary, target);
      return { bytes, how: byServer ? 'server' : 'relayed', remotePath: target };
    } catch (error) {
      await removeIfThere(client, temporary);
      throw error;
    }
  });
}

async function copyThere(
  { requests }: SFTPClient,
  from: string,
  to: string,
  { sizeBytes: total = 0 }: FileAttributes,
  signal: AbortSignal | undefined,
): Promise<number> {
  const source = await openHandle(requests, from, 'r');
  const target = await openHandle(requests, to, 'wx', TEMPORARY_MODE).catch(async (error: unknown) => {
    await closeHandle(requests, from, source);
    throw error;
  });
  try {
    for (let done = 0; done < total; done += SLICE_BYTES) {
      signal?.throwIfAborted();
      const bytes = Math.min(SLICE_BYTES, total - done);
      const fields = [string(COPY_DATA), source, uint64(done), uint64(bytes), target, uint64(done)];
      const attempt = { doing: 'write', path: to, bytes } as const;
      await ask(requests, attempt, PACKET.STATUS, PACKET.EXTENDED, ...fields).catch((error: unknown) => {
        const ended = error instanceof SftpError && error.cause instanceof StatusError && error.cause.status === STATUS.EOF;
        throw ended ? sourceChanged(from, `it ended before ${total} bytes`) : error;
      });
    }
  } finally {
    await allOf([closeHandle(requests, from, source), closeHandle(requests, to, target)]);
  }
  return total;
}

async function relay(
  client: SFTPClient,
  from: string,
  to: string,
  { sizeBytes: total = 0 }: FileAttributes,
  signal: AbortSignal | undefined,
): Promise<number> {
  const source = await client.open(from);
  const target = await client.open(to, 'wx', TEMPORARY_MODE).catch(async (error: unknown) => {
    await source.close();
    throw error;
  });
  const size = Math.min(source.readBytes, target.writeBytes);
  const offsets = Array.from({ length: Math.ceil(total / size) }, (_, piece) => piece * size);
  try {
    await inLanes(offsets, PIECES_AT_ONCE, async (offset) => {
      for (let at = offset, end = Math.min(offset + size, total); at < end; ) {
        signal?.throwIfAborted();
        const piece = await source.read(at, end - at);
        if (piece.length === 0) throw sourceChanged(from, `it ended at ${at} of ${total} bytes`);
        await target.write(piece, at);
        at += piece.length;
      }
    });
  } finally {
    await allOf([source.close(), target.close()]);
  }
  return total;
}

function fingerprint({ sizeBytes, mtimeSeconds }: FileAttributes) {
  return { size: sizeBytes, changed: mtimeSeconds };
}

/** After a failure: a file that never came about needs no removing, and a lost session cannot. */
async function removeIfThere(client: SFTPClient, file: string): Promise<void> {
  try {
    await client.remove(file);
  } catch (error) {
    if (!(error instanceof SftpError)) throw error;
  }
}
