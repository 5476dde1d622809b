// Both ends prove that they know the same key, and neither says it: HMAC-SHA-256 over a challenge, both ways, as CPython 3.12's
// multiprocessing.connection. It does not know what they talk about afterwards.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import { AuthenticationError, EOFError } from '../errors.ts';

const CHALLENGE_BYTES = 32;
const DIGEST_BYTES = 32;
const OK = 0x06;
const NO = 0x15;
/** A side that says nothing is no side. */
const DEADLINE_MS = 10_000;

export type Side = 'server' | 'client';

/**
 * @throws AuthenticationError `digest received was wrong` on the side that noticed, `digest sent was rejected` on the other; EOFError when
 * the other side hangs up or says nothing within 10 s.
 */
export async function authenticate(socket: Socket, key: Uint8Array, side: Side): Promise<void> {
  if (side === 'server') {
    await challenge(socket, key, 'server');
    await answer(socket, key, 'client');
  } else {
    await answer(socket, key, 'server');
    await challenge(socket, key, 'client');
  }
}

// The role is part of what is signed, so that a challenge cannot be sent back to its maker.
async function challenge(socket: Socket, key: Uint8Array, role: Side): Promise<void> {
  const message = randomBytes(CHALLENGE_BYTES);
  socket.write(message);
  const digest = await read(socket, DIGEST_BYTES);
  const right = timingSafeEqual(digest, sign(message, key, role));
  socket.write(Buffer.of(right ? OK : NO));
  if (!right) throw new AuthenticationError('digest received was wrong');
}

async function answer(socket: Socket, key: Uint8Array, role: Side): Promise<void> {
  const message = await read(socket, CHALLENGE_BYTES);
  socket.write(sign(message, key, role));
  const [verdict] = await read(socket, 1);
  if (verdict !== OK) throw new AuthenticationError('digest sent was rejected');
}

function sign(message: Buffer, key: Uint8Array, role: Side): Buffer {
  return createHmac('sha256', key).update(role).update(message).digest();
}

/** Exactly so many bytes; what follows stays in the socket. */
async function read(socket: Socket, bytes: number): Promise<Buffer> {
  const there = socket.read(bytes) as Buffer | null;
  if (there !== null && there.length === bytes) return there;
  return await new Promise<Buffer>((resolve, reject) => {
    const timer = setTimeout(() => settle(() => reject(new EOFError('The other side said nothing'))), DEADLINE_MS);
    const settle = (then: () => void): void => {
      clearTimeout(timer);
      socket.off('readable', onReadable).off('close', onClose);
      then();
    };
    const onClose = (): void => settle(() => reject(new EOFError()));
    const onReadable = (): void => {
      const data = socket.read(bytes) as Buffer | null;
      if (data !== null && data.length === bytes) settle(() => resolve(data));
      else if (data !== null || socket.readableEnded) onClose();
    };
    socket.on('readable', onReadable).on('close', onClose);
  });
}
