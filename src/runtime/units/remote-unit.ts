// What a WorkerThread and a Process have in common: started once, joined by anyone, told what to run by module and name.
// It does not know how an isolate is made.
import { Agent, currentAgent, nextIdent } from '../agent.ts';
import { waitFor } from '../detect/wait-graph.ts';
import { StateError, TargetNotFoundError } from '../errors.ts';
import type { Wait } from '../seam.ts';
import type { UnitOptions } from '../threads/thread.ts';
import { Waiters } from '../waiters.ts';
import { toWire } from '../wire/convert.ts';
import { type FunctionRef, type RemoteTarget, refOf } from '../wire/function-ref.ts';
import { type Context, isImporting } from './context.ts';

/** How to talk to an isolate that was made, and how it ended. */
export interface Line {
  /** The pid of a process, the threadId of a worker. */
  readonly ident: number;
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Ends it: a process by a signal, a worker at once. */
  end(signal: NodeJS.Signals): void;
  /** Whether it keeps this program alive. */
  keep(alive: boolean): void;
}

/** The first message to an isolate: what to run, and what it is. */
export interface Boot {
  readonly kind: 'boot';
  readonly context: Context;
  /** A function, or the class of a subclass with a run() of its own. */
  readonly target: { readonly url: string; readonly name: string } | null;
  /** Fields of a subclass, as its constructor left them. */
  readonly fields: unknown;
  readonly args: unknown;
  readonly kwargs: unknown;
}

/** How an isolate ended: an exit code, negative for a signal. */
export type Ended = (exitCode: number) => void;

export type RemoteOptions = UnitOptions<RemoteTarget>;

/** Where a subclass says which module exports it: `static readonly module = import.meta.url`. */
interface Subclass {
  readonly name: string;
  readonly module?: string;
}

export abstract class RemoteUnit {
  readonly #agent: Agent;
  readonly #options: RemoteOptions;
  readonly #target: FunctionRef | undefined;
  readonly #joiners = new Waiters<true>();
  #state: 'initial' | 'started' | 'stopped' | 'closed' = 'initial';
  #exitCode: number | null = null;
  #daemon: boolean;
  #line: Line | undefined;
  readonly #endings: (() => void)[] = [];

  /** @throws ClosureTargetError, TargetNotFoundError for a target that cannot travel. */
  constructor(options: RemoteOptions, kind: string, inheritedDaemon: boolean) {
    this.#options = options;
    this.#target = options.target === undefined ? undefined : refOf(options.target);
    this.#agent = new Agent(String(options.name ?? kind), nextIdent());
    this.#daemon = options.daemon ?? inheritedDaemon;
  }

  get name(): string {
    return this.#agent.name;
  }

  set name(name: string | number) {
    this.#agent.name = String(name);
  }

  get daemon(): boolean {
    return this.#daemon;
  }

