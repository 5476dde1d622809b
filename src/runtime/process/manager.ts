// Objects kept by a process of their own, and shared by whoever holds a proxy. It does not know what they are used for.
import { type Link, linkTo } from '../broker/link.ts';
import { Remote } from '../broker/remote.ts';
import { BrokenPipeError } from '../errors.ts';
import type { LockOptions } from '../local/lock.ts';
import { ref } from '../wire/function-ref.ts';
import { HANDLE, type Handle, onHandle, type Shareable } from '../wire/handle.ts';
import { Barrier, type BarrierOptions, BoundedSemaphore, Condition, Event, Lock, RLock, Semaphore } from './primitives.ts';
import { Process } from './process.ts';
import { JoinableQueue, Queue } from './queues.ts';

/**
 * As CPython's `multiprocessing.Manager()`: a process that holds dicts, lists and primitives. Each call is whole by itself; what takes two
 * calls, such as reading a number and writing it back, needs a lock, or `add()`.
 *
 * @example
 * ```ts
 * await using manager = await Manager.start();
 * const counts = manager.dict<string, number>([['count', 100]]);
 * ```
 */
export class Manager implements AsyncDisposable {
  readonly #process: Process;
  readonly #link: Link;

  private constructor(process: Process, address: string) {
    this.#process = process;
    this.#link = linkTo(address);
  }

  /** @throws BrokenPipeError when its process cannot start. */
  static async start(): Promise<Manager> {
    const process = new Process({
      target: ref(new URL('manager-process.js', import.meta.url).href, 'serveManager'),
      name: 'SyncManager',
      daemon: true,
    }).start();
    process.line?.keep(true);
    const address = await new Promise<string>((resolve, reject) => {
      process.line?.onMessage((message) => resolve((message as { address: string }).address));
      process.whenEnded(() => reject(new BrokenPipeError('The process of the manager has ended')));
    });
    process.line?.keep(false);
    return new Manager(process, address);
  }

  /** The process that holds everything. */
  get process(): Process {
    return this.#process;
  }

