// What threads are for: 400 that wait take as long as one; four that compute take as long as one after another, but on worker threads
// they use the cores. (Rows B6, C35.)
//
// IO密集型 (mostly waiting), 计算密集型 (mostly computing)
import { isMain, ref, sleep, Thread, WorkerThread } from 'sshoal/runtime';

/** 计算密集型: adds for a part of a second. */
export function work(): number {
  let res = 1;
  for (let i = 0; i < 1_000; i++) res = add(res);
  return res;
}

function add(from: number): number {
  let res = from;
  for (let i = 0; i < 200_000; i++) res = (Math.imul(res, 31) + i) | 0;
  return res;
}

async function measure(title: string, start: () => { join(): Promise<void> }[]): Promise<void> {
  const begun = performance.now();
  for (const unit of start()) await unit.join();
  console.log(`${title}: ${Math.round(performance.now() - begun)} ms`);
}

if (isMain(import.meta)) {
  let slept = 0;
  await measure('400 threads that sleep 200 ms each', () =>
    Array.from({ length: 400 }, () => {
      const target = async (): Promise<void> => {
        await sleep(200);
        slept += 1;
      };
      return new Thread({ target }).start();
    }),
  );
  console.log(`slept: ${slept}`);

  const four = [1, 2, 3, 4];
  await measure('1 that computes', () => [new Thread({ target: work }).start()]);
  await measure('4 that compute, threads', () => four.map(() => new Thread({ target: work }).start()));
  await measure('4 that compute, worker threads', () => four.map(() => new WorkerThread({ target: ref(import.meta, 'work') }).start()));
}