  /** @throws StateError once it was started. */
  set daemon(daemon: boolean) {
    if (this.#state !== 'initial') throw new StateError('process has already started', { fix: 'Set daemon before start()' });
    this.#daemon = daemon;
  }

  /** Null before start() and while it runs; 0 after a return, 1 after an error, n after exit(n), -n after signal n. */
  get exitCode(): number | null {
    this.checkOpen();
    return this.#exitCode;
  }

  /** Who it is in the graph of who waits for whom. */
  get agent(): Agent {
    return this.#agent;
  }

  isAlive(): boolean {
    this.checkOpen();
    return this.#state === 'started';
  }

  /** Starts it, and returns at once. @throws StateError the second time, and from a module that is being loaded. */
  start(): this {
    this.checkOpen();
    if (this.#state !== 'initial') throw new StateError('cannot start a process twice', { fix: 'Make a new one for each start' });
    if (isImporting()) {
      throw new StateError('A module that is loaded as a target must start nothing while it is loaded: it would start itself for ever', {
        fix: 'Start from inside: if (isMain(import.meta)) { ... }',
      });
    }
    // First: what cannot travel is known before anything is started.
    const boot = this.#boot();
    const line = this.spawn((exitCode) => this.#ended(exitCode));
    this.#state = 'started';
    this.#line = line;
    line.keep(!this.#daemon);
    line.send(boot);
    return this;
  }

  /** What it does, in its own isolate: calls the target. A subclass may override it; called directly, it runs here. */
  run(): unknown {
    const { target, args = [], kwargs } = this.#options;
    return (target as ((...all: unknown[]) => unknown) | undefined)?.(...args, ...(kwargs === undefined ? [] : [kwargs]));
  }

  /**
   * Waits until it has ended, or the time is over: exitCode tells which. A negative time is none, as in CPython.
   *
   * @throws StateError before start(); DeadlockError when it waits for the caller; `signal.reason` on abort.
   */
  async join(options: Wait = {}): Promise<void> {
    this.checkOpen();
    if (this.#state === 'initial') throw new StateError('can only join a started process', { fix: 'Call start() first' });
    if (this.#state !== 'started') return;
    const timeoutMs = options.timeoutMs === undefined ? undefined : Math.max(0, options.timeoutMs);
    const edge = { waits: `process ${this.name}`, owners: () => (this.#state === 'started' ? this.waitedFor() : []) };
    this.#line?.keep(true);
    try {
      await waitFor(edge, options, 'throw', async () => await this.#joiners.wait({ timeoutMs, signal: options.signal }, undefined));
    } finally {
      if (this.#state === 'started') this.#line?.keep(!this.#daemon || this.#joiners.count > 0);
    }
  }

  /** Ends it without asking; what it held goes to the next in line. Does nothing to one that has ended. */
  terminate(): void {
    this.signal('SIGTERM');
  }

  /** As terminate(), by a signal that nobody can catch. */
  kill(): void {
    this.signal('SIGKILL');
  }

  protected signal(signal: NodeJS.Signals): void {
    this.checkOpen();
    if (this.#state === 'initial') throw new StateError('process not started', { fix: 'Call start() first' });
    if (this.#state === 'started') this.#line?.end(signal);
  }

  /** How to talk to it, for those that keep it busy; undefined before start(). */
  get line(): Line | undefined {
    return this.#line;
  }

  /** Forgets it. @throws StateError while it runs. */
  close(): void {
    if (this.#state === 'started') {
      throw new StateError('Cannot close a process while it is still running. You should first call join() or terminate().');
    }
    this.#state = 'closed';
  }

  protected get state(): string {
    return this.#state;
  }

  protected checkOpen(): void {
    if (this.#state === 'closed') throw new StateError('process object is closed', { fix: 'Read what you need before close()' });
  }

  /** Makes the isolate. */
  protected abstract spawn(ended: Ended): Line;

  /** What the isolate is to know about itself. */
  protected abstract childContext(): Context;

  /** Who could end a wait for it. */
  protected waitedFor(): readonly Agent[] {
    return [this.#agent];
  }

  /** Calls back when it has ended, and unlike join() does not keep the program alive for it. */
  whenEnded(callback: () => void): void {
    this.#endings.push(callback);
  }

  #ended(exitCode: number): void {
    if (this.#state !== 'started') return;
    this.#state = 'stopped';
    this.#exitCode = exitCode;
    this.#joiners.wakeAll(true);
    for (const callback of this.#endings) callback();
  }

  #boot(): Boot {
    const { args = [], kwargs } = this.#options;
    const subclass = this.#target === undefined ? this.#subclass() : undefined;
    const context = this.childContext();
    const travel = { handles: true, memory: context.kind === 'worker', receiver: context.client };
    return {
      kind: 'boot',
      context,
      target: this.#target ?? subclass ?? null,
      fields: subclass === undefined ? null : toWire({ ...this }, travel),
      args: toWire([...args], travel),
      kwargs: kwargs === undefined ? null : toWire({ ...kwargs }, travel),
    };
  }

  #subclass(): { url: string; name: string } | undefined {
    const cls = this.constructor as unknown as Subclass;
    if (this.run === RemoteUnit.prototype.run) return undefined;
    if (Object.hasOwn(cls, 'module') && cls.module !== undefined) return { url: cls.module, name: cls.name };
    throw new TargetNotFoundError(`The class ${cls.name} does not say which module exports it`, {
      fix: `Add to it: static readonly module = import.meta.url`,
    });
  }
}

/** The default of `daemon`: whoever starts something from a daemon thread wants no more than that. */
export function inheritedDaemon(): boolean {
  return currentAgent().daemon;
}
