// Sharing through a file with a lock, or through messages: the second is quicker, and locks for you. (Rows E14-E16, A4.)
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { isMain, multiprocessing, ref } from 'sshoal/runtime';

const { Lock, Process, Queue } = multiprocessing;
const TIMES = 50;

export async function viaFile(file: string, lock: multiprocessing.Lock): Promise<void> {
  for (let i = 0; i < TIMES; i++) await lock.withLock(async () => await writeFile(file, String(Number(await readFile(file, 'utf8')) + 1)));
}

export async function viaQueue(queue: multiprocessing.Queue<number>): Promise<void> {
  for (let i = 0; i < TIMES; i++) await queue.put(1);
}

async function both(target: string, ...args: unknown[]): Promise<void> {
  const all = [1, 2].map(() => new Process({ target: ref(import.meta, target), args }).start());
  for (const one of all) await one.join();
}

if (isMain(import.meta)) {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'file-or-queue-'));
  const file = path.join(directory, 'count.txt');
  await writeFile(file, '0');

  await both('viaFile', file, new Lock());
  console.log(`file and lock: ${await readFile(file, 'utf8')}`);

  const queue = new Queue<number>();
  await both('viaQueue', queue);
  let sum = 0;
  while (!(await queue.empty())) sum += await queue.get();
  console.log(`queue: ${sum}`);
  await rm(directory, { recursive: true });
}
