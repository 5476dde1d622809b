// Daemon threads: the program waits for every thread but these. (Rows A26, A27, B4.)
//
// 守护线程 (a guarding thread): 主线程的结束意味着整个进程的结束, so the main one waits for all that are no daemons (非守护线程).
import { isMain, sleep, Thread } from 'sshoal/runtime';

const SECOND = 100;

async function foo(): Promise<void> {
  console.log(123);
  await sleep(3 * SECOND);
  console.log('end123');
}

async function bar(): Promise<void> {
  console.log(456);
  await sleep(SECOND);
  console.log('end456');
}

async function slave(): Promise<void> {
  console.log('run thread...');
  await sleep(60 * SECOND);
  console.log('never said: the master is done long before');
}

if (isMain(import.meta)) {
  // Ten slaves serve a master that does not wait for them.
  for (let i = 0; i < 10; i++) new Thread({ target: slave, daemon: true }).start();
  await sleep(0);
  console.log('master is done...');

  const t1 = new Thread({ target: foo });
  const t2 = new Thread({ target: bar });
  t1.daemon = true;
  t1.start();
  t2.start();
  await sleep(0);
  console.log('main-------');
}
