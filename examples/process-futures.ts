// ProcessPoolExecutor: asked one by one, all at once, by map, and with callbacks. (Rows C44, C45, C50, D28, D30-D33.)
import { futures, isMain, ref, sleep } from 'sshoal/runtime';

export async function square(n: number): Promise<number> {
  await sleep(5 + ((n * 7) % 5) * 10);
  return n * n;
}

if (isMain(import.meta)) {
  const work = ref(import.meta, 'square');

  const pool = new futures.ProcessPoolExecutor({ maxWorkers: 4 });
  console.log('-- synchronous: each result before the next submit');
  for (let i = 0; i < 3; i++) console.log(await pool.submit<number>(work, i).result());

  console.log('-- asynchronous: all submitted, then the results in order');
  const all = Array.from({ length: 10 }, (_, i) => pool.submit<number>(work, i));
  const results: number[] = [];
  for (const future of all) results.push(await future.result());
  console.log(results.join(' '));

  console.log('-- map, read after the shutdown');
  const mapped = pool.map<number>(work, [Array.from({ length: 10 }, (_, i) => i)]);

  console.log('-- callbacks come in the order of completion, and get the future');
  const order: number[] = [];
  for (let i = 0; i < 5; i++) pool.submit<number>(work, i).addDoneCallback(async (future) => order.push(await future.result()));
  await pool.shutdown();
  const squares: number[] = [];
  for await (const value of mapped) squares.push(value);
  console.log(`mapped: ${squares.join(' ')}`);
  console.log(`called back: ${order.toSorted((a, b) => a - b).join(' ')}`);
  try {
    pool.submit(work, 1);
  } catch (error) {
    console.log((error as Error).message);
  }
  console.log('主进程');
}
