// What the measurements of the runtime have done in worker threads and processes.
import { multiprocessing, ref, type shared } from 'sshoal/runtime';

/** About 100 bytes: what a host has answered. */
export const item = (id: number): object => ({ id, host: 'web01.example', rc: 0, out: 'x'.repeat(60) });

export const square = (n: number): number => n * n;

export function putShared(queue: shared.Queue<object>, count: number, batch: number): void {
  for (let i = 0; i < count; i += batch) {
    if (batch === 1) queue.putSync(item(i));
    else queue.putManySync(Array.from({ length: batch }, (_, j) => item(i + j)));
  }
}

export async function putRemote(queue: multiprocessing.Queue<object>, count: number, batch: number): Promise<void> {
  for (let i = 0; i < count; i += batch) {
    if (batch === 1) await queue.put(item(i));
    else await queue.putMany(Array.from({ length: batch }, (_, j) => item(i + j)));
  }
}

export async function spin(pids: multiprocessing.Queue<number>): Promise<void> {
  await pids.put(process.pid);
  await pids.joinThread();
  for (;;);
}

export async function startSpinning(pids: multiprocessing.Queue<number>): Promise<void> {
  await new multiprocessing.Process({ target: ref(import.meta, 'spin'), args: [pids] }).start().join();
}

/** Nanoseconds for each acquire and release. */
export async function lockPairs(lock: multiprocessing.Lock, answer: multiprocessing.Queue<number>, count: number): Promise<void> {
  for (let i = 0; i < 200; i++) (await lock.acquire())?.release();
  const started = performance.now();
  for (let i = 0; i < count; i++) (await lock.acquire())?.release();
  await answer.put(((performance.now() - started) * 1e6) / count);
}

export function holdShared(lock: shared.Lock, held: shared.Event): void {
  lock.acquireSync();
  held.set();
  for (;;);
}

export async function holdRemote(lock: multiprocessing.Lock, held: multiprocessing.Event): Promise<void> {
  await lock.acquire();
  await held.set();
  await new Promise(() => undefined);
}
