// Queues across processes: held by the broker. They do not know what travels through them.

import { NOTHING } from '../broker/link.ts';
import { Remote } from '../broker/remote.ts';
import { Full, ShutDown, ValueError } from '../errors.ts';
import type { QueueLike, Wait } from '../seam.ts';
import { checkTimeout } from '../waiters.ts';
import { HANDLE, type Handle, onHandle, type Shareable } from '../wire/handle.ts';

/**
 * As CPython's `multiprocessing.Queue` and JoinableQueue in one: exact `maxsize`, first in first out over all producers, nothing lost.
 *
 * Without a `maxsize`, `put` hands the item over and does not wait for the broker's answer, as CPython's feeder thread; a process that
 * ends, even by exit(), first delivers what it has put. Items taken by a process that dies before they arrive there go back, and so do
 * those of {@link JoinableQueue} that it had not called taskDone() for.
 */
export class Queue<T> implements QueueLike<T>, Shareable {
  readonly maxsize: number;
  readonly remote: Remote;
  readonly #kind: string;
  #closed = false;

  /** @param maxsize - Most items held; 0 (default) for no bound. */
  constructor(maxsize = 0, remote?: Remote, kind = 'Queue') {
    if (!Number.isInteger(maxsize)) throw new ValueError(`A queue holds a whole number of items, not ${maxsize}`);
    this.maxsize = maxsize;
    this.#kind = kind;
    this.remote = remote ?? Remote.create(kind, [maxsize]);
  }

  [HANDLE](): Handle {
    return this.remote.handle(this.#kind, { maxsize: this.maxsize });
  }

  async put(item: T, options: Wait = {}): Promise<void> {
    checkTimeout(options.timeoutMs);
    this.#checkOpen();
    options.signal?.throwIfAborted();
    if (this.maxsize > 0) {
      await this.remote.call('put', [item], options);
      return;
    }
    this.remote.tell('putNowait', [item]);
    await this.remote.link.room();
  }

  async get(options: Wait = {}): Promise<T> {
    checkTimeout(options.timeoutMs);
    this.#checkOpen();
    options.signal?.throwIfAborted();
    const now = this.remote.link.takeNow(this.remote.id);
    return (now === NOTHING ? await this.remote.call('get', [], options) : now) as T;
  }

  /** Puts many, in order, in few messages. */
  async putMany(items: readonly T[], options: Wait = {}): Promise<void> {
    this.#checkOpen();
    if (this.maxsize <= 0) {
      for (const item of items) this.remote.tell('putNowait', [item]);
      await this.remote.link.room();
      return;
    }
    for (let at = 0; at < items.length; ) {
      at += (await this.remote.call('putMany', [items.slice(at)])) as number;
      const next = items[at];
      if (at < items.length) await this.put(next as T, options);
      if (at < items.length) at += 1;
    }
  }

  /** Takes what is there, at most so many, waiting for the first. */
  async getMany(most: number, options: Wait = {}): Promise<T[]> {
    checkTimeout(options.timeoutMs);
    return (await this.remote.call('getMany', [most], options)) as T[];
  }

  async putNowait(item: T): Promise<void> {
    if (!(await this.tryPut(item))) throw new Full();
  }

  async getNowait(): Promise<T> {
    return (await this.remote.call('getNowait')) as T;
  }

  async tryPut(item: T): Promise<boolean> {
    this.#checkOpen();
    return (await this.remote.call('tryPut', [item])) as boolean;
  }

  async tryGet(): Promise<T | undefined> {
    return (await this.remote.call('tryGet')) as T | undefined;
  }

  async qsize(): Promise<number> {
    return (await this.remote.call('qsize')) as number;
  }

  async empty(): Promise<boolean> {
    return (await this.remote.call('empty')) as boolean;
  }

  async full(): Promise<boolean> {
    return (await this.remote.call('full')) as boolean;
  }

  async taskDone(): Promise<void> {
    await this.remote.call('taskDone');
  }

  async join(options: Wait = {}): Promise<boolean> {
    checkTimeout(options.timeoutMs);
    return (await this.remote.call('join', [], options)) as boolean;
  }

  async shutdown(options: { readonly immediate?: boolean } = {}): Promise<void> {
    await this.remote.call('shutdown', [{ immediate: options.immediate ?? false }]);
  }

  /** This process puts and gets nothing more; others may. */
  close(): void {
    this.#closed = true;
  }

  /** Waits until all that this process has put is in. */
  async joinThread(): Promise<void> {
    await this.remote.link.flush();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      try {
        yield await this.get();
      } catch (error) {
        if (error instanceof ShutDown) return;
        throw error;
      }
    }
  }

  #checkOpen(): void {
    if (this.#closed) throw new ValueError('Queue is closed', { fix: 'Put and get before close()' });
  }
}

/** A queue whose items belong to who took them until taskDone(): those of a process that dies are given to another. */
export class JoinableQueue<T> extends Queue<T> {
  constructor(maxsize = 0, remote?: Remote) {
    super(maxsize, remote, 'JoinableQueue');
  }
}

/** Last in, first out. */
export class LifoQueue<T> extends Queue<T> {
  constructor(maxsize = 0, remote?: Remote) {
    super(maxsize, remote, 'LifoQueue');
  }
}

/** Smallest first; equals in the order they were put in. */
export class PriorityQueue<T> extends Queue<T> {
  constructor(maxsize = 0, remote?: Remote) {
    super(maxsize, remote, 'PriorityQueue');
  }
}

/** Unbounded, with no more than put, get and empty. As CPython's `multiprocessing.SimpleQueue`. */
export class SimpleQueue<T> implements Shareable {
  readonly #queue: Queue<T>;

  constructor(queue: Queue<T> = new Queue<T>()) {
    this.#queue = queue;
  }

  [HANDLE](): Handle {
    return { ...this.#queue[HANDLE](), kind: 'SimpleQueue' };
  }

  async put(item: T): Promise<void> {
    await this.#queue.put(item);
  }

  /** @throws Empty when the time is over. */
  async get(options: Wait = {}): Promise<T> {
    return await this.#queue.get(options);
  }

  async empty(): Promise<boolean> {
    return await this.#queue.empty();
  }
}

onHandle('Queue', (handle) => new Queue(handle.maxsize as number, Remote.fromHandle(handle)));
onHandle('JoinableQueue', (handle) => new JoinableQueue(handle.maxsize as number, Remote.fromHandle(handle)));
onHandle('LifoQueue', (handle) => new LifoQueue(handle.maxsize as number, Remote.fromHandle(handle)));
onHandle('PriorityQueue', (handle) => new PriorityQueue(handle.maxsize as number, Remote.fromHandle(handle)));
onHandle('SimpleQueue', (handle) => new SimpleQueue(new Queue(handle.maxsize as number, Remote.fromHandle(handle))));
