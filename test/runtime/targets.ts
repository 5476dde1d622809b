// What the tests have run in worker threads and processes.
import { setTimeout as delay } from 'node:timers/promises';
import { resourceLimits } from 'node:worker_threads';
import * as multiprocessing from '#src/runtime/multiprocessing';
import { currentThread, sleep, Thread } from '#src/runtime/threads/thread';
import { WorkerThread } from '#src/runtime/threads/worker-thread';
import { registerError } from '#src/runtime/wire/error';
import { ref } from '#src/runtime/wire/function-ref';

type Reports = multiprocessing.Queue<unknown>;

export class OwnError extends Error {
  readonly detail: unknown;

  constructor(message: string, detail: unknown) {
    super(message);
    this.detail = detail;
  }
}
registerError(OwnError);

export const square = (n: number): number => n * n;
export const add = (a: number, b: number): number => a + b;
export const pid = (): number => process.pid;
export const threadName = (): string => currentThread().name;
export const closure = (): unknown => () => 1;
export const circular = (): unknown => {
  const value: Record<string, unknown> = { name: 'loop' };
  value.self = value;
  return value;
};

export async function slowSquare(n: number, ms: number): Promise<number> {
  await delay(ms);
  return n * n;
}

let meeting: multiprocessing.Barrier | undefined;
export function arrangeMeeting(barrier: multiprocessing.Barrier): void {
  meeting = barrier;
}
/** Its process, once as many others have come as the barrier wants. */
export async function pidAtMeeting(): Promise<number> {
  await meeting?.wait();
  return process.pid;
}

export function fail(n: number): never {
  throw new OwnError(`no ${n}`, { n, at: new Date(0) });
}

export function failWithCause(): never {
  throw new RangeError('outer', { cause: new TypeError('inner') });
}

export function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

/** An error that nobody can catch: the end of a worker thread. */
export async function explode(): Promise<void> {
  setImmediate(() => {
    throw new Error('outside of everything');
  });
  await new Promise(() => undefined);
}

export function leave(): void {
  process.exit(7);
}

export function spin(): void {
  for (;;);
}

export async function forever(started?: Reports): Promise<void> {
  await started?.put(process.pid);
  await new Promise(() => undefined);
}

export async function tellYoungGeneration(reports: Reports): Promise<void> {
  await reports.put(resourceLimits.maxYoungGenerationSizeMb);
}

export async function introduce(reports: Reports, a: number, options: { readonly b: number }): Promise<void> {
  const { name, daemon, ppid } = multiprocessing.currentProcess();
  const parent = multiprocessing.parentProcess();
  await reports.put({
    a,
    b: options.b,
    name,
    daemon,
    pid: process.pid,
    ppid,
    parent: parent?.name,
    alive: parent?.isAlive(),
    thread: currentThread().name,
  });
}

export function exitWith(status: unknown): void {
  multiprocessing.exit(status);
}

export function throwIt(): never {
  throw new TypeError('as it happens');
}

/** Puts many, then ends in the middle of things, as process.exit does. */
export async function putThenExit(reports: Reports, count: number, status: number): Promise<void> {
  for (let i = 0; i < count; i++) await reports.put(i);
  process.exit(status);
}

/** Threads that go on after the target has returned. */
export function leaveThreads(reports: Reports): void {
  const late = async (name: string): Promise<void> => {
    await sleep(30);
    await reports.put(name);
  };
  new Thread({ target: late, args: ['thread'] }).start();
  new Thread({ target: late, args: ['daemon'], daemon: true }).start();
}

export async function haveChildren(reports: Reports, path: readonly number[]): Promise<void> {
  await reports.put([...path]);
  if (path.length === 2) return;
  for (const i of [0, 1])
    await new multiprocessing.Process({ target: ref(import.meta, 'haveChildren'), args: [reports, [...path, i]] }).start().join();
}

export async function haveDaemonChild(reports: Reports): Promise<void> {
  try {
    new multiprocessing.Process({ target: ref(import.meta, 'pid') }).start();
  } catch (error) {
    await reports.put((error as Error).message);
  }
}

