// Waiting for the first of several things: connections with something to read, processes that end. It does not know what they are.
import type { Wait } from '../seam.ts';
import { checkTimeout } from '../waiters.ts';

/** What can be waited for: Connection, SocketConnection, Process, WorkerThread. */
export interface Waitable {
  /** Whether it is ready, within the time. */
  ready(options: Wait): Promise<boolean>;
}

/**
 * As CPython's `multiprocessing.connection.wait`.
 *
 * @returns Those that are ready; none when the time is over. A negative time is none.
 * @throws `signal.reason` on abort.
 */
export async function wait<T extends Waitable>(things: readonly T[], options: Wait = {}): Promise<T[]> {
  const timeoutMs = options.timeoutMs === undefined ? undefined : Math.max(0, options.timeoutMs);
  checkTimeout(timeoutMs);
  options.signal?.throwIfAborted();
  const ready = await readyAmong(things);
  if (ready.length > 0 || timeoutMs === 0 || things.length === 0) return ready;
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, options.signal]);
  const waits = things.map(async (thing) => await thing.ready({ timeoutMs, signal }));
  try {
    await Promise.race(waits);
  } finally {
    stop.abort();
    await Promise.allSettled(waits);
  }
  return await readyAmong(things);
}

async function readyAmong<T extends Waitable>(things: readonly T[]): Promise<T[]> {
  const answers = await Promise.all(things.map(async (thing) => await thing.ready({ timeoutMs: 0 })));
  return things.filter((_, index) => answers[index]);
}