  dict<K = unknown, V = unknown>(entries: Iterable<readonly [K, V]> = []): DictProxy<K, V> {
    return new DictProxy<K, V>(Remote.create('Map', [[...entries]], this.#link));
  }

  list<T = unknown>(items: Iterable<T> = []): ListProxy<T> {
    return new ListProxy<T>(Remote.create('List', [[...items]], this.#link));
  }

  /** Named values: a dict whose keys are names. */
  namespace(fields: Readonly<Record<string, unknown>> = {}): DictProxy<string, unknown> {
    return this.dict<string, unknown>(Object.entries(fields));
  }

  value<T>(initial: T): ValueProxy<T> {
    return new ValueProxy<T>(Remote.create('Map', [[['value', initial]]], this.#link));
  }

  lock(options: LockOptions = {}): Lock {
    return new Lock(Remote.create('Lock', [options], this.#link));
  }

  rlock(options: LockOptions = {}): RLock {
    return new RLock(Remote.create('RLock', [options], this.#link));
  }

  condition(lock: Lock | RLock = this.rlock()): Condition {
    return new Condition(lock);
  }

  semaphore(value = 1): Semaphore {
    return new Semaphore(Remote.create('Semaphore', [value, {}], this.#link));
  }

  boundedSemaphore(value = 1): BoundedSemaphore {
    return new BoundedSemaphore(Remote.create('BoundedSemaphore', [value, {}], this.#link));
  }

  event(): Event {
    return new Event(Remote.create('Event', [], this.#link));
  }

  barrier(parties: number, options: BarrierOptions = {}): Barrier {
    return new Barrier(parties, options, Remote.create('Barrier', [parties, options.timeoutMs ?? null], this.#link));
  }

  queue<T>(maxsize = 0): Queue<T> {
    return new Queue<T>(maxsize, Remote.create('Queue', [maxsize], this.#link));
  }

  joinableQueue<T>(maxsize = 0): JoinableQueue<T> {
    return new JoinableQueue<T>(maxsize, Remote.create('JoinableQueue', [maxsize], this.#link));
  }

  /** Ends its process: every proxy answers BrokenPipeError from then on. Again is harmless. */
  async shutdown(): Promise<void> {
    if (this.#process.isAlive()) this.#process.line?.send('end');
    await this.#process.join();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }
}

abstract class ManagedProxy implements Shareable {
  readonly remote: Remote;
  readonly #kind: string;

  constructor(kind: string, remote: Remote) {
    this.#kind = kind;
    this.remote = remote;
  }

  [HANDLE](): Handle {
    return this.remote.handle(this.#kind);
  }
}

/** A dict elsewhere. Keys keep their type: 1 and '1' are two. A proxy as a value stays one: what it stands for is shared. */
export class DictProxy<K, V> extends ManagedProxy {
  constructor(remote: Remote) {
    super('DictProxy', remote);
  }

  /** Undefined where there is no such key. */
  async get(key: K): Promise<V | undefined> {
    return (await this.remote.call('get', [key])) as V | undefined;
  }

  async set(key: K, value: V): Promise<void> {
    await this.remote.call('set', [key, value]);
  }

  async has(key: K): Promise<boolean> {
    return (await this.remote.call('has', [key])) as boolean;
  }

  /** @returns Whether it was there. */
  async delete(key: K): Promise<boolean> {
    return (await this.remote.call('delete', [key])) as boolean;
  }

  /** @throws StateError KeyError. */
  async pop(key: K): Promise<V> {
    return (await this.remote.call('pop', [key])) as V;
  }

  async setDefault(key: K, value: V): Promise<V> {
    return (await this.remote.call('setDefault', [key, value])) as V;
  }

  /** Adds to a number in one step. @returns The sum. */
  async add(key: K, amount: number): Promise<number> {
    return (await this.remote.call('add', [key, amount])) as number;
  }

  async update(entries: Iterable<readonly [K, V]>): Promise<void> {
    await this.remote.call('update', [[...entries]]);
  }

  async size(): Promise<number> {
    return (await this.remote.call('size')) as number;
  }

  async clear(): Promise<void> {
    await this.remote.call('clear');
  }

  /** A copy of it all, in the order the keys came. */
  async toMap(): Promise<Map<K, V>> {
    return new Map((await this.remote.call('entries')) as [K, V][]);
  }
}

/** A list elsewhere. */
export class ListProxy<T> extends ManagedProxy {
  constructor(remote: Remote) {
    super('ListProxy', remote);
  }

  /** @throws StateError IndexError. */
  async at(index: number): Promise<T> {
    return (await this.remote.call('at', [index])) as T;
  }

  async setAt(index: number, value: T): Promise<void> {
    await this.remote.call('setAt', [index, value]);
  }

  /** @returns How many there are now. */
  async push(...items: readonly T[]): Promise<number> {
    return (await this.remote.call('push', items)) as number;
  }

  async pop(index = -1): Promise<T> {
    return (await this.remote.call('pop', [index])) as T;
  }

  async insert(index: number, value: T): Promise<void> {
    await this.remote.call('insert', [index, value]);
  }

  async removeAt(index: number): Promise<void> {
    await this.remote.call('removeAt', [index]);
  }

  async reverse(): Promise<void> {
    await this.remote.call('reverse');
  }

  async add(index: number, amount: number): Promise<number> {
    return (await this.remote.call('add', [index, amount])) as number;
  }

  async size(): Promise<number> {
    return (await this.remote.call('size')) as number;
  }

  async clear(): Promise<void> {
    await this.remote.call('clear');
  }

  /** A copy of it all. */
  async toArray(): Promise<T[]> {
    return (await this.remote.call('items')) as T[];
  }
}

/** One value elsewhere. */
export class ValueProxy<T> extends ManagedProxy {
  constructor(remote: Remote) {
    super('ValueProxy', remote);
  }

  async get(): Promise<T> {
    return (await this.remote.call('get', ['value'])) as T;
  }

  async set(value: T): Promise<void> {
    await this.remote.call('set', ['value', value]);
  }

  /** Adds to a number in one step. @returns The sum. */
  async add(amount: number): Promise<number> {
    return (await this.remote.call('add', ['value', amount])) as number;
  }
}

onHandle('DictProxy', (handle) => new DictProxy(Remote.fromHandle(handle)));
onHandle('ListProxy', (handle) => new ListProxy(Remote.fromHandle(handle)));
onHandle('ValueProxy', (handle) => new ValueProxy(Remote.fromHandle(handle)));
