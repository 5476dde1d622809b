// A thread of this isolate: an async function with an identity, sharing the heap. It does not know about cores or other isolates.
import { Agent, currentAgent, mainAgent, nextIdent, runAs } from '../agent.ts';
import { reportUncaught } from '../bootstrap/report-uncaught.ts';
import { waitFor } from '../detect/wait-graph.ts';
import { StateError } from '../errors.ts';
import type { Wait } from '../seam.ts';
import { after, Waiters } from '../waiters.ts';

/** What every unit of work is made of: Thread, WorkerThread, Process. */
export interface UnitOptions<Target> {
  /** What it runs; a subclass with a run() of its own needs none. */
  readonly target?: Target | undefined;
  /** Arguments of the target. */
  readonly args?: readonly unknown[] | undefined;
  /** Given to the target as one more argument, after args. */
  readonly kwargs?: Readonly<Record<string, unknown>> | undefined;
  /** Default `Thread-1 (target)`, counted up. */
  readonly name?: string | number | undefined;
  /** Whether the program may end without it. Default: as its creator. */
  readonly daemon?: boolean | undefined;
}

export type Target = (...args: never[]) => unknown;

/** Called with whatever a thread threw. */
export type Excepthook = (failure: { readonly error: unknown; readonly thread: Thread }) => void;

/** Thrown to end a thread without a word. As CPython's SystemExit in a thread. */
export class ThreadExit extends Error {
  override readonly name = 'ThreadExit';
}

const threads = new Map<Agent, Thread>();
let made = 0;
let needed = 0;
let keepAlive: NodeJS.Timeout | undefined;

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * As CPython's `threading.Thread`, as a fiber: it runs whenever the others await. 400 of them that sleep cost nothing; two that
 * compute take turns (use WorkerThread for cores).
 *
 * Give a `target`, or extend it and override `run()`. What it throws goes to {@link excepthook}, not to who joins it.
 *
 * @example
 * ```ts
 * const thread = new Thread({ target: fetchAll, args: [urls] }).start();
 * await thread.join();
 * ```
 */
export class Thread {
  readonly #agent: Agent;
  readonly #options: UnitOptions<Target>;
  readonly #joiners = new Waiters<true>();
  #state: 'initial' | 'started' | 'stopped' = 'initial';

  constructor(options: UnitOptions<Target> = {}) {
    made += 1;
    const { target, name } = options;
    const suffix = target?.name ? ` (${target.name})` : '';
    this.#agent = new Agent(String(name ?? `Thread-${made}${suffix}`), nextIdent());
    this.#agent.daemon = options.daemon ?? currentAgent().daemon;
    this.#options = options;
  }

  get name(): string {
    return this.#agent.name;
  }

  set name(name: string | number) {
    this.#agent.name = String(name);
  }

  /** A number of its own in this isolate; null before start(). */
  get ident(): number | null {
    return this.#state === 'initial' ? null : this.#agent.ident;
  }

  get daemon(): boolean {
    return this.#agent.daemon;
  }