/** A child of a child, which says who both are and stays. */
export async function startSpinner(reports: Reports, how: { readonly busy: boolean }): Promise<void> {
  const child = new multiprocessing.Process({ target: ref(import.meta, how.busy ? 'reportAndSpin' : 'forever'), args: [reports] }).start();
  await reports.put(['middle', process.pid, child.pid]);
  await child.join();
}

export async function reportAndSpin(reports: Reports): Promise<void> {
  await reports.put(process.pid);
  await reports.joinThread();
  for (;;);
}

export async function watchParent(reports: Reports): Promise<void> {
  const parent = multiprocessing.parentProcess();
  await reports.put(['child', parent?.isAlive()]);
  while (parent?.isAlive() === true) await delay(5);
  await reports.put(['child', parent?.isAlive()]);
}

export async function startOrphan(reports: Reports): Promise<void> {
  const child = new multiprocessing.Process({ target: ref(import.meta, 'forever'), args: [reports], detached: true }).start();
  await reports.put(['orphan', child.pid]);
  await child.join();
}

/** Says what it was given, in capitals, until it is told to stop. */
export class UpperCaser extends multiprocessing.Process {
  static readonly module = import.meta.url;
  readonly mine: multiprocessing.Connection;
  readonly suffix: string;

  constructor(mine: multiprocessing.Connection, suffix: string) {
    super();
    this.mine = mine;
    this.suffix = suffix;
  }

  override async run(): Promise<void> {
    for (;;) {
      const text = (await this.mine.recv()) as string | null;
      if (text === null) return;
      await this.mine.send(`${text.toUpperCase()}${this.suffix}`);
    }
  }
}

export class Doubler extends WorkerThread {
  static readonly module = import.meta.url;
  readonly n: number;
  readonly reports: Reports;

  constructor(n: number, reports: Reports) {
    super();
    this.n = n;
    this.reports = reports;
  }

  override async run(): Promise<void> {
    await this.reports.put(this.n * 2);
  }
}

/** A class whose module is not told. */
export class Lost extends multiprocessing.Process {
  override run(): void {}
}

export async function talk(mine: multiprocessing.Connection): Promise<void> {
  await mine.send([42, null, 'hello']);
  await mine.close();
}

export async function echo(mine: multiprocessing.Connection): Promise<void> {
  try {
    for (;;) await mine.send(await mine.recv());
  } catch (error) {
    if ((error as Error).name !== 'EOFError') throw error;
  }
}

export async function decrement(
  counts: multiprocessing.DictProxy<string, number>,
  lock: multiprocessing.Lock | null,
  times: number,
): Promise<void> {
  const work = async (): Promise<void> => {
    const n = (await counts.get('n')) ?? 0;
    await delay(1);
    await counts.set('n', n - 1);
  };
  for (let i = 0; i < times; i++) await (lock === null ? work() : lock.withLock(work));
}

export async function appendPid(pids: multiprocessing.ListProxy<number>): Promise<void> {
  await pids.push(process.pid);
}

let initialized = 0;

export function initialize(value: number): void {
  initialized = value;
}

export function wasInitialized(): number {
  return initialized;
}

export function failToInitialize(): never {
  throw new Error('not today');
}

/** Takes a row, says so, and keeps it until it is ended. */
export async function keepRow(rows: multiprocessing.KeyedLock, key: string, reports: Reports): Promise<void> {
  await rows.acquire(key);
  await reports.put(key);
  await new Promise(() => undefined);
}

/** A lock across processes, in a ring: takes its own, then, when all have theirs, the next one's. */
export async function ring(
  own: multiprocessing.Lock,
  next: multiprocessing.Lock,
  all: multiprocessing.Barrier,
  reports: Reports,
): Promise<void> {
  const guard = await own.acquire();
  await all.wait();
  try {
    (await next.acquire())?.release();
    await reports.put('went on');
  } catch (error) {
    await reports.put([(error as Error).name, (error as Error).message]);
  }
  guard?.release();
}
