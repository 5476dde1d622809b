// An executor over threads of this isolate: for work that waits. It does not know what the work is.
import { availableParallelism } from 'node:os';
import { type Agent, currentAgent } from '../agent.ts';
import { reportUncaught } from '../bootstrap/report-uncaught.ts';
import { BrokenExecutor, ShutDown } from '../errors.ts';
import { Queue } from '../local/queue.ts';
import { need, type Target, Thread } from '../threads/thread.ts';
import { checkWorkers, Executor } from './executor.ts';
import { Future } from './future.ts';

export interface ThreadPoolOptions {
  /** Default: 4 more than there are cores, at most 32. */
  readonly maxWorkers?: number | undefined;
  /** Default `ThreadPoolExecutor-0`, counted up. */
  readonly threadNamePrefix?: string | undefined;
  /** Called in each thread first; when it throws, the executor is broken. */
  readonly initializer?: Target | undefined;
  readonly initargs?: readonly unknown[] | undefined;
}

interface Task {
  readonly future: Future<unknown>;
  readonly work: () => unknown;
}

let made = 0;

/**
 * As CPython's `concurrent.futures.ThreadPoolExecutor`. Threads are started when needed, and used again.
 *
 * @example
 * ```ts
 * await using pool = new ThreadPoolExecutor({ maxWorkers: 8 });
 * const pages = urls.map((url) => pool.submit(fetchPage, url));
 * ```
 */
export class ThreadPoolExecutor extends Executor<(...args: never[]) => unknown> {
  readonly #options: ThreadPoolOptions;
  readonly #maxWorkers: number;
  readonly #prefix: string;
  readonly #tasks = new Queue<Task>();
  readonly #threads: Thread[] = [];
  readonly #agents: Agent[] = [];
  #idle = 0;
  #outstanding = 0;
  #broken: BrokenExecutor | undefined;

  /** @throws ValueError on less than one worker. */
  constructor(options: ThreadPoolOptions = {}) {
    super();
    this.#options = options;
    this.#maxWorkers = checkWorkers(options.maxWorkers ?? Math.min(32, availableParallelism() + 4));
    this.#prefix = options.threadNamePrefix ?? `ThreadPoolExecutor-${made}`;
    made += 1;
  }

  protected override checkUp(): void {
    if (this.#broken !== undefined) throw this.#broken;
    super.checkUp();
  }

  protected override enqueue<R>(target: (...args: never[]) => unknown, args: readonly unknown[]): Future<R> {
    return this.#add<R>(() => (target as (...all: unknown[]) => unknown)(...args));
  }

  protected override enqueueChunk<R>(target: (...args: never[]) => unknown, chunk: readonly (readonly unknown[])[]): Future<R[]> {
    return this.#add<R[]>(async () => {
      const results: R[] = [];
      for (const args of chunk) results.push((await (target as (...all: unknown[]) => unknown)(...args)) as R);
      return results;
    });
  }

  protected override cancelPending(): void {
    for (
      let task = this.#tasks.qsize() > 0 ? this.#tasks.tryGet() : undefined;
      task !== undefined;
      task = this.#tasks.qsize() > 0 ? this.#tasks.tryGet() : undefined
    ) {
      task.future.cancel();
      this.#settled();
    }
  }

  protected override async end(): Promise<void> {
    this.#tasks.shutdown();
    await Promise.all(this.#threads.map(async (thread) => await thread.join()));
  }

  #add<R>(work: () => unknown): Future<R> {
    // Queued, any of the threads could take it up; running, it is the one that has it.
    let runner: Agent | undefined;
    const future = new Future<R>(() => (runner === undefined ? (this.#agents.length < this.#maxWorkers ? [] : this.#agents) : [runner]));
    if (this.#outstanding === 0) need(1);
    this.#outstanding += 1;
    this.#tasks.putNowait({
      future: future as Future<unknown>,
      work: () => {
        runner = currentAgent();
        return work();
      },
    });
    if (this.#idle < this.#tasks.qsize() + 1 && this.#threads.length < this.#maxWorkers && this.#idle === 0) this.#start();
    return future;
  }

  #start(): void {
    const name = `${this.#prefix}_${this.#threads.length}`;
    // A daemon: idle threads keep no program alive; work does, see need().
    this.#threads.push(new Thread({ name, daemon: true, target: async () => await this.#serve() }).start());
  }

  async #serve(): Promise<void> {
    const agent = currentAgent();
    agent.daemon = false;
    this.#agents.push(agent);
    if (!(await this.#initialize())) return;
    for (;;) {
      const task = await this.#next();
      if (task === undefined) return;
      if (task.future.setRunningOrNotifyCancel()) await this.#run(task);
      this.#settled();
    }
  }

  async #next(): Promise<Task | undefined> {
    this.#idle += 1;
    try {
      return await this.#tasks.get();
    } catch (error) {
      if (error instanceof ShutDown) return undefined;
      throw error;
    } finally {
      this.#idle -= 1;
    }
  }

  async #run({ future, work }: Task): Promise<void> {
    let result: unknown;
    try {
      result = await work();
    } catch (error) {
      future.setException(error);
      return;
    }
    future.setResult(result);
  }

  async #initialize(): Promise<boolean> {
    const { initializer, initargs = [] } = this.#options;
    try {
      await (initializer as ((...all: unknown[]) => unknown) | undefined)?.(...initargs);
      return true;
    } catch (error) {
      reportUncaught('Exception in initializer:', error);
      this.#broken = new BrokenExecutor('A thread initializer failed, the thread pool is not usable anymore', { cause: error });
      while (this.#tasks.qsize() > 0) {
        this.#tasks.getNowait().future.setException(this.#broken);
        this.#settled();
      }
      return false;
    }
  }

  #settled(): void {
    this.#outstanding -= 1;
    if (this.#outstanding === 0) need(-1);
  }
}
