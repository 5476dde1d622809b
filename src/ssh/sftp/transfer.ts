// The bytes of one file from a source to a target, many pieces at once. It does not know which of the two is far away.
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { SftpError } from './errors.ts';
import { decodeName, encodeName } from './names.ts';

export interface FileTransferOptions {
  /** Permission bits of the new file, set before it has its name. Default: those of the source, without setuid, setgid and sticky. */
  readonly mode?: number | undefined;
  /** After every piece; the total is undefined where the source does not tell its size, as files of /proc. */
  readonly onProgress?: ((doneBytes: number, totalBytes: number | undefined) => void) | undefined;
  /** On abort nothing more is asked for, what is under way is waited for, and the temporary file is removed. */
  readonly signal?: AbortSignal | undefined;
}

export interface FileTransferResult {
  readonly bytes: number;
  readonly localPath: string;
  readonly remotePath: string;
}

/** The permission bits a copy takes over by itself: a setuid bit says whom to trust on the machine it came from, not here. */
export const PLAIN_MODE_BITS = 0o777;

/** No one but us may read a file before it has its final mode. */
export const TEMPORARY_MODE = 0o600;

interface Copy {
  /** For messages. */
  readonly source: string;
  /** 0: unknown, or empty; read to the end. */
  readonly totalBytes: number;
  readonly pieceBytes: number;
  /** @returns At most `length` bytes; none at the end. */
  readonly read: (offset: number, length: number) => Promise<Uint8Array>;
  readonly write: (data: Uint8Array, offset: number) => Promise<void>;
  readonly options: FileTransferOptions;
}

const IN_FLIGHT_BYTES = 4 * 1024 * 1024;
const MIN_LANES = 16;

/**
 * Copies in lanes, each of which takes the next piece when it is done with the last: at least 4 MiB are under way.
 *
 * On an error or abort no lane takes another piece, and all are waited for: nobody writes into a file that is closed already.
 *
 * @returns How many bytes the source had.
 * @throws SftpError SOURCE_CHANGED when the source ends early; `signal.reason`; whatever `read` and `write` throw.
 */
export async function copyPieces({ source, totalBytes, pieceBytes, read, write, options }: Copy): Promise<number> {
  const { onProgress, signal } = options;
  const failures: unknown[] = [];
  let next = 0;
  let done = 0;

  const copy = async (data: Uint8Array, offset: number): Promise<void> => {
    await write(data, offset);
    done += data.length;
    onProgress?.(done, totalBytes === 0 ? undefined : totalBytes);
  };
  const toEnd = async (): Promise<void> => {
    for (let data = await read(0, pieceBytes); data.length > 0; data = await read(done, pieceBytes)) {
      await copy(data, done);
      signal?.throwIfAborted();
    }
  };
  const lane = async (): Promise<void> => {
    while (next < totalBytes && failures.length === 0) {
      signal?.throwIfAborted();
      let offset = next;
      const end = Math.min(offset + pieceBytes, totalBytes);
      next = end;
      while (offset < end) {
        const data = await read(offset, end - offset);
        if (data.length === 0) throw sourceChanged(source, `it ended at ${offset} of ${totalBytes} bytes`);
        await copy(data, offset);
        offset += data.length;
      }
    }
  };
  const guarded = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      failures.push(error);
    }
  };

  const lanes = Math.min(Math.max(Math.ceil(IN_FLIGHT_BYTES / pieceBytes), MIN_LANES), Math.ceil(totalBytes / pieceBytes));
  signal?.throwIfAborted();
  await Promise.all(totalBytes === 0 ? [guarded(toEnd)] : Array.from({ length: lanes }, () => guarded(lane)));
  if (failures.length > 0) throw failures[0];
  return done;
}

/**
 * Does a transfer that `signal` may end: the session is hurried then, and whatever came of it, the reason of the abort is thrown.
 */
export async function abortable<T>(session: { hurry(): void }, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  signal?.throwIfAborted();
  const onAbort = (): void => session.hurry();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await work();
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

/** Size and last change of a source; what a side cannot tell is undefined. */
export interface Fingerprint {
  readonly size: number | undefined;
  readonly changed: number | undefined;
}

/** @throws SftpError SOURCE_CHANGED when the source is not what it was before. Files without a size, as in /proc, always are new. */
export function checkUnchanged(source: string, before: Fingerprint, after: Fingerprint, copiedBytes: number): void {
  if (after.size !== before.size) {
    if (before.size === 0 && after.size === copiedBytes) return;
    throw sourceChanged(source, `it had ${before.size} bytes before and ${after.size} after`);
  }
  if (before.size !== 0 && after.changed !== before.changed) throw sourceChanged(source, 'it was written to');
}

function sourceChanged(source: string, how: string): SftpError {
  return new SftpError('SOURCE_CHANGED', `${source} changed while it was copied: ${how}`, {
    where: source,
    fix: 'Copy it again when nobody writes to it, or copy a snapshot of it',
  });
}

/** `.<name>.<random>.part`, kept under the 255 bytes a name may have. */
export function temporaryName(name: string): string {
  return `.${decodeName(encodeName(name).subarray(0, 220))}.${randomBytes(6).toString('hex')}.part`;
}

/** A target that ends with `/` is the directory to put the file into, under the name it has at its source. */
export function targetPath(target: string, source: string): string {
  if (!target.endsWith('/')) return target;
  const name = path.posix.basename(source);
  if (name !== '' && name !== '.' && name !== '..') return `${target}${name}`;
  throw new SftpError('EISDIR', `${source} has no file name`, { where: source, fix: 'Name a file' });
}

export function isDirectory(where: string): SftpError {
  return new SftpError('EISDIR', `${where} is a directory`, {
    where,
    fix: 'Name a file; to put the file into a directory, end the target path with /',
  });
}

/** A pipe could block its reader for ever, a device never end. */
export function notRegular(where: string): SftpError {
  return new SftpError('EINVAL', `${where} is not a regular file`, { where, fix: 'Read it with a command instead: cat, dd' });
}
