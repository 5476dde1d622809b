// An OS thread with a heap of its own: for what computes. It does not know what runs in it.
import { randomUUID } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { Agent } from '../agent.ts';
import { linkTo, openProgramLink } from '../broker/links.ts';
import type { Wait } from '../seam.ts';
import { arenaIfAny } from '../shared/arena.ts';
import { type Context, thisContext } from '../units/context.ts';
import { type Ended, inheritedDaemon, type Line, type RemoteOptions, RemoteUnit } from '../units/remote-unit.ts';

const BOOTSTRAP = new URL('../bootstrap/worker.js', import.meta.url);
/** A worker ended from outside reports 1, as one that failed: what it is told instead, as a process ended by SIGTERM. */
const TERMINATED = -15;
const KILLED = -9;

export interface WorkerThreadOptions extends RemoteOptions {
  /** How much its heap holds of what is new, at most. Less is collected more often. Default: node's, 48 MiB. */
  readonly youngGenerationMiB?: number | undefined;
}

let made = 0;

/**
 * As Thread, on a core of its own: the target is an exported function, its arguments are copied; what shares memory (`shared.*`), and
 * locks, queues and pipes among them are shared.
 *
 * @example
 * ```ts
 * const counter = new shared.Value('i32', 0);
 * const worker = new WorkerThread({ target: ref(import.meta, 'count'), args: [counter] }).start();
 * await worker.join();
 * ```
 */
export class WorkerThread extends RemoteUnit {
  readonly #client = randomUUID();
  readonly #youngGenerationMiB: number | undefined;
  #ident: number | null = null;

  constructor(options: WorkerThreadOptions = {}) {
    made += 1;
    super(options, `WorkerThread-${made}`, inheritedDaemon());
    this.#youngGenerationMiB = options.youngGenerationMiB;
  }

  /** The threadId of the worker; null before start(). */
  get ident(): number | null {
    return this.#ident;
  }

  /** Whether it has ended, for wait(). */
  async ready(options: Wait): Promise<boolean> {
    await this.join(options);
    return !this.isAlive();
  }

  override toString(): string {
    return `<${this.constructor.name}(${this.name}, ${this.state}${this.daemon ? ' daemon' : ''})>`;
  }

  protected override spawn(ended: Ended): Line {
    const broker = openProgramLink();
    const young = this.#youngGenerationMiB;
    const worker = new Worker(BOOTSTRAP, {
      name: this.name,
      ...(young === undefined ? {} : { resourceLimits: { maxYoungGenerationSizeMb: young } }),
    });
    let told: number | undefined;
    this.#ident = worker.threadId;
    let failed: Error | undefined;
    // Out of memory, or a module that cannot be loaded; its own errors the bootstrap has printed.
    worker.on('error', (error: Error) => {
      failed = error;
    });
    worker.once('exit', (code) => {
      arenaIfAny()?.sweepThread(this.#ident ?? 0);
      linkTo(broker).gone(this.#client);
      if (failed !== undefined) process.emitWarning(`${this.name} ended: ${failed.message}`);
      ended(told ?? code);
    });
    return {
      ident: worker.threadId,
      send: (message) => worker.postMessage(message),
      onMessage: (listener) => worker.on('message', listener),
      end: (signal) => {
        told = signal === 'SIGKILL' ? KILLED : TERMINATED;
        arenaIfAny()?.condemn(worker.threadId);
        void worker.terminate();
      },
      keep: (alive) => {
        if (alive) worker.ref();
        else worker.unref();
      },
    };
  }

  protected override childContext(): Context {
    const broker = openProgramLink();
    const { authkey, name } = thisContext();
    return {
      kind: 'worker',
      name: this.name,
      daemon: this.daemon,
      authkey,
      broker,
      client: this.#client,
      parent: { name, pid: process.pid },
    };
  }

  protected override waitedFor(): readonly Agent[] {
    const agents = linkTo(thisContext().broker).agentsOf(this.#client);
    return agents.length > 0 ? agents.slice(0, 1) : [this.agent];
  }
}
