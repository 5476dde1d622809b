// Pools of processes: few processes, many tasks. (Rows B19-B24, C49, D26, D27, D29, E1.)
import { availableParallelism } from 'node:os';
import { isMain, multiprocessing, ref, sleep } from 'sshoal/runtime';

const { Pool } = multiprocessing;

export async function foo(i: number): Promise<readonly [number, number]> {
  await sleep(20);
  return [i + 100, process.pid];
}

if (isMain(import.meta)) {
  const work = ref(import.meta, 'foo');
  console.log(`主进程 pid ${process.pid > 0}, ${availableParallelism()} cores`);

  console.log('-- apply: one after another');
  const serial = new Pool(2);
  for (let i = 0; i < 3; i++) console.log(`${(await serial.apply<[number, number]>(work, [i]))[0]}`);
  await serial.terminate();

  console.log('-- apply_async: side by side, with a callback in the main process');
  const pool = new Pool(4);
  const [values, pids, callbackPids] = [new Set<number>(), new Set<number>(), new Set<number>()];
  for (let i = 0; i < 12; i++) {
    pool.applyAsync<[number, number]>(work, [i], {
      callback: ([value, pid]) => {
        values.add(value);
        pids.add(pid);
        callbackPids.add(process.pid);
      },
    });
  }
  console.log('end: 等待所有子进程运行');
  await pool.join().catch((error: Error) => console.log(error.message));
  pool.close();
  await pool.join();
  console.log(`-->exec done: ${[...values].sort((a, b) => a - b).join(' ')}`);
  console.log(
    `12 tasks on ${pids.size} processes; callbacks in the main process: ${callbackPids.has(process.pid) && callbackPids.size === 1}`,
  );
  console.log('所有的进程都已经运行完毕');

  try {
    pool.applyAsync(work, [1]);
  } catch (error) {
    console.log((error as Error).message);
  }
}
