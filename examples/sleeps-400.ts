// What threads are for: 400 that wait take as long as one; four that compute take as long as one after another, but on worker threads
// they use the cores. (Rows B6, C35.)
//
// IO密集型 (mostly waiting), 计算密集型 (mostly computing)
import { isMain, ref, sleep, Thread, WorkerThread } from 'sshoal/runtime';

const LOOPS = 20_000_000;

/** 计算密集型 */
export function work(): void {
  let res = 1;
  for (let i = 0; i < LOOPS; i++) res = (res + i) | 0;
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
  await measure('1 loop', () => [new Thread({ target: work }).start()]);
  await measure('4 loops on threads', () => four.map(() => new Thread({ target: work }).start()));
  await measure('4 loops on worker threads', () => four.map(() => new WorkerThread({ target: ref(import.meta, 'work') }).start()));
}
