// Feeding a script what it reads, at its own pace. It does not know where the bytes come from, nor what carries them.
import type { Writable } from 'node:stream';
import { ScriptInputError } from './errors.ts';
import type { ScriptInput } from './seam.ts';

const CHUNK_BYTES = 64 * 1024;

/**
 * Writes all of the input, and then its end. A script need not read it: once it is over, the rest is dropped.
 *
 * @param over - Resolves when nobody reads any more, and never rejects.
 * @throws {@link ScriptInputError} when the source fails; the end has not been written then.
 */
export async function feed(input: ScriptInput, stdin: Writable, over: Promise<unknown>, address: string): Promise<void> {
  const chunks = (input instanceof Uint8Array ? slices(input) : input)[Symbol.asyncIterator]();
  let isOver = false;
  let wake = (_isOver?: undefined): void => {};
  const stop = (): void => {
    isOver = true;
    wake();
  };
  void over.then(stop);
  stdin.once('close', stop);
  const unlessOver = async <T>(begin: (take: (value: T) => void, fail: (error: unknown) => void) => void): Promise<T | undefined> =>
    await new Promise<T | undefined>((resolve, reject) => {
      wake = resolve;
      if (isOver) resolve(undefined);
      else begin(resolve, reject);
    });

  for (;;) {
    const next = await unlessOver<IteratorResult<Uint8Array>>((take, fail) => void chunks.next().then(take, fail)).catch(
      (error: unknown) => {
        throw new ScriptInputError(error, address);
      },
    );
    if (next === undefined) {
      // Not waited for: a source that has nothing to say for hours would hold the result back as long.
      chunks.return?.().catch(() => {});
      return;
    }
    if (next.done === true) break;
    if (!stdin.write(next.value)) await unlessOver((take) => stdin.once('drain', take));
  }
  stdin.end();
}

async function* slices(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  await Promise.resolve();
  for (let start = 0; start < bytes.byteLength; start += CHUNK_BYTES) yield bytes.subarray(start, start + CHUNK_BYTES);
}
