// The three backends of the primitives, behind one door: so that one suite asks the same of each. It knows no test.

import * as multiprocessing from '#src/runtime/multiprocessing';
import * as queue from '#src/runtime/queue';
import type { BarrierLike, ConditionLike, EventLike, LockLike, QueueLike, RLockLike, SemaphoreLike } from '#src/runtime/seam';
import * as shared from '#src/runtime/shared';
import * as threading from '#src/runtime/threading';
import { WorkerThread } from '#src/runtime/threads/worker-thread';
import { ref } from '#src/runtime/wire/function-ref';
import * as actors from './actors.ts';

export type Actor = keyof typeof actors;

/** Somebody who runs beside the test: a fiber, a worker thread, a process. */
export interface Unit {
  join(): Promise<void>;
  /** Ends it in the middle of whatever it does; only where that can be. */
  end(): void;
}

export interface Backend {
  readonly name: string;
  /** Whether its units can be ended from outside. */
  readonly mortal: boolean;
  spawn(actor: Actor, ...args: unknown[]): Unit;
  lock(name?: string): LockLike;
  rlock(): RLockLike;
  condition(): ConditionLike;
  semaphore(value: number): SemaphoreLike;
  bounded(value: number): SemaphoreLike;
  event(): EventLike;
  barrier(parties: number, action?: () => unknown): BarrierLike;
  queue<T>(maxsize?: number): QueueLike<T>;
  joinable<T>(maxsize?: number): QueueLike<T>;
  lifo<T>(maxsize?: number): QueueLike<T>;
  priority<T>(maxsize?: number): QueueLike<T>;
}

const url = new URL('actors.js', import.meta.url).href;
const actorNamed: ReadonlyMap<string, unknown> = new Map(Object.entries(actors));

const fibers: Backend = {
  name: 'threads of one isolate',
  mortal: false,
  spawn: (actor, ...args) => {
    const thread = new threading.Thread({ target: actorNamed.get(actor) as threading.Target, args }).start();
    return {
      join: async () => await thread.join(),
      end: () => {
        throw new Error('a fiber cannot be ended from outside');
      },
    };
  },
  lock: (name) => new threading.Lock({ name }),
  rlock: () => new threading.RLock(),
  condition: () => new threading.Condition(),
  semaphore: (value) => new threading.Semaphore(value),
  bounded: (value) => new threading.BoundedSemaphore(value),
  event: () => new threading.Event(),
  barrier: (parties, action) => new threading.Barrier(parties, { action }),
  queue: <T>(maxsize?: number): QueueLike<T> => new queue.Queue<T>(maxsize),
  joinable: <T>(maxsize?: number): QueueLike<T> => new queue.Queue<T>(maxsize),
  lifo: <T>(maxsize?: number): QueueLike<T> => new queue.LifoQueue<T>(maxsize),
  priority: <T>(maxsize?: number): QueueLike<T> => new queue.PriorityQueue<T>(maxsize),
};

const workers: Backend = {
  name: 'worker threads, shared memory',
  mortal: true,
  spawn: (actor, ...args) => {
    const worker = new WorkerThread({ target: ref(url, actor), args }).start();
    return { join: async () => await worker.join(), end: () => worker.terminate() };
  },
  lock: (name) => new shared.Lock({ name }),
  rlock: () => new shared.RLock(),
  condition: () => new shared.Condition(),
  semaphore: (value) => new shared.Semaphore(value),
  bounded: (value) => new shared.BoundedSemaphore(value),
  event: () => new shared.Event(),
  barrier: (parties, action) => new shared.Barrier(parties, { action }),
  queue: <T>(maxsize?: number): QueueLike<T> => new shared.Queue<T>(maxsize),
  joinable: <T>(maxsize?: number): QueueLike<T> => new shared.JoinableQueue<T>(maxsize),
  lifo: <T>(maxsize?: number): QueueLike<T> => new shared.LifoQueue<T>(maxsize),
  priority: <T>(maxsize?: number): QueueLike<T> => new shared.PriorityQueue<T>(maxsize),
};

const processes: Backend = {
  name: 'processes, the broker',
  mortal: true,
  spawn: (actor, ...args) => {
    const process = new multiprocessing.Process({ target: ref(url, actor), args }).start();
    return { join: async () => await process.join(), end: () => process.kill() };
  },
  lock: (name) => new multiprocessing.Lock({ name }),
  rlock: () => new multiprocessing.RLock(),
  condition: () => new multiprocessing.Condition(),
  semaphore: (value) => new multiprocessing.Semaphore(value),
  bounded: (value) => new multiprocessing.BoundedSemaphore(value),
  event: () => new multiprocessing.Event(),
  barrier: (parties, action) => new multiprocessing.Barrier(parties, { action }),
  queue: <T>(maxsize?: number): QueueLike<T> => new multiprocessing.Queue<T>(maxsize),
  joinable: <T>(maxsize?: number): QueueLike<T> => new multiprocessing.JoinableQueue<T>(maxsize),
  lifo: <T>(maxsize?: number): QueueLike<T> => new multiprocessing.LifoQueue<T>(maxsize),
  priority: <T>(maxsize?: number): QueueLike<T> => new multiprocessing.PriorityQueue<T>(maxsize),
};

export const backends: readonly Backend[] = [fibers, workers, processes];

/** Takes so many items, in the order they come. */
export async function take<T>(from: QueueLike<T>, count: number): Promise<T[]> {
  const items: T[] = [];
  for (let i = 0; i < count; i++) items.push(await from.get({ timeoutMs: 20_000 }));
  return items;
}

/** Long enough for anything that is wrongly free to run; nothing is asserted about the time itself. */
export async function aWhile(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 40));
}
