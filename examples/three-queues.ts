// The three queues: first in first out, last in first out, smallest first. (Rows C41-C43.)
//
// 先进先出 · 后进先出 · 数字越小优先级越高 (the smaller the number, the sooner)
import { isMain, queue } from 'sshoal/runtime';

type Job = readonly [priority: number, data: string | object];

async function drain<T>(title: string, q: queue.Queue<T>, items: readonly T[]): Promise<void> {
  for (const item of items) await q.put(item);
  const out: string[] = [];
  while (!q.empty()) out.push(JSON.stringify(await q.get()));
  console.log(`${title}: ${out.join(' ')}`);
}

if (isMain(import.meta)) {
  await drain('Queue', new queue.Queue(3), [1, 2, 3]);
  await drain('LifoQueue', new queue.LifoQueue(3), [1, 2, 3]);
  await drain<Job>('PriorityQueue', new queue.PriorityQueue(3), [
    [10, 'data1'],
    [11, 'data2'],
    [9, 'data3'],
  ]);
  // Equals keep their order, whatever they carry: Python would compare the payloads, and fail on these.
  await drain<Job>('PriorityQueue, equals', new queue.PriorityQueue(3), [
    [1, { first: true }],
    [1, { second: true }],
    [0, { before: 'both' }],
  ]);
}
