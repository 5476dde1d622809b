// A semaphore: twenty threads, five places. (Rows C37, D44.)
//
// 上厕所 (goes to the toilet): 每次有一个线程获得信号量时,计数器-1 (each who gets in counts down by one; at 0 the others wait)
import { isMain, sleep, Thread, threading } from 'sshoal/runtime';

const SECOND = 20;

if (isMain(import.meta)) {
  const sm = new threading.Semaphore(5);
  let [inside, most] = [0, 0];

  const work = async (): Promise<void> => {
    using _place = await sm.acquire();
    inside += 1;
    most = Math.max(most, inside);
    console.log(`${threading.currentThread().name} 上厕所`);
    await sleep((1 + Math.floor(Math.random() * 3)) * SECOND);
    inside -= 1;
  };
  const threads = Array.from({ length: 20 }, (_, i) => new Thread({ target: work, name: `Thread-${i + 1}` }).start());

  await sleep(0);
  console.log(`free: ${sm.value}, waiting: ${sm.waiting}`);
  for (const thread of threads) await thread.join();
  console.log(`free: ${sm.value}, waiting: ${sm.waiting}, most at once: ${most}`);
}
