// One task over the hosts of a batch, and what its results do to them: facts, notifications, failures, limits.
import { SshoalError } from '../../base/errors.ts';
import { type Dict, dict } from '../../base/value.ts';
import type { Task } from '../ast.ts';
import type { ItemFinished, PlayEvent, TaskFinished, TaskLabel, TaskStatus } from '../events.ts';
import type { TaskScope } from '../variables/variables.ts';
import type { BatchRun } from './batch-run.ts';
import { applyChange, changeFrom, changeOf, type HostChange, memoryOf, memoryOfItem, stateOf } from './host-changes.ts';
import type { IncludeFrame } from './include-frame.ts';
import { checkLimits } from './limits.ts';
import { carryOutMeta, isForAll } from './meta.ts';
import { notify, notifyAgain } from './notifications.ts';
import { failedResult, statusOf } from './results.ts';
import { delegateOf, runTask } from './run-task.ts';
import { hidesResults, ignores, nameOf, shownOf, timesInRecap } from './task-end.ts';
import { type Inclusion, type TaskEnd, type TaskRun, truth, wholeNumber } from './task-run.ts';

/** What is left to do after a task, by whoever walks through the play. */
export interface Aftermath {
  readonly inclusions: ReadonlyMap<string, readonly Inclusion[]>;
  /** Hosts whose handlers are to run now. */
  readonly flush: readonly string[];
}

export async function runOnHosts(
  batch: BatchRun,
  task: Task,
  hosts: readonly string[],
  frame: IncludeFrame,
  isHandler: boolean,
): Promise<Aftermath> {
  const [first] = hosts;
  if (first === undefined) return { inclusions: new Map(), flush: [] };
  return await new TaskOverHosts(batch, task, hosts, first, frame, isHandler).run();
}

class TaskOverHosts {
  readonly #batch: BatchRun;
  readonly #task: Task;
  readonly #hosts: readonly string[];
  #first: string;
  readonly #frame: IncludeFrame;
  /** Whether one host does it: for all of them, or, where the action needs no host, for itself. */
  readonly #once: boolean;
  readonly #forAll: boolean;
  readonly #label: TaskLabel;
  readonly #inclusions = new Map<string, readonly Inclusion[]>();
  readonly #flush: string[] = [];
  readonly #changes = new Map<string, readonly HostChange[]>();
  /** What a run before did of a loop, by the place in it. */
  readonly #doneItems = new Map<string, Map<number, ItemFinished>>();
  /** Hosts that only come by it again: what they did in a run before, and what is told of that, is over. */
  readonly #quiet = new Set<string>();

  constructor(batch: BatchRun, task: Task, hosts: readonly string[], first: string, frame: IncludeFrame, isHandler: boolean) {
    this.#batch = batch;
    this.#task = task;
    this.#hosts = hosts;
    this.#first = first;
    this.#frame = frame;
    const { templar } = batch.execution.run;
    const bypasses = task.doing.kind === 'action' && task.doing.action.once === true;
    this.#forAll = batch.linear && task.runOnce !== undefined && truth(task.runOnce, this.#scope(first), templar);
    this.#once = bypasses || this.#forAll || (batch.linear && isForAll(task));
    this.#label = {
      id: task.id,
      name: nameOf(task, this.#scope(first), templar),
      module: task.moduleName,
      position: task.at,
      handler: isHandler,
    };
  }

