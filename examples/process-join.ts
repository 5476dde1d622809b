// Join: all together, or one after another. (Rows C3, C4, D5, D7.) 主 (the main program) comes last.
import { isMain, multiprocessing, ref, sleep } from 'sshoal/runtime';

const { Process } = multiprocessing;
const WORK_MS = 300;

export async function work(): Promise<void> {
  await sleep(WORK_MS);
}

async function measured(title: string, run: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await run();
  const ms = performance.now() - started;
  console.log(`${title}: ${ms.toFixed(0)} ms`);
  return ms;
}

if (isMain(import.meta)) {
  const make = (): multiprocessing.Process => new Process({ target: ref(import.meta, 'work') });

  const together = await measured('three started, then joined', async () => {
    const all = [make().start(), make().start(), make().start()];
    console.log('start() has returned: 主 goes on');
    for (const one of all) await one.join();
  });
  const serial = await measured('each joined before the next is started', async () => {
    for (const one of [make(), make(), make()]) await one.start().join();
  });

  console.log(`主: together is quicker: ${together < serial}`);
}
