// One wait for many sockets. It does not know what they are, only when they are ready.
import { setImmediate as turn } from 'node:timers/promises';
import { StateError, ValueError } from '../errors.ts';
import type { Wait } from '../seam.ts';
import { TIMED_OUT } from '../waiters.ts';
import { Changes } from './changes.ts';
import type { Selectable } from './selectable.ts';

/** Something can be received or accepted: bytes, a connection, the end, an error. */
export const EVENT_READ = 1;
/** Something can be sent, or an error is there. */
export const EVENT_WRITE = 2;

/** What libuv, and so Node, waits with on this system. */
export type SelectorKind = 'EpollSelector' | 'KqueueSelector' | 'IocpSelector' | 'PollSelector';

/** What was registered: CPython's SelectorKey, without a file descriptor. */
export interface SelectorKey<Data> {
  readonly fileobj: Selectable;
  /** EVENT_READ, EVENT_WRITE, or both (`EVENT_READ | EVENT_WRITE`). */
  readonly events: number;
  readonly data: Data;
}

/** Something that is ready, and for what. */
export interface Selected<Data> {
  readonly key: SelectorKey<Data>;
  /** Of the events asked for, those that are here. */
  readonly mask: number;
}

interface Entry<Data> {
  key: SelectorKey<Data>;
  readonly unwatch: () => void;
}

/**
 * As CPython's `selectors.DefaultSelector`. What is ready stays so until it is dealt with (level-triggered): bytes left unread are
 * reported by the next select() again.
 *
 * What is ready is kept in a list of its own, as epoll does: a thousand connections that say nothing cost nothing.
 *
 * @example
 * ```ts
 * using selector = new Selector<() => Promise<void>>();
 * selector.register(server, EVENT_READ, accept);
 * for (;;) for (const { key } of await selector.select({ signal })) await key.data();
 * ```
 */
export class Selector<Data = unknown> implements Disposable {
  readonly #entries = new Map<Selectable, Entry<Data>>();
  /** Those that may be ready: something happened to them since they were last found not to be. */
  readonly #stirred = new Set<Entry<Data>>();
  readonly #changes = new Changes();
  #closed = false;

  get kind(): SelectorKind {
    return selectorKind(process.platform);
  }

  /**
   * @param data - Given back by select(): usually what to do then.
   * @throws ValueError on events that are none, and on a socket that is closed; StateError on one registered already, and once closed.
   */
  register(fileobj: Selectable, events: number, data: Data): SelectorKey<Data> {
    this.#checkOpen();
    checkEvents(events);
    if (fileobj.closed) throw new ValueError(`${fileobj.toString()} is closed`, { fix: 'Register a socket that is open' });
    if (this.#entries.has(fileobj))
      throw new StateError(`${fileobj.toString()} is already registered`, { fix: 'Use modify() to change its events or data' });
    const stir = (): void => this.#stir(entry);
    const entry: Entry<Data> = { key: { fileobj, events, data }, unwatch: fileobj.watch(stir) };
    this.#entries.set(fileobj, entry);
    this.#stir(entry);
    return entry.key;
  }

  /** Also of a socket that was closed since. @returns Its key. @throws StateError when it is not registered, and once closed. */
  unregister(fileobj: Selectable): SelectorKey<Data> {
    const entry = this.#find(fileobj);
    entry.unwatch();
    this.#entries.delete(fileobj);
    this.#stirred.delete(entry);
    return entry.key;
  }

  /** @throws ValueError on events that are none; StateError when it is not registered, and once closed. */
  modify(fileobj: Selectable, events: number, data: Data): SelectorKey<Data> {
    checkEvents(events);
    const entry = this.#find(fileobj);
    entry.key = { fileobj, events, data };
    this.#stir(entry);
    return entry.key;
  }

  /**
   * Waits until something is ready; what is registered meanwhile counts. The event loop turns at least once, so that a program that does
   * nothing but select() cannot starve its own sockets.
   *
   * @returns All that are ready, in the order in which they became so; none when the time is over. A negative time is none, as in CPython.
   * @throws `signal.reason` on abort; StateError once closed, also while it waits.
   */
  async select(options: Wait = {}): Promise<Selected<Data>[]> {
    this.#checkOpen();
    options.signal?.throwIfAborted();
    await turn();
    const timeoutMs = options.timeoutMs === undefined ? undefined : Math.max(0, options.timeoutMs);
    const ready = await this.#changes.until(() => this.#ready(), { timeoutMs, signal: options.signal });
    return ready === TIMED_OUT ? [] : ready;
  }

  /** @throws StateError when it is not registered, and once closed. */
  getKey(fileobj: Selectable): SelectorKey<Data> {
    return this.#find(fileobj).key;
  }

  /** All that is registered, as it is now. Null once closed, as in CPython. */
  getMap(): ReadonlyMap<Selectable, SelectorKey<Data>> | null {
    return this.#closed ? null : new Map([...this.#entries].map(([fileobj, { key }]) => [fileobj, key]));
  }

  /** Watches nothing any more. The sockets stay open. Again is harmless. */
  close(): void {
    if (this.#closed) return;
    for (const fileobj of [...this.#entries.keys()]) this.unregister(fileobj);
    this.#closed = true;
    this.#changes.tell();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #stir(entry: Entry<Data>): void {
    this.#stirred.add(entry);
    this.#changes.tell();
  }

  #ready(): Selected<Data>[] | undefined {
    this.#checkOpen();
    const ready: Selected<Data>[] = [];
    for (const entry of this.#stirred) {
      const { fileobj, events } = entry.key;
      const mask = events & ((fileobj.readable ? EVENT_READ : 0) | (fileobj.writable ? EVENT_WRITE : 0));
      if (mask === 0) this.#stirred.delete(entry);
      else ready.push({ key: entry.key, mask });
    }
    return ready.length > 0 ? ready : undefined;
  }

  #find(fileobj: Selectable): Entry<Data> {
    this.#checkOpen();
    const entry = this.#entries.get(fileobj);
    if (entry === undefined) throw new StateError(`${fileobj.toString()} is not registered`, { fix: 'Call register() first' });
    return entry;
  }

  #checkOpen(): void {
    if (this.#closed) throw new StateError('The selector is closed', { fix: 'Use it before close(), or make a new one' });
  }
}

/** What libuv waits with on a platform of Node. */
export function selectorKind(platform: NodeJS.Platform): SelectorKind {
  if (platform === 'linux' || platform === 'android') return 'EpollSelector';
  if (platform === 'darwin' || platform.endsWith('bsd')) return 'KqueueSelector';
  return platform === 'win32' ? 'IocpSelector' : 'PollSelector';
}

function checkEvents(events: number): void {
  if (events === EVENT_READ || events === EVENT_WRITE || events === (EVENT_READ | EVENT_WRITE)) return;
  throw new ValueError(`Invalid events: ${events}`, { fix: 'Give EVENT_READ, EVENT_WRITE or both' });
}
