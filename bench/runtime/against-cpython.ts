// Measures the runtime beside CPython's own modules, in the same run: `node build/bench/runtime/against-cpython.js [ROUNDS]`.
//
// The best of some rounds (default 3) of each, and the ratio. Without python3 it prints the figures alone.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { futures, multiprocessing, queue, ref, shared, Thread, WorkerThread } from 'sshoal/runtime';
import { item } from './tasks.ts';

const tasks = (name: string): ReturnType<typeof ref> => ref(new URL('tasks.js', import.meta.url).href, name);
const SCRIPT = path.resolve(import.meta.dirname, '../../../bench/runtime/cpython.py');

async function rate(count: number, work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (count / (performance.now() - started)) * 1_000;
}

async function localQueue(threads: boolean, count = 500_000): Promise<number> {
  const items = new queue.Queue<object>(1_024);
  return await rate(count, async () => {
    const produce = async (): Promise<void> => {
      for (let i = 0; i < count; i++) await items.put(item(i));
    };
    const producing = threads ? new Thread({ target: produce }).start().join() : produce();
    for (let i = 0; i < count; i++) await items.get();
    await producing;
  });
}

async function sharedQueue(batch: number, producers: number, each: number): Promise<number> {
  const items = new shared.Queue<object>(1_024);
  const workers = Array.from({ length: producers }, () =>
    new WorkerThread({ target: tasks('putShared'), args: [items, each, batch] }).start(),
  );
  await items.get();
  let left = producers * each - 1;
  const result = await rate(left, async () => {
    while (left > 0) left -= batch === 1 ? Number((await items.get()) !== undefined) : (await items.getMany(1_024)).length;
  });
  for (const worker of workers) await worker.join();
  items.close();
  return result;
}

async function processQueue(batch: number, count: number): Promise<number> {
  const items = new multiprocessing.Queue<object>();
  const child = new multiprocessing.Process({ target: tasks('putRemote'), args: [items, count, batch] }).start();
  await items.get();
  let left = count - 1;
  const result = await rate(left, async () => {
    while (left > 0) left -= batch === 1 ? Number((await items.get()) !== undefined) : (await items.getMany(1_024)).length;
  });
  await child.join();
  return result;
}

async function submits(pool: futures.WorkerPoolExecutor | futures.ProcessPoolExecutor, count: number): Promise<number> {
  const square = tasks('square');
  // Warm: as a pool that has been at work for a while.
  for (let round = 0; round < 3; round++)
    for (const future of Array.from({ length: 20_000 }, (_, i) => pool.submit(square, i))) await future.result();
  const result = await rate(count, async () => {
    const all = Array.from({ length: count }, (_, i) => pool.submit(square, i));
    for (const future of all) await future.result();
  });
  await pool.shutdown();
  return result;
}

async function lockPair(count = 3_000_000): Promise<number> {
  const lock = new shared.Lock();
  const perSecond = await rate(count, async () => {
    for (let i = 0; i < count; i++) {
      lock.acquireSync();
      lock.release();
    }
  });
  return 1e9 / perSecond;
}

/** From a child: from the main process, where the broker is, it would be a call. */
async function remoteLockPair(): Promise<number> {
  const [lock, answer] = [new multiprocessing.Lock(), new multiprocessing.Queue<number>()];
  const child = new multiprocessing.Process({ target: tasks('lockPairs'), args: [lock, answer, 2_000] }).start();
  const ns = await answer.get();
  await child.join();
  return ns;
}

/** Milliseconds until the lock of an ended worker or killed process is had. The worst of ten. */
async function handOver(kind: 'worker' | 'process'): Promise<number> {
  let worst = 0;
  for (let i = 0; i < 10; i++) {
    const [lock, held] =
      kind === 'worker' ? [new shared.Lock(), new shared.Event()] : [new multiprocessing.Lock(), new multiprocessing.Event()];
    const unit =
      kind === 'worker'
        ? new WorkerThread({ target: tasks('holdShared'), args: [lock, held] }).start()
        : new multiprocessing.Process({ target: tasks('holdRemote'), args: [lock, held] }).start();
    await held.wait();
    const started = performance.now();
    unit.kill();
    const guard = await lock.acquire();
    worst = Math.max(worst, performance.now() - started);
    if (guard?.abandoned !== true) throw new Error('the next owner was not told');
    guard.release();
    await unit.join();
  }
  return worst;
}

/** Milliseconds until a child that spins is gone after its parent was killed. The worst of five. */
async function parentDeath(): Promise<number> {
  let worst = 0;
  for (let i = 0; i < 5; i++) {
    const pids = new multiprocessing.Queue<number>();
    const parent = new multiprocessing.Process({ target: tasks('startSpinning'), args: [pids] }).start();
    const child = await pids.get();
    const started = performance.now();
    parent.kill();
    while (runs(child)) await new Promise((resolve) => setImmediate(resolve));
    worst = Math.max(worst, performance.now() - started);
    await parent.join();
  }
  return worst;
}

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

type Better = 'more' | 'less';

interface Row {
  readonly what: string;
  readonly ours: number;
  readonly theirs: number | undefined;
  readonly target: number | undefined;
  readonly unit: string;
  readonly better: Better;
}

