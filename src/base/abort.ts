// Signals that end waiting: for work no longer than one allows, and several as one. It does not know what the work is, and cannot stop it.
import { setMaxListeners } from 'node:events';

/**
 * Waits for work, but not beyond an abort; others may go on to wait for it.
 *
 * @throws What the work throws; `signal.reason` on abort.
 */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work;
  signal.throwIfAborted();
  // As many may wait under one signal as there are hosts: that is no leak, and Node shall not call it one.
  setMaxListeners(0, signal);
  return await new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/**
 * Aborts with the first of several signals, until it is disposed of: `AbortSignal.any`, which costs twenty times as much and leaves
 * something behind in signals that live long.
 */
export class FirstAbort implements Disposable {
  readonly #controller = new AbortController();
  readonly #sources: readonly AbortSignal[];
  readonly #onAbort = (): void => this.#controller.abort(this.#sources.find(({ aborted }) => aborted)?.reason);

  constructor(...sources: readonly (AbortSignal | undefined)[]) {
    this.#sources = sources.filter((source) => source !== undefined);
    for (const source of this.#sources) source.addEventListener('abort', this.#onAbort, { once: true });
    if (this.#sources.some(({ aborted }) => aborted)) this.#onAbort();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    for (const source of this.#sources) source.removeEventListener('abort', this.#onAbort);
  }
}
