// A lock or join: twenty buyers and one ticket. With join nobody even looks before the one before has gone; with a lock all look at
// once, and only buying waits. (Rows D38-D40.)
//
// 剩余票数K (K tickets left), 购买成功 (bought it), 失败 (failed)
import { isMain, type LockLike, ref, shared, sleep, WorkerThread } from 'sshoal/runtime';

const BUYERS = 20;

export async function task(name: number, tickets: shared.Value, mutex: LockLike | null): Promise<void> {
  console.log(`用户${name} 剩余票数${tickets.value}`);
  if (mutex === null) await buy(name, tickets);
  else await mutex.withLock(async () => await buy(name, tickets));
}

async function buy(name: number, tickets: shared.Value): Promise<void> {
  const left = tickets.value;
  if (left === 0) return console.log(`用户${name}失败`);
  await sleep(50);
  tickets.value = left - 1;
  console.log(`用户${name}购买成功`);
}

if (isMain(import.meta)) {
  const target = ref(import.meta, 'task');

  console.log('-- join: 真正的串行 (really one after another)');
  const one = new shared.Value('i32', 1);
  for (let name = 1; name <= BUYERS; name++) await new WorkerThread({ target, args: [name, one, null] }).start().join();

  console.log('-- lock: 局部代码串行 (only the part that changes what is shared)');
  const [another, mutex] = [new shared.Value('i32', 1), new shared.Lock()];
  const buyers = Array.from({ length: BUYERS }, (_, i) => new WorkerThread({ target, args: [i + 1, another, mutex] }).start());
  for (const buyer of buyers) await buyer.join();
}
