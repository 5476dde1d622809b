// Tickets sold by many at once, with and without a lock: over threads, worker threads and processes. (Rows A4-A9, A29, D34-D42.)
//
// 用户N查询余票:K (user N sees K tickets), 用户N: 购买成功 (bought one), 不好意思 没有票了!!! (sorry, sold out)
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { isMain, type LockLike, multiprocessing, ref, shared, sleep, Thread, threading, WorkerThread } from 'sshoal/runtime';

interface Tickets {
  readonly ticket_num: number;
}

async function read(file: string): Promise<number> {
  return (JSON.parse(await readFile(file, 'utf8')) as Tickets).ticket_num;
}

/** Looking needs no lock. */
async function search(file: string, name: number): Promise<void> {
  console.log(`用户${name}查询余票:${await read(file)}`);
}

/** Reads, thinks for a while, writes: what others do meanwhile is lost. */
async function buy(file: string, name: number): Promise<void> {
  const left = await read(file);
  await sleep(5 + Math.random() * 20);
  if (left > 0) {
    // Written whole, then put in place: who only looks must never see half a file.
    await writeFile(`${file}.${name}`, JSON.stringify({ ticket_num: left - 1 } satisfies Tickets));
    await rename(`${file}.${name}`, file);
    console.log(`用户${name}: 购买成功`);
  } else {
    console.log(`用户${name}: 不好意思 没有票了!!!`);
  }
}

export async function run(file: string, name: number, lock: LockLike | null): Promise<void> {
  await search(file, name);
  if (lock === null) await buy(file, name);
  else await lock.withLock(async () => await buy(file, name));
}

/** Ten customers at once. @returns How many tickets the file says are left. */
async function sell(title: string, tickets: number, start: (file: string, name: number) => { join(): Promise<void> }): Promise<void> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'tickets-'));
  const file = path.join(directory, 'data.txt');
  await writeFile(file, JSON.stringify({ ticket_num: tickets } satisfies Tickets));
  console.log(`-- ${title}`);
  const customers = Array.from({ length: 10 }, (_, name) => start(file, name + 1));
  await Promise.all(customers.map(async (customer) => await customer.join()));
  console.log(`-- ${title}: ${await read(file)} left`);
  await rm(directory, { recursive: true });
}

if (isMain(import.meta)) {
  const target = ref(import.meta, 'run');
  const [local, memory, broker] = [new threading.Lock(), new shared.Lock(), new multiprocessing.Lock()];
  await sell('threads without a lock', 3, (file, name) => new Thread({ target: run, args: [file, name, null] }).start());
  await sell('threads with a lock', 3, (file, name) => new Thread({ target: run, args: [file, name, local] }).start());
  await sell('worker threads with a lock in shared memory', 3, (file, name) =>
    new WorkerThread({ target, args: [file, name, memory] }).start(),
  );
  await sell('processes with a lock of the broker', 3, (file, name) =>
    new multiprocessing.Process({ target, args: [file, name, broker] }).start(),
  );
}
