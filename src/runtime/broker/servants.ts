// What a broker can hold for others, and which of its methods they may call. The primitives are those of this isolate, called on behalf
// of threads elsewhere. It does not know who calls.
import { Barrier } from '../local/barrier.ts';
import { Condition } from '../local/condition.ts';
import { Event } from '../local/event.ts';
import { Lock, type LockOptions } from '../local/lock.ts';
import { PriorityQueue } from '../local/priority-queue.ts';
import { LifoQueue, Queue } from '../local/queue.ts';
import { RLock } from '../local/rlock.ts';
import { BoundedSemaphore, Semaphore } from '../local/semaphore.ts';
import type { Wait } from '../seam.ts';
import { LentQueue } from './lent-queue.ts';
import { ManagedList } from './managed-list.ts';
import { ManagedMap } from './managed-map.ts';
import { Pipe } from './pipe.ts';

/** How a method is called: `wait` gets { timeoutMs, signal } as its last argument. */
export type Manner = 'now' | 'wait';

/** A kind of thing a broker holds. */
export interface Kind {
  readonly make: (args: readonly unknown[], find: (id: string) => object) => object;
  readonly methods: Readonly<Record<string, Manner>>;
  /** Methods whose result is items taken out: they are put back when they do not arrive. */
  readonly takes?: readonly string[];
}

const LOCK = { acquire: 'wait', tryAcquire: 'now', release: 'now', locked: 'now' } as const;
const QUEUE = {
  put: 'wait',
  get: 'wait',
  getMany: 'wait',
  putMany: 'now',
  tryPut: 'now',
  tryGet: 'now',
  putNowait: 'now',
  getNowait: 'now',
  qsize: 'now',
  empty: 'now',
  full: 'now',
  taskDone: 'now',
  join: 'wait',
  shutdown: 'now',
  restore: 'now',
} as const;
const TAKES = ['get', 'getMany', 'tryGet', 'getNowait'];

/** Many items in one call. */
async function getMany(this: Queue<unknown>, most: number, options: Wait): Promise<unknown[]> {
  const items = [await this.get(options)];
  while (items.length < most && !this.empty()) items.push(this.getNowait());
  return items;
}

function putMany(this: Queue<unknown>, items: readonly unknown[]): number {
  let taken = 0;
  while (taken < items.length && this.tryPut(items[taken])) taken++;
  return taken;
}

const withMany = <Q extends Queue<unknown>>(queue: Q): Q => Object.assign(queue, { getMany, putMany });

export const KINDS: Readonly<Record<string, Kind>> = {
  Lock: { make: ([options]) => new Lock(options as LockOptions), methods: LOCK },
  RLock: { make: ([options]) => new RLock(options as LockOptions), methods: { ...LOCK, recursionCount: 'now' } },
  Condition: {
    make: ([lock], find) => new Condition(find(lock as string) as Lock | RLock),
    methods: { wait: 'wait', notify: 'now', notifyAll: 'now' },
  },
  Semaphore: { make: ([value, options]) => new Semaphore(value as number, options as LockOptions), methods: LOCK },
  BoundedSemaphore: {
    make: ([value, options]) => new BoundedSemaphore(value as number, options as LockOptions),
    methods: LOCK,
  },
  Event: { make: () => new Event(), methods: { isSet: 'now', set: 'now', clear: 'now', wait: 'wait' } },
  Barrier: {
    make: ([parties, timeoutMs]) => new Barrier(parties as number, { timeoutMs: (timeoutMs as number | null) ?? undefined }),
    methods: { enter: 'wait', open: 'now', nWaiting: 'now', broken: 'now', reset: 'now', abort: 'now' },
  },
  Queue: { make: ([maxsize]) => withMany(new Queue(maxsize as number)), methods: QUEUE, takes: TAKES },
  JoinableQueue: { make: ([maxsize]) => withMany(new LentQueue(maxsize as number)), methods: QUEUE, takes: TAKES },
  LifoQueue: { make: ([maxsize]) => withMany(new LifoQueue(maxsize as number)), methods: QUEUE, takes: TAKES },
  PriorityQueue: { make: ([maxsize]) => withMany(new PriorityQueue(maxsize as number)), methods: QUEUE, takes: TAKES },
  Pipe: {
    make: ([duplex]) => new Pipe(duplex as boolean),
    methods: { send: 'now', recv: 'wait', poll: 'wait', close: 'now' },
  },
  Map: { make: ([entries]) => new ManagedMap(entries as [unknown, unknown][]), methods: ManagedMap.methods },
  List: { make: ([items]) => new ManagedList(items as unknown[]), methods: ManagedList.methods },
};
