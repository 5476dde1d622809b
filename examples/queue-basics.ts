// A queue: put, get, full, empty, and why to ask before you act is no good among many. (Rows A10-A13, D21, E17-E21.)
//
// 超出范围原地等待 直到有空缺位置 (waits for room), 没有数据之后原地等待直到有数据为止 (waits for an item), 没有数据立刻报错 (fails at once)
import { isMain, queue, sleep, Thread } from 'sshoal/runtime';

/** What was thrown, or that nothing was. */
async function attempt(work: () => unknown): Promise<string> {
  try {
    await work();
    return 'done';
  } catch (error) {
    return (error as Error).name;
  }
}

async function fiveAtMost(): Promise<void> {
  console.log('-- Queue(5)');
  const q = new queue.Queue<number>(5);
  await q.put(111);
  await q.put(222);
  console.log(`full: ${q.full()}`);
  for (const item of [333, 444, 555]) await q.put(item);
  console.log(`full: ${q.full()}, qsize: ${q.qsize()}`);
  console.log(`put_nowait: ${await attempt(() => q.putNowait(666))}`);
  console.log(`put within 10 ms: ${await attempt(async () => await q.put(666, { timeoutMs: 10 }))}`);

  // 原地等待: it waits where it stands, until somebody takes one.
  const sixth = new Thread({
    target: async () => {
      await q.put(666);
      console.log('the sixth is in');
    },
  }).start();
  await sleep(0);
  console.log('the sixth waits');
  console.log(await q.get());
  await sixth.join();
  while (!q.empty()) console.log(await q.get());
  console.log(`get_nowait: ${await attempt(() => q.getNowait())}`);
  console.log(`get within 10 ms: ${await attempt(async () => await q.get({ timeoutMs: 10 }))}`);
}

async function noLimit(): Promise<void> {
  console.log('-- Queue(), as large as memory');
  const q = new queue.Queue<number>();
  for (let i = 0; i < 10_000; i++) q.putNowait(i);
  console.log(`qsize: ${q.qsize()}, full: ${q.full()}`);
}

/** full和get_nowait能否用于多进程情况下的精确使用 不能!!! What was true when asked is not when acted upon. */
async function lookThenLeap(): Promise<void> {
  console.log('-- full() is old when it is read');
  const q = new queue.Queue<string>(1);
  const careful = async (name: string): Promise<void> => {
    const room = !q.full();
    await sleep(1);
    if (room) console.log(`${name} saw room: ${await attempt(() => q.putNowait(name))}`);
  };
  await Promise.all([careful('a'), careful('b')]);
}

async function askAndAct(): Promise<void> {
  console.log('-- tryPut() and tryGet() ask and act at once');
  const q = new queue.Queue<string>(1);
  console.log(`a: ${q.tryPut('a')}, b: ${q.tryPut('b')}`);
  console.log(`first: ${q.tryGet()}, second: ${q.tryGet()}`);
}

if (isMain(import.meta)) {
  await fiveAtMost();
  await noLimit();
  await lookThenLeap();
  await askAndAct();
}
