// Row locks and table locks: who works on another row does not wait. (Row A5.)
//
// 行锁 (a lock for each row), 表锁 (one lock for the whole table)
import { isMain, sleep, Thread, threading } from 'sshoal/runtime';

async function update(row: string, who: string): Promise<void> {
  console.log(`${who} begins ${row}`);
  await sleep(20);
  console.log(`${who} ends ${row}`);
}

/** Three who come at once, two of them for the same row. */
async function all(locked: (row: string, work: () => Promise<void>) => Promise<void>): Promise<void> {
  const visits = [
    ['row 1', 'a'],
    ['row 1', 'b'],
    ['row 2', 'c'],
  ] as const;
  const threads = visits.map(([row, who]) =>
    new Thread({ target: async () => await locked(row, async () => await update(row, who)) }).start(),
  );
  for (const thread of threads) await thread.join();
}

if (isMain(import.meta)) {
  console.log('-- 行锁: c does not wait, b does');
  const rows = new threading.KeyedLock<string>();
  await all(async (row, work) => await rows.withLock(row, work));
  console.log(`rows that cost anything now: ${rows.size}`);

  console.log('-- 表锁: one at a time');
  const table = new threading.Lock();
  await all(async (_row, work) => await table.withLock(work));
}
