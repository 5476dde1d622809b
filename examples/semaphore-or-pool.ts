// A semaphore or a pool: the one limits how many are inside at once, the other how many there are at all. (Row D45.)
//
// 进程池控制开启进程的数量,而信号量控制进程访问某一资源的个数
import { futures, isMain, multiprocessing, type QueueLike, ref, type SemaphoreLike, sleep } from 'sshoal/runtime';

const TASKS = 10;
const LIMIT = 4;

async function toilet(): Promise<void> {
  console.log(`进程${process.pid}正在上厕所`);
  await sleep(30 + Math.random() * 30);
  console.log(`进程${process.pid}上完厕所了`);
}

export async function withSemaphore(sem: SemaphoreLike, pids: QueueLike<number>): Promise<void> {
  await sem.withPermit(toilet);
  await pids.put(process.pid);
}

export async function inPool(): Promise<number> {
  await toilet();
  return process.pid;
}

if (isMain(import.meta)) {
  console.log(`-- semaphore(${LIMIT})`);
  const [sem, pids] = [new multiprocessing.Semaphore(LIMIT), new multiprocessing.Queue<number>()];
  const target = ref(import.meta, 'withSemaphore');
  const processes = Array.from({ length: TASKS }, () => new multiprocessing.Process({ target, args: [sem, pids] }).start());
  const seen = new Set<number>();
  for (let i = 0; i < TASKS; i++) seen.add(await pids.get());
  for (const process of processes) await process.join();
  console.log(`-- semaphore(${LIMIT}): ${TASKS} tasks by ${seen.size} processes`);

  console.log(`-- pool(${LIMIT})`);
  await using pool = new futures.ProcessPoolExecutor({ maxWorkers: LIMIT });
  const tasks = Array.from({ length: TASKS }, () => pool.submit<number>(ref(import.meta, 'inPool')));
  const workers = new Set<number>();
  for (const task of tasks) workers.add(await task.result());
  console.log(`-- pool(${LIMIT}): ${TASKS} tasks by ${workers.size} processes`);
}
