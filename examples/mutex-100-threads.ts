// A hundred threads take one each from a hundred: without a lock, with one, with join instead, with only the shared part locked.
// (Rows A29, A30, C30-C32, D41, D42.)
//
// 互斥锁 (mutual exclusion): 将并发变成串行 虽然降低了效率但是提升了数据的安全 (slower, and right)
import { isMain, type LockLike, multiprocessing, sleep, Thread, threading } from 'sshoal/runtime';

const THREADS = 100;
let n = THREADS;

/** Reads, thinks for a while, writes: whatever others wrote meanwhile is lost. */
async function takeOne(): Promise<void> {
  const temp = n;
  await sleep(2);
  n = temp - 1;
}

/** What needs no lock: nobody else sees it. */
async function prepare(): Promise<void> {
  await sleep(5);
}

async function all(work: () => Promise<void>): Promise<void> {
  const threads = Array.from({ length: THREADS }, () => new Thread({ target: work }).start());
  for (const thread of threads) await thread.join();
}

async function oneByOne(work: () => Promise<void>): Promise<void> {
  for (let i = 0; i < THREADS; i++) await new Thread({ target: work }).start().join();
}

async function measure(title: string, run: () => Promise<void>): Promise<void> {
  n = THREADS;
  const start = performance.now();
  await run();
  console.log(`${title}: run time ${Math.round(performance.now() - start)} ms, value ${n}`);
}

if (isMain(import.meta)) {
  const mutex = new threading.Lock();
  // Made for processes, and as good among threads.
  const between: LockLike = new multiprocessing.Lock();

  await measure('without a lock', async () => await all(takeOne));
  await measure('with mutex', async () => await all(async () => await mutex.withLock(takeOne)));
  await measure('with the mutex of processes', async () => await all(async () => await between.withLock(takeOne)));
  await measure('join instead of a lock', async () => {
    await oneByOne(async () => {
      await prepare();
      await takeOne();
    });
  });
  await measure('with only the shared part locked', async () => {
    await all(async () => {
      await prepare();
      await mutex.withLock(takeOne);
    });
  });
}