async function best(rounds: number, better: Better, measure: () => Promise<number>): Promise<number> {
  const all: number[] = [];
  for (let i = 0; i < rounds; i++) all.push(await measure());
  return better === 'more' ? Math.max(...all) : Math.min(...all);
}

function cpython(rounds: number): Record<string, number | string> | undefined {
  let found: Record<string, number | string> | undefined;
  for (let i = 0; i < rounds; i++) {
    try {
      const figures = JSON.parse(execFileSync('python3', [SCRIPT], { encoding: 'utf8' })) as Record<string, number | string>;
      const before = found;
      const better = (key: string): number =>
        (key === 'lockPair' ? Math.min : Math.max)(Number(figures[key]), Number(before?.[key] ?? figures[key]));
      found = Object.fromEntries(Object.keys(figures).map((key) => [key, key === 'version' ? (figures[key] ?? '') : better(key)]));
    } catch (error) {
      console.error(`no python3 to compare with: ${(error as Error).message.split('\n')[0]}`);
      return undefined;
    }
  }
  return found;
}

async function main(rounds: number): Promise<void> {
  const theirs = cpython(rounds);
  const py = (key: string): number | undefined => (theirs === undefined ? undefined : Number(theirs[key]));
  const row = async (
    what: string,
    key: string | undefined,
    target: number | undefined,
    unit: string,
    better: Better,
    measure: () => Promise<number>,
  ): Promise<Row> => ({
    what,
    ours: await best(rounds, better, measure),
    theirs: key === undefined ? undefined : py(key),
    target,
    unit,
    better,
  });
  const rows = [
    await row(
      'Queue(1024) among flows of the main program; queue.Queue',
      'localQueue',
      8,
      'items/s',
      'more',
      async () => await localQueue(false),
    ),
    await row('Queue(1024) among Threads; queue.Queue', 'localQueue', undefined, 'items/s', 'more', async () => await localQueue(true)),
    await row(
      'shared.Queue(1024), batches of 64; mp.Queue(1024)',
      'boundedProcessQueue',
      8,
      'items/s',
      'more',
      async () => await sharedQueue(64, 1, 640_000),
    ),
    await row(
      'shared.Queue(1024), 2 producers, single; mp.Queue(1024)',
      'twoProducers',
      2,
      'items/s',
      'more',
      async () => await sharedQueue(1, 2, 60_000),
    ),
    await row('mp.Queue, single; mp.Queue', 'processQueue', 2.5, 'items/s', 'more', async () => await processQueue(1, 100_000)),
    await row(
      'mp.Queue, batches of 64; mp.Queue, single',
      'processQueue',
      5,
      'items/s',
      'more',
      async () => await processQueue(64, 256_000),
    ),
    await row(
      'mp.Queue, batches of 64; mp.Queue, lists of 64',
      'batchedProcessQueue',
      undefined,
      'items/s',
      'more',
      async () => await processQueue(64, 256_000),
    ),
    await row(
      'WorkerPoolExecutor.submit; ThreadPoolExecutor',
      'threadSubmit',
      5,
      'tasks/s',
      'more',
      async () => await submits(new futures.WorkerPoolExecutor({ maxWorkers: 2 }), 50_000),
    ),
    await row(
      'ProcessPoolExecutor.submit; the same',
      'processSubmit',
      5,
      'tasks/s',
      'more',
      async () => await submits(new futures.ProcessPoolExecutor({ maxWorkers: 2 }), 50_000),
    ),
    await row('shared.Lock, acquire and release; mp.Lock', 'lockPair', 2.5, 'ns', 'less', async () => await lockPair()),
    await row('mp.Lock, acquire and release in a child; mp.Lock', 'lockPair', undefined, 'ns', 'less', async () => await remoteLockPair()),
    await row(
      'lock of a terminated worker, handed on (worst of 10)',
      undefined,
      undefined,
      'ms',
      'less',
      async () => await handOver('worker'),
    ),
    await row(
      'lock of a killed process, handed on (worst of 10)',
      undefined,
      undefined,
      'ms',
      'less',
      async () => await handOver('process'),
    ),
    await row('a spinning child, gone after its parent was killed (worst of 5)', undefined, undefined, 'ms', 'less', parentDeath),
  ];
  console.log(`| ours; CPython ${String(theirs?.version ?? '')} | sshoal | CPython | ratio | target |`);
  console.log('|---|---|---|---|---|');
  for (const { what, ours, theirs: other, target, unit, better } of rows) {
    const ratio = other === undefined ? '' : ratioOf(better === 'more' ? ours / other : other / ours);
    console.log(
      `| ${what} | ${shown(ours, unit)} | ${other === undefined ? '' : shown(other, unit)} | ${ratio} | ${target === undefined ? '' : `>= ${target}x`} |`,
    );
  }
}

function ratioOf(ratio: number): string {
  return `${ratio < 1 ? ratio.toPrecision(1) : ratio.toFixed(1)}x`;
}

function shown(value: number, unit: string): string {
  if (unit.endsWith('/s')) return `${(value / 1_000).toFixed(0)} k ${unit}`;
  return `${value.toFixed(value < 100 ? 1 : 0)} ${unit}`;
}

await main(Number(process.argv[2] ?? 3));
