// Who sees a changed variable: a thread does; a worker thread and a process do not, unless it lies in shared memory.
// (Rows A18, A28, D12, D13, E3.)
//
// 进程间数据默认是隔离的 但是同一个进程内的多个线程数据是共享的 (processes keep their data apart; threads of one process share it)
import { isMain, multiprocessing, ref, shared, Thread, WorkerThread } from 'sshoal/runtime';

let money = 100;

export function test(): void {
  money = 999;
}

export function testShared(value: shared.Value): void {
  value.value = 999;
}

/** Says what a new isolate begins with: what its module says, not what the starter made of it. */
export function show(who: string): void {
  console.log(`${who} begins with money = ${money}`);
}

if (isMain(import.meta)) {
  await new Thread({ target: test }).start().join();
  console.log(`changed by a thread: ${money}`);

  money = 100;
  await new WorkerThread({ target: ref(import.meta, 'test') }).start().join();
  console.log(`changed by a worker thread: ${money}`);
  await new multiprocessing.Process({ target: ref(import.meta, 'test') }).start().join();
  console.log(`changed by a process: ${money}`);

  const value = new shared.Value('i32', money);
  await new WorkerThread({ target: ref(import.meta, 'testShared'), args: [value] }).start().join();
  console.log(`changed by a worker thread, in shared memory: ${value.value}`);

  money = 5;
  console.log(`the main thread goes on with money = ${money}`);
  await new Thread({ target: show, args: ['a thread'] }).start().join();
  await new WorkerThread({ target: ref(import.meta, 'show'), args: ['a worker thread'] }).start().join();
  await new multiprocessing.Process({ target: ref(import.meta, 'show'), args: ['a process'] }).start().join();
}
