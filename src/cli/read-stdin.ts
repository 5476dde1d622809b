// All of stdin, to its end. It does not know what it is for.
import { addAbortSignal, Readable } from 'node:stream';
import type { Context } from './context.ts';

/** @throws The reason of the signal when the person leaves before the end. */
export async function readStdin({ stdin, signal }: Pick<Context, 'stdin' | 'signal'>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of addAbortSignal(signal, new Readable().wrap(stdin))) chunks.push(Buffer.from(chunk as string | Uint8Array));
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
  return Buffer.concat(chunks);
}