  async run(): Promise<Aftermath> {
    const { events, now, done } = this.#batch.execution;
    const through = done.among(this.#hosts, this.#label);
    // Who did it for all does so again, whoever is the first by now.
    if (this.#once && through[0] !== undefined) this.#first = through[0];
    const again = this.#once ? through.slice(0, 1) : through;
    const left = this.#once ? [this.#first].filter((host) => !again.includes(host)) : this.#hosts.filter((host) => !again.includes(host));
    for (const host of left) {
      const record = done.take(host, this.#label);
      const items = done.takeItems(host, this.#label);
      if (record === undefined) this.#doneItems.set(host, items);
      notifyAgain(record?.finished.memory?.notified ?? [], this.#notifying(host));
    }
    const wanted = left.length === 0 || (await this.#isWanted()) ? left : [];
    if (wanted.length > 0) {
      events.push({ kind: 'task-started', task: this.#label, hosts: wanted, atMs: now() });
      // Whoever keeps a journal has it before anything is done: no crash hides what was under way.
      await events.caughtUp();
    }
    const doers = [...wanted, ...again.filter((host) => this.#mustRun(host))];
    const width = this.#width();
    const waiting: Promise<void>[] = [];
    if (width >= doers.length) {
      // Slow hosts hold nobody up within a task; what needs no host at all is done before anything waits.
      for (const host of doers) {
        const end = this.#onHost(host);
        if (end !== undefined) waiting.push(end);
      }
    } else {
      const queue = [...doers];
      const work = async (): Promise<void> => {
        for (let host = queue.shift(); host !== undefined; host = queue.shift()) await this.#onHost(host);
      };
      waiting.push(...Array.from({ length: width }, work));
    }
    await Promise.all(waiting);
    if (this.#batch.linear) checkLimits(this.#batch, this.#task, this.#hosts, this.#once, this.#scope(this.#first));
    // In the order of the hosts, whoever was done first.
    const inclusions = new Map(
      this.#hosts.flatMap((host) => (this.#inclusions.has(host) ? [[host, this.#inclusions.get(host) ?? []]] : [])),
    );
    return { inclusions, flush: this.#batch.active(this.#hosts).filter((host) => this.#flush.includes(host)) };
  }

  /** Takes over what a host did in a run before. @returns Whether it must come by the task all the same: includes and meta lead the way. */
  #mustRun(host: string): boolean {
    const { doing } = this.#task;
    const record = this.#batch.execution.done.take(host, this.#label);
    if (record === undefined || doing.kind === 'include' || (doing.kind === 'action' && doing.action.name === 'meta')) {
      this.#quiet.add(host);
      return true;
    }
    this.#takeOver(record.finished, host);
    return false;
  }

  #takeOver({ status, ignored, result, memory }: TaskFinished, host: string): void {
    const batch = this.#batch;
    const { run, stats } = batch.execution;
    const sharers = this.#forAll ? this.#hosts : [host];
    if (this.#task.register !== undefined)
      for (const sharer of sharers) batch.state(sharer).set.set(this.#task.register, memory?.registered ?? result);
    for (const change of memory?.changes ?? []) applyChange(changeFrom(change), sharers, run, stats);
    notifyAgain(memory?.notified ?? [], this.#notifying(host));
    if (status !== 'skipped') batch.touch(this.#task, host);
    batch.state(host).count(status, ignored, result.get('changed') === true);
    if (!ignored) this.#lose(host, status, result);
  }

  /** Whether whoever goes through the play step by step wants this one. As ansible 2.14, meta is not asked about. */
  async #isWanted(): Promise<boolean> {
    const { events, step } = this.#batch.execution;
    const { doing } = this.#task;
    if (step.ask === undefined || (doing.kind === 'action' && doing.action.name === 'meta')) return true;
    // The question must stand below what the tasks before came to.
    await events.caughtUp();
    const answer = await step.ask(this.#label);
    if (answer === 'continue') step.ask = undefined;
    return answer !== 'no';
  }

  #width(): number {
    const { throttle } = this.#task;
    const width =
      throttle === undefined ? 0 : wholeNumber(throttle, 'throttle', this.#scope(this.#first), this.#batch.execution.run.templar);
    return width > 0 ? width : this.#hosts.length;
  }

  #onHost(host: string): Promise<void> | undefined {
    const startedAt = performance.now();
    const scope = this.#scope(host);
    const sharers = this.#forAll ? this.#hosts : [host];
    const end = this.#start(host, scope, sharers);
    const finish = async (done: TaskEnd): Promise<void> => {
      const ended = await carryOutMeta(this.#batch, this.#task, done, host, scope);
      this.#finish(host, scope, ended, performance.now() - startedAt, sharers);
    };
    if (end instanceof Promise) return end.then(finish);
    if (end.effect?.meta !== undefined) return finish(end);
    this.#finish(host, scope, end, performance.now() - startedAt, sharers);
    return undefined;
  }

  #start(host: string, scope: TaskScope, sharers: readonly string[]): TaskEnd | Promise<TaskEnd> {
    const { run, hands, signal, live, pause, jobs } = this.#batch.execution;
    if (signal?.aborted === true) return { result: dict({ changed: false, msg: 'Cancelled' }), cancelled: true };
    const task = this.#task;
    const noLog = hidesResults(task, scope, run.templar);
    let set: HostChange | undefined;
    const taskRun: TaskRun = {
      run,
      hands,
      host,
      scope,
      signal,
      pause,
      jobs,
      live: live && !noLog,
      reach: (own) => {
        const delegate = delegateOf(task, own, run.templar) ?? host;
        const there = delegate === host ? own : own.of(stateOf(delegate, run));
        return { host: delegate, scope: there, line: hands.take(delegate, task, there, run.templar) };
      },
      onOutput: (stream, chunk) => this.#tell(host, { kind: 'task-output', task: this.#label, host, stream, chunk }),
      onEnd: (end) => {
        set = this.#apply(host, scope, end, sharers);
      },
      doneItem: (index, item) => this.#takeOverItem(host, index, item, sharers),
      onItem: (item, index, { result, delegate }) => {
        const status = statusOf(result);
        this.#tell(host, {
          kind: 'item-finished',
          task: this.#label,
          host,
          item: noLog ? '(censored due to no_log)' : item,
          index,
          status,
          ignored: ignores(task, scope, run.templar, status),
          result: shownOf(task, scope, run, result),
          ...(delegate === undefined ? {} : { delegate }),
          memory: memoryOfItem(task, result, set, noLog),
        });
        return task.doing.kind === 'module' ? this.#batch.execution.events.caughtUp() : undefined;
      },
    };
    return runTask(task, taskRun);
  }

  #finish(host: string, scope: TaskScope, end: TaskEnd, durationMs: number, sharers: readonly string[]): void {
    const batch = this.#batch;
    const task = this.#task;
    const { run } = batch.execution;
    let { result, error } = end;
    if (scope.warnings.length > 0) result.set('warnings', [...scope.warnings]);
    if (task.register !== undefined) for (const sharer of sharers) batch.state(sharer).set.set(task.register, result);
    this.#apply(host, scope, end, sharers);
    if (end.effect?.meta === 'flush_handlers') this.#flush.push(host);
    // As ansible 2.14: what one host includes for all, it goes through alone.
    if (end.inclusions !== undefined) this.#inclusions.set(host, end.inclusions);
    const notified: string[] = [];
    if (end.cancelled !== true && statusOf(result) === 'changed') {
      try {
        for (const one of end.scopes ?? [scope]) notified.push(...notify(task, this.#notifying(host, one)));
      } catch (cause) {
        if (!(cause instanceof SshoalError)) throw cause;
        error = cause;
        result = failedResult(cause.message);
      }
    }
    const status: TaskStatus = end.cancelled === true ? 'cancelled' : statusOf(result);
    const ignored = ignores(task, scope, run.templar, status);
    if (status !== 'skipped') batch.touch(task, host);
    for (let i = timesInRecap(task, status, end); i > 0; i--) batch.state(host).count(status, ignored, result.get('changed') === true);
    this.#tell(host, {
      kind: 'task-finished',
      task: this.#label,
      host,
      status,
      ignored,
      result: shownOf(task, scope, run, result),
      ...(end.delegate === undefined ? {} : { delegate: end.delegate }),
      ...(error === undefined ? {} : { error }),
      durationMs,
      memory: memoryOf(task, result, this.#changes.get(host) ?? [], notified, hidesResults(task, scope, run.templar)),
    });
    if (!ignored) this.#lose(host, status, result);
  }

  #tell(host: string, event: PlayEvent): void {
    if (!this.#quiet.has(host)) this.#batch.execution.events.push(event);
  }

  #lose(host: string, status: TaskStatus, result: Dict): void {
    const batch = this.#batch;
    const state = batch.state(host);
    if (status === 'unreachable') {
      state.unreachable = true;
      batch.lost++;
    }
    if (status !== 'failed') return;
    state.fail(dict({ name: this.#task.name ?? '', action: this.#label.module, args: this.#task.args }), result);
    batch.lost++;
  }

  /** Takes over what a task, or an item of its loop, sets. */
  #apply(host: string, scope: TaskScope, end: TaskEnd, sharers: readonly string[]): HostChange | undefined {
    const { run, stats } = this.#batch.execution;
    const { delegateFacts } = this.#task;
    const elsewhere = end.delegate !== undefined && delegateFacts !== undefined && truth(delegateFacts, scope, run.templar);
    const change = changeOf(end, elsewhere ? end.delegate : undefined);
    if (change === undefined) return undefined;
    this.#changes.set(host, [...(this.#changes.get(host) ?? []), change]);
    const isNew = applyChange(change, sharers, run, stats);
    if (isNew === true) end.result.set('changed', true);
    else if (isNew === false && change.addHost !== undefined && host === this.#first) end.result.set('changed', false);
    return change;
  }

  /** An item that a run before did is not done again, as long as the loop goes over the same. */
  #takeOverItem(host: string, index: number, item: () => string, sharers: readonly string[]): Dict | undefined {
    const items = this.#doneItems.get(host);
    const known = items?.get(index);
    if (known?.memory === undefined || this.#task.doing.kind === 'include') return undefined;
    if (known.item !== item()) {
      items?.clear();
      return undefined;
    }
    const { run, stats } = this.#batch.execution;
    const changes = known.memory.changes.map(changeFrom);
    for (const change of changes) applyChange(change, sharers, run, stats);
    this.#changes.set(host, [...(this.#changes.get(host) ?? []), ...changes]);
    return known.memory.registered ?? known.result;
  }

  #notifying(host: string, scope = this.#scope(host)): Parameters<typeof notify>[1] {
    const { handlers, execution } = this.#batch;
    return { host, scope, handlers, templar: execution.run.templar };
  }

  #scope(host: string): TaskScope {
    return this.#batch.scope(this.#task, host, this.#frame);
  }
}
