// Waiting for many futures. It does not know who works on them.
import { TimeoutError, ValueError } from '../errors.ts';
import { Queue } from '../local/queue.ts';
import type { Wait } from '../seam.ts';
import { checkTimeout } from '../waiters.ts';
import type { Future } from './future.ts';

export const FIRST_COMPLETED = 'FIRST_COMPLETED';
export const FIRST_EXCEPTION = 'FIRST_EXCEPTION';
export const ALL_COMPLETED = 'ALL_COMPLETED';
export type ReturnWhen = typeof FIRST_COMPLETED | typeof FIRST_EXCEPTION | typeof ALL_COMPLETED;

export interface DoneAndNotDone<T> {
  readonly done: ReadonlySet<Future<T>>;
  readonly notDone: ReadonlySet<Future<T>>;
}

/**
 * As CPython's `concurrent.futures.wait`: until all have ended (default), the first has, or the first has failed.
 *
 * @throws ValueError on another `returnWhen`; `signal.reason` on abort. The time being over is no error.
 */
export async function wait<T>(
  futures: Iterable<Future<T>>,
  options: Wait & { readonly returnWhen?: ReturnWhen } = {},
): Promise<DoneAndNotDone<T>> {
  const { returnWhen = ALL_COMPLETED } = options;
  if (![FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED].includes(returnWhen))
    throw new ValueError(`Invalid return condition: '${String(returnWhen)}'`);
  const all = new Set(futures);
  const enough = async (): Promise<boolean> => {
    const done = [...all].filter((future) => future.done());
    if (done.length === all.size || (returnWhen === FIRST_COMPLETED && done.length > 0)) return true;
    return returnWhen === FIRST_EXCEPTION && (await failedAmong(done));
  };
  const endings = endingsOf(all);
  const deadline = deadlineOf(options);
  while (!(await enough())) {
    if ((await next(endings, deadline, options.signal)) === undefined) break;
  }
  const done = [...all].filter((future) => future.done());
  return { done: new Set(done), notDone: new Set([...all].filter((future) => !done.includes(future))) };
}

/**
 * As CPython's `as_completed`: the futures as they end, each once.
 *
 * @throws TimeoutError `2 (of 4) futures unfinished`; `signal.reason` on abort.
 */
export async function* asCompleted<T>(futures: Iterable<Future<T>>, options: Wait = {}): AsyncGenerator<Future<T>, void, undefined> {
  const all = new Set(futures);
  const endings = endingsOf(all);
  const deadline = deadlineOf(options);
  for (let left = all.size; left > 0; left--) {
    const future = await next(endings, deadline, options.signal);
    if (future === undefined) throw new TimeoutError(`${left} (of ${all.size}) futures unfinished`);
    yield future;
  }
}

async function failedAmong<T>(done: readonly Future<T>[]): Promise<boolean> {
  for (const future of done) if (!future.cancelled() && (await future.exception()) !== null) return true;
  return false;
}

/** Those that have ended, then the others as they do. */
function endingsOf<T>(futures: ReadonlySet<Future<T>>): Queue<Future<T>> {
  const endings = new Queue<Future<T>>();
  for (const future of futures) future.addDoneCallback(() => endings.putNowait(future));
  return endings;
}

function deadlineOf({ timeoutMs }: Wait): number {
  checkTimeout(timeoutMs);
  return timeoutMs === undefined ? Number.POSITIVE_INFINITY : performance.now() + timeoutMs;
}

async function next<T>(endings: Queue<Future<T>>, deadline: number, signal: AbortSignal | undefined): Promise<Future<T> | undefined> {
  const there = endings.tryGet();
  if (there !== undefined) return there;
  const timeoutMs = deadline === Number.POSITIVE_INFINITY ? undefined : Math.max(0, deadline - performance.now());
  return (await endings.ready({ timeoutMs, signal })) ? endings.tryGet() : undefined;
}
