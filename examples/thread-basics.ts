// Threads: begun by a function or by a class, waited for, counted and named; and that workers and processes look the same.
// (Rows A20-A25, B2, B3, C27-C29, E2.)
//
// 主 (main), 主线程 (the main thread), 串行 (one after another), 并行 (side by side)
import { isMain, multiprocessing, type QueueLike, queue, ref, shared, sleep, Thread, threading, WorkerThread } from 'sshoal/runtime';

const SECOND = 20;

async function test(name: string): Promise<void> {
  console.log(`${name} is running`);
  await sleep(3 * SECOND);
  console.log(`${name} is over`);
}

/** A thread by a class: what start() runs is run(). */
class MyClass extends Thread {
  constructor(name: string) {
    super();
    this.name = name;
  }

  override async run(): Promise<void> {
    await test(this.name);
  }
}

async function byFunction(): Promise<void> {
  console.log('-- a thread by a function');
  const thread = new Thread({ target: test, args: ['jason'] }).start();
  // A thread begins as soon as its starter awaits something.
  await sleep(0);
  console.log('主');
  await thread.join();
}

async function byClass(): Promise<void> {
  console.log('-- a thread by a class');
  const thread = new MyClass('jason').start();
  await sleep(0);
  console.log('主线程');
  await thread.join();
}

async function run(name: string, seconds: number): Promise<void> {
  console.log(`test... ${name}`);
  await sleep(seconds * SECOND);
  console.log(`test...done ${name}`);
}

async function joined(): Promise<void> {
  console.log('-- join waits for one thread, and only for that one');
  const t1 = new Thread({ target: run, args: ['t1', 2] }).start();
  const t2 = new Thread({ target: run, args: ['t2', 3] }).start();
  await t1.join();
  console.log('main thread');
  await t2.join();
}

async function serial(): Promise<void> {
  console.log('-- 串行: start and join, one after another');
  for (const name of ['t1', 't2', 't3']) await new Thread({ target: run, args: [name, 1] }).start().join();
}

async function parallel(): Promise<void> {
  console.log('-- 并行: start all, then join all');
  const threads = ['t1', 't2', 't3'].map((name) => new Thread({ target: run, args: [name, 1] }).start());
  for (const thread of threads) await thread.join();
}

async function named(): Promise<void> {
  console.log('-- who runs, and how many');
  const thread = new Thread({
    target: async () => {
      console.log(`inside: ${threading.currentThread().name}`);
      await sleep(SECOND);
    },
    name: 'Thread-7',
  }).start();
  await sleep(0);
  console.log(`outside: ${threading.currentThread().name}`);
  console.log(`active_count: ${threading.activeCount()}, with the main one`);
  await thread.join();
  console.log(`active_count: ${threading.activeCount()}`);
}

/** Tells in which process it runs. */
export async function whereAmI(answer: QueueLike<number>): Promise<void> {
  await answer.put(process.pid);
}

async function alike(): Promise<void> {
  console.log('-- thread, worker thread and process: the same words, and whose pid');
  const target = ref(import.meta, 'whereAmI');
  const [local, memory, broker] = [new queue.Queue<number>(), new shared.Queue<number>(), new multiprocessing.Queue<number>()];
  const units = [
    { unit: new Thread({ target: whereAmI, args: [local] }), answer: local },
    { unit: new WorkerThread({ target, args: [memory] }), answer: memory },
    { unit: new multiprocessing.Process({ target, args: [broker] }), answer: broker },
  ];
  for (const { unit, answer } of units) {
    unit.start();
    const pid = await answer.get();
    await unit.join();
    console.log(`${unit.constructor.name}: ${pid === process.pid ? 'the pid of the main thread' : 'a pid of its own'}`);
  }
}

if (isMain(import.meta)) {
  await byFunction();
  await byClass();
  await joined();
  await serial();
  await parallel();
  await named();
  await alike();
}
