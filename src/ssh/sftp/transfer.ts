// What sending and fetching a file have in common: how much at once, and under which names. It moves no bytes.
import { createHash, randomBytes } from 'node:crypto';
import path from 'node:path';
import { SftpError } from './errors.ts';
import { decodeName, encodeName } from './names.ts';

/** Waits until so many bytes may travel; it rejects with `signal.reason` on abort. */
export type Pace = (bytes: number, signal: AbortSignal | undefined) => Promise<void>;

/** SHA-256 of local files that are sent to many hosts: each is computed once. */
export type HashMemo = (version: string, compute: () => Promise<string>) => Promise<string>;

export interface FileTransferOptions {
  /** Permission bits of the new file, set before it has its name. Default: those of the source, without setuid, setgid and sticky. */
  readonly mode?: number | undefined;
  /** Whether the new file gets the times of the old one. Default: it is as new as it is. */
  readonly preserveTimes?: boolean | undefined;
  /**
   * Whether an attempt that broke off is continued, also by a later run: what had come stays under a temporary name that belongs to this
   * very version of the source. Default: every attempt begins anew, and leaves nothing.
   */
  readonly resume?: boolean | undefined;
  /** Compares the SHA-256 of both files before the new one gets its name: VERIFY_FAILED if they differ. Default: sizes and times. */
  readonly verify?: boolean | undefined;
  /** Asked before every piece. Default: as fast as the line is. */
  readonly pace?: Pace | undefined;
  /** For `verify`. Default: every transfer computes its own. */
  readonly hashes?: HashMemo | undefined;
  /** Whether blocks of zeros become holes. Default false. */
  readonly sparse?: boolean | undefined;
  /** After every piece; the total is undefined where the source does not tell its size, as files of /proc. */
  readonly onProgress?: ((doneBytes: number, totalBytes: number | undefined) => void) | undefined;
  /** On abort nothing more is asked for, what is under way is waited for, and the temporary file is removed. */
  readonly signal?: AbortSignal | undefined;
}

export interface FileTransferResult {
  /** The size of the file. */
  readonly bytes: number;
  /** How much of it was there from an attempt before. */
  readonly resumedBytes: number;
  readonly localPath: string;
  readonly remotePath: string;
}

/** The permission bits a copy takes over by itself: a setuid bit says whom to trust on the machine it came from, not here. */
export const PLAIN_MODE_BITS = 0o777;

/** No one but us may read a file before it has its final mode. */
export const TEMPORARY_MODE = 0o600;

const IN_FLIGHT_BYTES = 4 * 1024 * 1024;
const LONG_LINE_BYTES = 16 * 1024 * 1024;
const MIN_PIECES = 16;
/** What is kept on its way, for every millisecond that an answer takes: 400 MiB/s. */
const BYTES_PER_MS = 400 * 1024;

/** How many pieces are under way at once: 4 MiB on a short line, up to 16 MiB on a long one. */
export function piecesInFlight(pieceBytes: number, roundTripMs: number): number {
  const bytes = Math.min(Math.max(roundTripMs * BYTES_PER_MS, IN_FLIGHT_BYTES), LONG_LINE_BYTES);
  return Math.max(Math.ceil(bytes / pieceBytes), MIN_PIECES);
}

/** Does something, and says how long that took. */
export async function timed<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly tookMs: number }> {
  const startedMs = performance.now();
  const result = await work();
  return { result, tookMs: performance.now() - startedMs };
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

/** A source that became another one while it was read. */
export function sourceChanged(source: string, how: string): SftpError {
  return new SftpError('SOURCE_CHANGED', `${source} changed while it was copied: ${how}`, {
    where: source,
    fix: 'Copy it again when nobody writes to it, or copy a snapshot of it',
  });
}

/**
 * `.<name>.<random>.part`, kept under the 255 bytes a name may have.
 *
 * @param version - For an attempt that may be continued: the same source in the same state leads to the same name.
 */
export function temporaryName(name: string, version?: string): string {
  const mark = version === undefined ? randomBytes(6).toString('hex') : createHash('sha256').update(version).digest('hex').slice(0, 16);
  return `.${decodeName(encodeName(name).subarray(0, 220))}.${mark}.part`;
}

/** {@link temporaryName}, beside a file of the host. */
export function remoteTemporary(target: string, version?: string): string {
  return path.posix.join(path.posix.dirname(target), temporaryName(path.posix.basename(target), version));
}

// Pieces are written as they come: that much before the end of what is there may have holes.
const UNSURE_BYTES = 2 * LONG_LINE_BYTES;

/** Where to go on in a file that an earlier attempt left. */
export function resumeAt(presentBytes: number, totalBytes: number): number {
  return presentBytes > totalBytes ? 0 : Math.max(0, presentBytes - UNSURE_BYTES);
}

/** @throws SftpError VERIFY_FAILED. */
export function checkSame(where: string, here: string, there: string): void {
  if (here === there) return;
  throw new SftpError('VERIFY_FAILED', `${where} did not arrive as it was sent: its SHA-256 is ${there} there and ${here} here`, {
    where,
    fix: 'Send it again; if it happens again, look at the memory and the disk of both sides',
  });
}

const ZEROS = Buffer.alloc(256 * 1024);

/** Whether there is nothing but zeros. */
export function isHole(bytes: Buffer): boolean {
  return bytes[0] === 0 && bytes.length <= ZEROS.length && bytes.equals(ZEROS.subarray(0, bytes.length));
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