  /** @throws StateError once it was started. */
  set daemon(daemon: boolean) {
    if (this.#state !== 'initial') throw new StateError('cannot set daemon status of active thread', { fix: 'Set daemon before start()' });
    this.#agent.daemon = daemon;
  }

  isAlive(): boolean {
    return this.#state === 'started';
  }

  /** Starts it; it begins to run as soon as its starter awaits. @throws StateError the second time. */
  start(): this {
    if (this.#state !== 'initial') throw new StateError('threads can only be started once', { fix: 'Make a new Thread for each start' });
    this.#state = 'started';
    threads.set(this.#agent, this);
    const counted = !this.daemon;
    if (counted) need(1);
    void runAs(this.#agent, async () => await this.#live(counted));
    return this;
  }

  /** What the thread does: calls the target. A subclass may override it. */
  run(): unknown {
    const { target, args = [], kwargs } = this.#options;
    return (target as ((...all: unknown[]) => unknown) | undefined)?.(...args, ...(kwargs === undefined ? [] : [kwargs]));
  }

  /**
   * Waits until it has ended, or the time is over: isAlive() tells which. A negative time is none, as in CPython.
   *
   * @throws StateError before start(), and from within; DeadlockError when it waits for the caller; `signal.reason` on abort.
   */
  async join(options: Wait = {}): Promise<void> {
    if (this.#state === 'initial') throw new StateError('cannot join thread before it is started', { fix: 'Call start() first' });
    if (currentAgent() === this.#agent) throw new StateError('cannot join current thread', { fix: 'Let another thread join this one' });
    if (!this.isAlive()) return;
    const timeoutMs = options.timeoutMs === undefined ? undefined : Math.max(0, options.timeoutMs);
    const edge = { waits: `thread ${this.name}`, owners: () => (this.isAlive() ? [this.#agent] : []) };
    await waitFor(edge, options, 'throw', async () => await this.#joiners.wait({ timeoutMs, signal: options.signal }, undefined));
  }

  toString(): string {
    const daemon = this.daemon ? ' daemon' : '';
    return `<${this.constructor.name}(${this.name}, ${this.#state}${daemon}${this.ident === null ? '' : ` ${this.ident}`})>`;
  }

  async #live(counted: boolean): Promise<void> {
    try {
      await Promise.resolve();
      await this.run();
    } catch (error) {
      if (!(error instanceof ThreadExit)) report(error, this);
    } finally {
      this.#state = 'stopped';
      threads.delete(this.#agent);
      const left = this.#agent.abandonAll();
      if (left > 0) process.emitWarning(`${this.name} ended holding ${left} lock(s); the next owner is told`, 'AbandonedLockWarning');
      if (counted) need(-1);
      this.#joiners.wakeAll(true);
    }
  }
}

class MainThread extends Thread {
  constructor() {
    super({ name: 'MainThread' });
  }

  override get ident(): number {
    return mainAgent.ident;
  }

  override isAlive(): boolean {
    return true;
  }

  override start(): this {
    throw new StateError('threads can only be started once');
  }

  override async join(): Promise<void> {
    throw new StateError('cannot join the main thread: it ends with the program');
  }
}

const main = new MainThread();
made = 0;

export function mainThread(): Thread {
  return main;
}

/** The thread that runs this; the main one outside of any. */
export function currentThread(): Thread {
  return threads.get(currentAgent()) ?? main;
}

/** Those that live now, the main one first. */
export function enumerate(): Thread[] {
  return [main, ...threads.values()];
}

/** How many live now; the main one counts. */
export function activeCount(): number {
  return threads.size + 1;
}

/** What happens to an error no thread caught; may be replaced. A hook that throws is reported as well. */
export const hooks: { excepthook: Excepthook } = {
  excepthook: ({ error, thread }) => reportUncaught(`Exception in thread ${thread.name}:`, error),
};

/**
 * Waits, as CPython's time.sleep; a sleeping daemon does not keep the program alive.
 *
 * @throws `signal.reason` on abort.
 */
export async function sleep(ms: number, options: { readonly signal?: AbortSignal } = {}): Promise<void> {
  const { signal } = options;
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const onAbort = (): void => {
      stop();
      reject(signal?.reason as Error);
    };
    const stop = after(
      ms,
      () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      },
      { keepsAlive: !currentAgent().daemon },
    );
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** Waits until every thread that is no daemon has ended. */
export async function joinAll(): Promise<void> {
  for (let left = waitable(); left.length > 0; left = waitable()) await Promise.all(left.map(async (thread) => await thread.join()));
}

function waitable(): Thread[] {
  return [...threads.values()].filter((thread) => !thread.daemon && thread !== currentThread());
}

function report(error: unknown, thread: Thread): void {
  try {
    hooks.excepthook({ error, thread });
  } catch (failure) {
    reportUncaught('Exception in threading.excepthook:', failure);
    reportUncaught(`Exception in thread ${thread.name}:`, error);
  }
}

/** A promise alone keeps no program alive: counts those that must. */
export function need(change: 1 | -1): void {
  needed += change;
  // One timer that never comes to anything, held or let go: making one for each wait would cost more than most waits.
  keepAlive ??= setInterval(() => undefined, LONGEST_TIMER_MS);
  if (needed === 0) keepAlive.unref();
  else if (needed === 1 && change === 1) keepAlive.ref();
}
