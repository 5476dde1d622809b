// Two streams joined both ways, each end of them carried over. It does not know what they are.
import net from 'node:net';
import type { Duplex } from 'node:stream';

// How long a peer that has been told that all is over may go on talking.
const LINGER_MS = 5_000;

/**
 * Carries bytes both ways until both streams are closed. Each direction ends by itself, so that an answer still comes after the end of
 * the question; neither runs ahead of its reader; what breaks on one side breaks the other.
 *
 * @param count - Told of every chunk: bytes from `near` to `far`, and back.
 * @returns What broke, if anything did.
 */
export async function relay(near: Duplex, far: Duplex, count: (sent: number, received: number) => void): Promise<Error | undefined> {
  let fault: Error | undefined;
  const end = async (stream: Duplex, other: Duplex): Promise<void> => {
    stream.once('error', (error) => {
      fault ??= error;
      cut(other);
    });
    if (!stream.closed) await new Promise<void>((resolve) => stream.once('close', resolve));
    if (!other.destroyed) letGo(other);
  };
  near.on('data', (chunk: Buffer) => count(chunk.length, 0));
  far.on('data', (chunk: Buffer) => count(0, chunk.length));
  const ends = [end(near, far), end(far, near)];
  near.pipe(far);
  far.pipe(near);
  await Promise.all(ends);
  return fault;
}

/**
 * Ends a stream in order: what is written still arrives, and what comes is dropped. Closing a socket at once would make the kernel send a
 * reset for unread bytes, which can overtake the last of the answer.
 */
export function letGo(stream: Duplex): void {
  stream.on('error', () => {});
  stream.end();
  stream.resume();
  const linger = (): void => {
    if (stream.closed) return;
    const timer = setTimeout(() => cut(stream), LINGER_MS);
    stream.once('close', () => clearTimeout(timer));
  };
  if (stream.writableFinished) linger();
  else stream.once('finish', linger);
}

/** Ends a stream at once, with a reset where there is such a thing, so that nobody takes half an answer for a whole one. */
export function cut(stream: Duplex): void {
  stream.on('error', () => {});
  // libuv refuses a reset while the end is on its way, and Node then never closes the socket (Node 20.20).
  const endIsSent = stream.writableEnded && stream.writableLength === 0;
  if (stream instanceof net.Socket && stream.localPort !== undefined && !endIsSent) stream.resetAndDestroy();
  else stream.destroy();
}
