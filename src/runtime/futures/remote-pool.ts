// An executor over isolates, worker threads or processes: for work that computes. It does not know which of the two they are.
import { availableParallelism } from 'node:os';
import { BrokenExecutor, CancelledError, ValueError, WorkerDiedError } from '../errors.ts';
import { need } from '../threads/thread.ts';
import type { RemoteOptions, RemoteUnit } from '../units/remote-unit.ts';
import { fromWire, toWire } from '../wire/convert.ts';
import { withRemoteTraceback } from '../wire/error.ts';
import { type RemoteTarget, ref, refOf } from '../wire/function-ref.ts';
import { checkWorkers, Executor } from './executor.ts';
import { Future } from './future.ts';
import type { FromWorker, Shape, ToWorker, WireResult, WireTask } from './serve.ts';

export interface RemotePoolOptions {
  /** Default: as many as there are cores. */
  readonly maxWorkers?: number | undefined;
  /** Called in each worker first; when it throws, the executor is broken. */
  readonly initializer?: RemoteTarget | undefined;
  readonly initargs?: readonly unknown[] | undefined;
  /** A worker ends after so many tasks, and another one takes its place. Default: never. */
  readonly maxTasksPerChild?: number | undefined;
}

/** How much work, in time, is sent to a worker in one go: what is quick travels together, what is slow alone. */
const BATCH_MS = 2;
const LARGEST_BATCH = 64;
/** Batches a worker of quick tasks has at a time, so that it never waits for the next. */
const AHEAD = 2;

interface Task {
  readonly future: Future<unknown>;
  readonly target: RemoteTarget;
  readonly shape: Shape;
  readonly args: unknown;
}

/** One worker, with what it has to do. */
interface Worker {
  readonly unit: RemoteUnit;
  readonly tasks: Map<number, Task>;
  /** How many targets it has been told. */
  told: number;
  batches: number;
  done: number;
  ready: boolean;
  retiring: boolean;
}

export abstract class RemotePoolExecutor extends Executor<RemoteTarget> {
  readonly #options: RemotePoolOptions;
  readonly #maxWorkers: number;
  readonly #workers = new Set<Worker>();
  readonly #targets = new Map<string, number>();
  readonly #targetList: { readonly url: string; readonly name: string }[] = [];
  #pending: Task[] = [];
  #head = 0;
  #ids = 0;
  #outstanding = 0;
  #scheduled = false;
  #taskMs = Number.POSITIVE_INFINITY;
  #broken: BrokenExecutor | undefined;
  #emptied: (() => void)[] = [];

  /** @throws ValueError on less than one worker or task; ClosureTargetError for an initializer that cannot travel. */
  constructor(options: RemotePoolOptions = {}) {
    super();
    const { maxTasksPerChild, initializer } = options;
    if (maxTasksPerChild !== undefined && (!Number.isInteger(maxTasksPerChild) || maxTasksPerChild < 1))
      throw new ValueError('max_tasks_per_child must be >= 1');
    if (initializer !== undefined) refOf(initializer);
    this.#options = options;
    this.#maxWorkers = checkWorkers(options.maxWorkers ?? availableParallelism());
  }

