// Waiting for work no longer than a signal allows. It does not know what the work is, and cannot stop it.

/**
 * Waits for work, but not beyond an abort; others may go on to wait for it.
 *
 * @throws What the work throws; `signal.reason` on abort.
 */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work;
  signal.throwIfAborted();
  return await new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
