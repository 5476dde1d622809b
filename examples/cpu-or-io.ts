// What computes wants cores, what waits wants threads: the same work four ways. (Rows A19, B6, C33-C35, D65.)
import { futures, isMain, ref, sleep, Thread } from 'sshoal/runtime';

const ROUNDS = 30_000_000;

/** Computes. */
export function count(rounds: number): number {
  let sum = 0;
  for (let i = 0; i < rounds; i++) sum = (sum + i) | 0;
  return sum;
}

/** Waits. */
export async function wait(): Promise<void> {
  await sleep(100);
}

async function measured(title: string, run: () => Promise<void>): Promise<void> {
  const started = performance.now();
  await run();
  console.log(`${title.padEnd(40)} ${(performance.now() - started).toFixed(0).padStart(6)} ms`);
}

async function inThreads(target: (...args: never[]) => unknown, args: readonly unknown[], times: number): Promise<void> {
  const threads = Array.from({ length: times }, () => new Thread({ target, args }).start());
  for (const thread of threads) await thread.join();
}

async function onCores(
  pool: futures.WorkerPoolExecutor | futures.ProcessPoolExecutor,
  name: string,
  args: readonly unknown[],
  times: number,
): Promise<void> {
  await Promise.all(Array.from({ length: times }, async () => await pool.submit(ref(import.meta, name), ...args).result()));
}

if (isMain(import.meta)) {
  await using workers = new futures.WorkerPoolExecutor();
  await using processes = new futures.ProcessPoolExecutor();
  // Started before the clock is: what a thread or process costs to start is another question.
  await onCores(workers, 'count', [1], 4);
  await onCores(processes, 'count', [1], 4);

  await measured('compute 4 times, one after another', async () => {
    for (let i = 0; i < 4; i++) count(ROUNDS);
  });
  await measured('compute 4 times, in threads', async () => await inThreads(count, [ROUNDS], 4));
  await measured('compute 4 times, in worker threads', async () => await onCores(workers, 'count', [ROUNDS], 4));
  await measured('compute 4 times, in processes', async () => await onCores(processes, 'count', [ROUNDS], 4));
  await measured('wait 400 times 100 ms, in threads', async () => await inThreads(wait, [], 400));
  await measured('wait 40 times 100 ms, in processes', async () => await onCores(processes, 'wait', [], 40));
}
