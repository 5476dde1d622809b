// Files of the host from and to streams, paramiko's putfo and getfo. It does not know what is at the other end of the stream.
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { SFTPClient } from './client.ts';
import type { RemoteFile } from './remote-file.ts';
import { replace } from './replace.ts';
import { remoteTemporary, TEMPORARY_MODE } from './transfer.ts';

export interface StreamTransferOptions {
  /** Permission bits of a new file. Default 0o644. */
  readonly mode?: number | undefined;
  /** After every piece. */
  readonly onProgress?: ((doneBytes: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

// Pieces under way at once.
const IN_FLIGHT = 16;

/**
 * Sends what a stream brings: under a temporary name with mode 0600, then with its mode to its name in one step.
 *
 * @returns How many bytes it was.
 * @throws SftpError as `put`; what the stream throws; `signal.reason`. The old file is as it was then, and no temporary one is left.
 */
export async function putStream(
  client: SFTPClient,
  source: AsyncIterable<Uint8Array>,
  remotePath: string,
  { mode = 0o644, onProgress, signal }: StreamTransferOptions = {},
): Promise<number> {
  signal?.throwIfAborted();
  const temporary = remoteTemporary(remotePath);
  const file = await client.open(temporary, 'wx', TEMPORARY_MODE);
  try {
    const bytes = await pour(source, file, onProgress, signal);
    await file.setstat({ mode });
    await file.close();
    await replace(client, temporary, remotePath);
    return bytes;
  } catch (error) {
    await Promise.allSettled([file.close(), client.remove(temporary)]);
    throw error;
  }
}

async function pour(
  source: AsyncIterable<Uint8Array>,
  file: RemoteFile,
  onProgress: StreamTransferOptions['onProgress'],
  signal: AbortSignal | undefined,
): Promise<number> {
  const underWay = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const put = async (chunk: Uint8Array, at: number): Promise<void> => {
    await file.write(chunk, at);
    done += chunk.length;
    onProgress?.(done);
  };
  let offset = 0;
  let done = 0;
  try {
    for await (const chunk of source) {
      signal?.throwIfAborted();
      const writing = put(chunk, offset).catch((error: unknown) => void failures.push(error));
      offset += chunk.length;
      underWay.add(writing);
      void writing.then(() => underWay.delete(writing));
      if (underWay.size >= IN_FLIGHT) await Promise.race(underWay);
      if (failures.length > 0) break;
    }
  } finally {
    // Nobody writes into a file that is closed already.
    await Promise.all(underWay);
  }
  if (failures.length > 0) throw failures[0];
  return offset;
}

/**
 * Fetches a file into a stream, in order, and ends the stream.
 *
 * @returns How many bytes it was. @throws SftpError as `get`; what the stream throws; `signal.reason`.
 */
export async function getStream(
  client: SFTPClient,
  remotePath: string,
  target: Writable,
  options: StreamTransferOptions = {},
): Promise<number> {
  const { onProgress, signal } = options;
  const file = await client.open(remotePath);
  const failed = new AbortController();
  const onError = (error: Error): void => failed.abort(error);
  target.once('error', onError);
  try {
    const size = (await file.stat()).sizeBytes ?? 0;
    let done = 0;
    for await (const chunk of ahead(file, size)) {
      signal?.throwIfAborted();
      failed.signal.throwIfAborted();
      if (!target.write(chunk)) await once(target, 'drain', { signal: failed.signal }).catch(() => failed.signal.throwIfAborted());
      done += chunk.length;
      onProgress?.(done);
    }
    target.end();
    return done;
  } catch (error) {
    target.destroy(error as Error);
    throw error;
  } finally {
    target.removeListener('error', onError);
    await file.close();
  }
}

/** The pieces of a file in order, several of them asked for ahead; then whatever it has grown by. */
async function* ahead(file: RemoteFile, sizeBytes: number): AsyncGenerator<Buffer> {
  const piece = file.readBytes;
  const asked: { readonly offset: number; readonly data: Promise<Buffer> }[] = [];
  let next = 0;
  let at = 0;
  const ask = (): void => {
    const data = file.read(next, piece);
    // Whoever comes to it learns of a failure; the others behind it are given up.
    data.catch(() => {});
    asked.push({ offset: next, data });
    next += piece;
  };
  try {
    for (;;) {
      while (asked.length < IN_FLIGHT && (next < sizeBytes || asked.length === 0)) ask();
      const head = asked.shift();
      if (head === undefined) return;
      const data = head.offset === at ? await head.data : Buffer.alloc(0);
      if (head.offset === at && data.length === 0) return;
      if (data.length > 0) yield data;
      at += data.length;
      if (data.length === piece) continue;
      // Short: the end, or the server's own limit. What was asked for behind it does not follow any more.
      await Promise.allSettled(asked.map((one) => one.data));
      asked.length = 0;
      next = at;
    }
  } finally {
    await Promise.allSettled(asked.map((one) => one.data));
  }
}