  /** The units at work now. */
  get units(): readonly RemoteUnit[] {
    return [...this.#workers].map((worker) => worker.unit);
  }

  /** Ends every worker at once: what ran or waited fails with CancelledError. */
  async terminate(): Promise<void> {
    const workers = [...this.#workers];
    for (const worker of workers) for (const task of worker.tasks.values()) task.future.setException(new CancelledError());
    for (const worker of workers) worker.tasks.clear();
    await Promise.all([
      this.shutdown({ cancelFutures: true }),
      ...workers.map(async ({ unit }) => {
        unit.kill();
        await unit.join();
      }),
    ]);
  }

  /** Starts as many workers as there may be, before there is work for them. */
  warmUp(): void {
    while (this.#workers.size < this.#maxWorkers) this.#start();
  }

  /** Has the target called for each of some argument lists, one after another, as one task. */
  submitEach<R = unknown>(target: RemoteTarget, calls: readonly (readonly unknown[])[]): Future<R[]> {
    this.checkUp();
    return this.enqueueChunk<R>(target, calls);
  }

  /** Makes a worker, not started yet. */
  protected abstract makeUnit(options: RemoteOptions): RemoteUnit;

  protected override checkUp(): void {
    if (this.#broken !== undefined) throw this.#broken;
    super.checkUp();
  }

  protected override enqueue<R>(target: RemoteTarget, args: readonly unknown[]): Future<R> {
    return this.#add<R>(target, 'call', args);
  }

  protected override enqueueChunk<R>(target: RemoteTarget, chunk: readonly (readonly unknown[])[]): Future<R[]> {
    return this.#add<R[]>(target, 'each', chunk);
  }

  protected override cancelPending(): void {
    for (const { future } of this.#pending.slice(this.#head)) future.cancel();
    this.#pending = [];
    this.#head = 0;
  }

  protected override async end(): Promise<void> {
    const workers = [...this.#workers];
    if (this.#left() > 0 || workers.some((worker) => worker.tasks.size > 0)) {
      await new Promise<void>((resolve) => {
        this.#emptied.push(resolve);
      });
    }
    for (const worker of this.#workers) this.#retire(worker);
    await Promise.all([...this.#workers].map(async ({ unit }) => await unit.join()));
  }

  #add<R>(target: RemoteTarget, shape: Shape, args: readonly unknown[]): Future<R> {
    refOf(target);
    // Copied now: what the caller changes afterwards is the caller's.
    const data = toWire(args);
    const future = new Future<R>();
    this.#keepAlive(future as Future<unknown>);
    this.#pending.push({ future: future as Future<unknown>, target, shape, args: data });
    this.#schedule();
    return future;
  }

  // Idle workers keep no program alive; work does.
  #keepAlive(future: Future<unknown>): void {
    this.#outstanding += 1;
    if (this.#outstanding === 1) need(1);
    future.addDoneCallback(() => {
      this.#outstanding -= 1;
      if (this.#outstanding === 0) need(-1);
    });
  }

  // What is submitted in one go travels together.
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#distribute();
    });
  }

  #left(): number {
    return this.#pending.length - this.#head;
  }

  #distribute(): void {
    this.#hire();
    for (let gave = true; gave && this.#left() > 0; ) {
      gave = false;
      for (const worker of this.#workers) if (this.#left() > 0 && this.#hasRoom(worker)) gave = this.#give(worker) || gave;
    }
    this.#settle();
  }

  // A worker takes a while to start: those that are starting count as free.
  #hire(): void {
    const free = [...this.#workers].filter((worker) => worker.batches === 0 && !worker.retiring).length;
    for (let i = free; i < this.#left() && this.#workers.size < this.#maxWorkers; i++) this.#start();
  }

  #hasRoom(worker: Worker): boolean {
    if (!worker.ready || worker.retiring) return false;
    return worker.batches === 0 || (worker.batches < AHEAD && this.#batchSize() > 1);
  }

  #batchSize(): number {
    return Math.max(1, Math.min(LARGEST_BATCH, Math.floor(BATCH_MS / this.#taskMs), Math.ceil(this.#left() / this.#maxWorkers)));
  }

  #give(worker: Worker): boolean {
    const { maxTasksPerChild = Number.POSITIVE_INFINITY } = this.#options;
    const most = Math.min(this.#batchSize(), maxTasksPerChild - worker.done - worker.tasks.size);
    const tasks: WireTask[] = [];
    while (tasks.length < most && this.#left() > 0) {
      const task = this.#next();
      if (!task.future.setRunningOrNotifyCancel()) continue;
      this.#ids += 1;
      worker.tasks.set(this.#ids, task);
      tasks.push([this.#ids, this.#targetIndex(task.target), task.shape, task.args]);
    }
    if (tasks.length === 0) return false;
    worker.batches += 1;
    const told = worker.told;
    if (told < this.#targetList.length) this.#send(worker, { kind: 'targets', first: told, targets: this.#targetList.slice(told) });
    worker.told = this.#targetList.length;
    this.#send(worker, { kind: 'tasks', tasks });
    return true;
  }

  #next(): Task {
    const task = this.#pending[this.#head] as Task;
    this.#head += 1;
    if (this.#head > 1_024 && this.#head * 2 > this.#pending.length) {
      this.#pending = this.#pending.slice(this.#head);
      this.#head = 0;
    }
    return task;
  }

  #targetIndex(target: RemoteTarget): number {
    const { url, name } = refOf(target);
    const key = `${url} ${name}`;
    const known = this.#targets.get(key);
    if (known !== undefined) return known;
    this.#targets.set(key, this.#targetList.length);
    return this.#targetList.push({ url, name }) - 1;
  }

  #start(): void {
    const { initializer, initargs = [] } = this.#options;
    const unit = this.makeUnit({
      target: ref(new URL('serve.js', import.meta.url).href, 'serveTasks'),
      args: [initializer === undefined ? null : refOf(initializer), initargs],
      daemon: true,
    });
    const worker: Worker = { unit, tasks: new Map(), told: 0, batches: 0, done: 0, ready: false, retiring: false };
    this.#workers.add(worker);
    unit.start();
    unit.line?.onMessage((message) => this.#hear(worker, message as FromWorker));
    unit.whenEnded(() => this.#died(worker));
  }

  #hear(worker: Worker, message: FromWorker): void {
    switch (message.kind) {
      case 'ready':
        worker.ready = true;
        break;
      case 'broken':
        this.#break(fromWire(message.error));
        return;
      case 'results':
        this.#results(worker, message.results, message.busyMs);
    }
    this.#distribute();
  }

  #results(worker: Worker, results: readonly WireResult[], busyMs: number): void {
    const each = busyMs / results.length;
    this.#taskMs = Number.isFinite(this.#taskMs) ? 0.7 * this.#taskMs + 0.3 * each : each;
    for (const [id, ok, value] of results) {
      const task = worker.tasks.get(id);
      worker.tasks.delete(id);
      worker.done += 1;
      if (task === undefined) continue;
      if (ok) task.future.setResult(fromWire(value));
      else task.future.setException(withRemoteTraceback(fromWire(value), worker.unit.name));
    }
    worker.batches = worker.tasks.size === 0 ? 0 : Math.min(worker.batches, 1);
    if (worker.done >= (this.#options.maxTasksPerChild ?? Number.POSITIVE_INFINITY)) this.#retire(worker);
  }

  #retire(worker: Worker): void {
    if (worker.retiring) return;
    worker.retiring = true;
    this.#send(worker, { kind: 'end' });
  }

  #died(worker: Worker): void {
    this.#workers.delete(worker);
    const code = worker.unit.exitCode;
    for (const task of worker.tasks.values())
      task.future.setException(
        new WorkerDiedError(`${worker.unit.name} ended with ${code} while it had this task, which may have run in part`),
      );
    worker.tasks.clear();
    // One that could not even begin would be followed by others that cannot, for ever.
    if (worker.ready || worker.retiring) this.#distribute();
    else this.#break(new WorkerDiedError(`${worker.unit.name} ended with ${code} before it could begin`));
  }

  #break(error: unknown): void {
    this.#broken ??= new BrokenExecutor('An initializer failed, the pool is not usable anymore', { cause: error });
    const broken = this.#broken;
    for (const { future } of this.#pending.splice(this.#head)) if (future.setRunningOrNotifyCancel()) future.setException(broken);
    for (const worker of this.#workers) this.#retire(worker);
    this.#settle();
  }

  #settle(): void {
    if (this.#left() > 0 || [...this.#workers].some((worker) => worker.tasks.size > 0)) return;
    for (const tell of this.#emptied.splice(0)) tell();
  }

  #send(worker: Worker, message: ToWorker): void {
    worker.unit.line?.send(message);
  }
}
