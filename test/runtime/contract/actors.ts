// What runs beside the tests of the contract, in a fiber, a worker thread or a process: so they share nothing but what they are given.
import { setTimeout as delay } from 'node:timers/promises';
import type { BarrierLike, ConditionLike, EventLike, LockLike, QueueLike, RLockLike, SemaphoreLike } from '#src/runtime/seam';

type Acquirable = LockLike | RLockLike | SemaphoreLike;
type Reports = QueueLike<unknown>;

/** Says that it comes, waits for the lock, says that it has it, gives it back. */
export async function visit(lock: Acquirable, reports: Reports, tag: string): Promise<void> {
  await reports.put(`${tag} comes`);
  const guard = await lock.acquire();
  await reports.put(`${tag} has it${guard?.abandoned === true ? ', abandoned' : ''}`);
  guard?.release();
}

export async function tryOnce(lock: Acquirable, reports: Reports, times = 1): Promise<void> {
  for (let i = 0; i < times; i++) await reports.put((await lock.tryAcquire()) !== null);
}

export async function tryFor(lock: Acquirable, reports: Reports, timeoutMs: number): Promise<void> {
  await reports.put((await lock.acquire({ timeoutMs })) !== null);
}

/** Takes it, says so, keeps it until it is told to end in any way. */
export async function keep(lock: Acquirable, reports: Reports, until: EventLike): Promise<void> {
  await lock.acquire();
  await reports.put('kept');
  await until.wait();
}

export async function giveBack(lock: Acquirable, reports: Reports): Promise<void> {
  await reports.put(await outcome(async () => await lock.release()));
}

export async function count(lock: RLockLike, reports: Reports): Promise<void> {
  await reports.put(await lock.recursionCount());
}

/** What many do to a number that is kept in a queue of one: lost updates show when the lock locks nothing. */
export async function addOnes(lock: LockLike, number: QueueLike<number>, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    await lock.withLock(async () => {
      const value = await number.get();
      await delay(0);
      await number.put(value + 1);
    });
  }
}

/** Two locks in the given order, the second when `both` have the first. */
export async function twoLocks(first: LockLike, second: LockLike, both: BarrierLike, reports: Reports): Promise<void> {
  const one = await first.acquire();
  await both.wait();
  await reports.put(await outcome(async () => (await second.acquire())?.release()));
  one?.release();
}

export async function awaitEvent(event: EventLike, reports: Reports): Promise<void> {
  await reports.put('waits');
  await reports.put(await event.wait());
}

export async function awaitNotify(condition: ConditionLike, reports: Reports, tag: string): Promise<void> {
  const guard = await condition.acquire();
  await reports.put('waits');
  await reports.put([tag, await condition.wait()]);
  guard?.release();
}

export async function awaitStock(condition: ConditionLike, stock: QueueLike<number>, reports: Reports, timeoutMs?: number): Promise<void> {
  const guard = await condition.acquire();
  await reports.put('waits');
  await reports.put(await condition.waitFor(async () => (await stock.qsize()) >= 4, { timeoutMs }));
  guard?.release();
}

export async function meetAt(barrier: BarrierLike, reports: Reports, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    await reports.put(['before', round]);
    const index = await outcome(async () => await barrier.wait());
    await reports.put(['after', round, index]);
  }
}

export async function putAll(items: readonly unknown[], into: QueueLike<unknown>): Promise<void> {
  for (const item of items) await into.put(item);
}

/** Takes until `stop` comes, passes each on with who took it. */
export async function takeAll(from: QueueLike<unknown>, reports: Reports, tag: string): Promise<void> {
  for (;;) {
    const item = await from.get();
    if (item === 'stop') return;
    await reports.put([tag, item]);
    await from.taskDone();
  }
}

/** Takes so many and never says that they are dealt with. */
export async function takeAndKeep(from: QueueLike<unknown>, reports: Reports, times: number, until: EventLike): Promise<void> {
  for (let i = 0; i < times; i++) await reports.put(['kept', await from.get()]);
  await until.wait();
}

export async function getOne(from: QueueLike<unknown>, reports: Reports): Promise<void> {
  await reports.put('gets');
  await reports.put(await outcome(async () => await from.get()));
}

export async function putOne(into: QueueLike<unknown>, reports: Reports, item: unknown): Promise<void> {
  await reports.put('puts');
  await reports.put((await outcome(async () => await into.put(item))) ?? 'in');
}

/** Puts and takes as fast as it can, for ever. */
export async function churn(items: QueueLike<unknown>, lock: LockLike): Promise<void> {
  for (let i = 0; ; i++) {
    const guard = await lock.acquire();
    await items.put(i);
    await items.get();
    guard?.release();
  }
}

/** The value, or the name of the error. */
async function outcome<T>(work: () => Promise<T>): Promise<T | string> {
  try {
    return await work();
  } catch (error) {
    return (error as Error).name;
  }
}
