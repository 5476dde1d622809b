// A process of its own, with nothing shared but what it is given. It does not know what runs in it.
import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { type Agent, currentAgent } from '../agent.ts';
import { atExit } from '../bootstrap/at-exit.ts';
import { linkTo, openProgramLink } from '../broker/links.ts';
import { StateError } from '../errors.ts';
import type { Wait } from '../seam.ts';
import { type Context, thisContext } from '../units/context.ts';
import { type Ended, type Line, type RemoteOptions, RemoteUnit } from '../units/remote-unit.ts';
import { guardedCommand } from './parent-death.ts';

const BOOTSTRAP = fileURLToPath(new URL('../bootstrap/process.js', import.meta.url));

export interface ProcessOptions extends RemoteOptions {
  /** Goes on when this program ends, however it ends: an orphan. Default false. */
  readonly detached?: boolean | undefined;
}

const children = new Set<Process>();
let made = 0;

/**
 * As CPython's `multiprocessing.Process` with the start method `spawn`: the target is an exported function, its arguments are copied;
 * locks, queues and pipes among them are shared. A child never outlives its parent, unless it is `detached`.
 *
 * @example
 * ```ts
 * export async function work(name: string, results: Queue<string>) { await results.put(`hello ${name}`); }
 *
 * const child = new Process({ target: ref(import.meta, 'work'), args: ['bob', results] }).start();
 * await child.join();
 * ```
 */
export class Process extends RemoteUnit {
  readonly #detached: boolean;
  readonly #client = randomUUID();
  #child: ChildProcess | undefined;

  constructor(options: ProcessOptions = {}) {
    made += 1;
    super(options, `${prefix()}${made}`, thisContext().daemon || currentAgent().daemon);
    this.#detached = options.detached ?? false;
  }

  /** Null before start(). */
  get pid(): number | null {
    this.checkOpen();
    return this.#child?.pid ?? null;
  }

  /** The same as pid. */
  get ident(): number | null {
    return this.pid;
  }

  /** The process that starts it: this one. (CPython has no such attribute.) */
  get ppid(): number {
    return process.pid;
  }

  /** What must be known to connect to the objects of this program; inherited. */
  get authkey(): Uint8Array {
    return thisContext().authkey;
  }

  /** Itself, for `wait()`. @throws StateError before start(). */
  get sentinel(): this {
    if (this.state === 'initial') throw new StateError('process not started', { fix: 'Call start() first' });
    return this;
  }

  /** @throws StateError in a daemon, the second time, and from a module that is being loaded. */
  override start(): this {
    if (thisContext().daemon)
      throw new StateError('daemonic processes are not allowed to have children', { fix: 'Start it with daemon: false' });
    super.start();
    children.add(this);
    return this;
  }

  /** Whether it has ended, for wait(). */
  async ready(options: Wait): Promise<boolean> {
    await this.join(options);
    return !this.isAlive();
  }

  override toString(): string {
    const code = this.state === 'stopped' ? ` exitcode=${exitCodeName(this.exitCode ?? 0)}` : '';
    const pid = this.state === 'closed' || this.pid === null ? '' : ` pid=${this.pid}`;
    return `<${this.constructor.name} name='${this.name}'${pid} parent=${process.pid} ${this.state}${code}${this.daemon ? ' daemon' : ''}>`;
  }

  protected override spawn(ended: Ended): Line {
    const broker = openProgramLink();
    const guard = this.#guard();
    const child = fork(BOOTSTRAP, [], {
      ...guard,
      serialization: 'advanced',
      detached: this.#detached,
      // No terminal to read from, as in CPython: only one can.
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#child = child;
    child.once('exit', (code, signal) => {
      children.delete(this);
      // One that never connected would hold its ends of pipes for ever.
      linkTo(broker).gone(this.#client);
      ended(signal === null ? (code ?? 1) : -constants.signals[signal]);
    });
    // A message to one that has just died is lost with it, and its death is told by 'exit'.
    child.on('error', () => undefined);
    return lineOf(child);
  }

  protected override childContext(): Context {
    const broker = openProgramLink();
    const { authkey, name } = thisContext();
    return {
      kind: 'process',
      name: this.name,
      daemon: this.daemon,
      authkey,
      broker,
      client: this.#client,
      parent: { name, pid: process.pid },
      guarded: this.#detached || this.#guard() !== undefined,
      orphan: this.#detached,
    };
  }

  #guard(): ReturnType<typeof guardedCommand> {
    return this.#detached ? undefined : guardedCommand(isMainThread);
  }

  // What waits in the child waits at the broker, in the names of its threads.
  protected override waitedFor(): readonly Agent[] {
    const agents = linkTo(thisContext().broker).agentsOf(this.#client);
    return agents.length > 0 ? agents.slice(0, 1) : [this.agent];
  }
}

function lineOf(child: ChildProcess): Line {
  return {
    ident: child.pid ?? -1,
    send: (message) => void (child.connected && child.send(message as object)),
    onMessage: (listener) => child.on('message', listener),
    end: (signal) => child.kill(signal),
    keep: (alive) => {
      if (alive) {
        child.ref();
        child.channel?.ref();
      } else {
        child.unref();
        child.channel?.unref();
      }
    },
  };
}

/** Those started here that have not ended. */
export function activeChildren(): Process[] {
  return [...children].filter((child) => child.isAlive());
}

/** What is known of the process that started this one; null in the main one. */
export function parentProcess(): { readonly name: string; readonly pid: number; isAlive(): boolean } | null {
  const { parent } = thisContext();
  return parent === null ? null : { ...parent, isAlive: () => process.ppid === parent.pid };
}

/** What this process is. */
export function currentProcess(): { readonly name: string; readonly pid: number; readonly ppid: number; readonly daemon: boolean } {
  const { name, daemon } = thisContext();
  return { name, pid: process.pid, ppid: process.ppid, daemon };
}

function prefix(): string {
  const { kind, name } = thisContext();
  return kind === 'process' ? `${name}:` : 'Process-';
}

function exitCodeName(code: number): string {
  const name = Object.entries(constants.signals).find(([, number]) => number === -code)?.[0];
  return code < 0 && name !== undefined ? `-${name}` : String(code);
}

atExit(() => {
  for (const child of children) if (child.daemon) child.terminate();
});
