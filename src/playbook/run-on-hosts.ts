// One task over the hosts of a batch, and what its results do to them: facts, notifications, failures, limits.
import { SshoalError } from '../base/errors.ts';
import { type Dict, dict } from '../base/value.ts';
import { str } from '../jinja/printing.ts';
import type { ActionEffect } from './actions/seam.ts';
import { type Task, titleOf } from './ast.ts';
import type { BatchRun } from './batch-run.ts';
import { TaskError } from './errors.ts';
import type { TaskLabel, TaskStatus } from './events.ts';
import { HostState } from './host-state.ts';
import type { IncludeFrame } from './include-frame.ts';
import { checkLimits } from './limits.ts';
import { carryOutMeta } from './meta.ts';
import { censored, factsOf, failedResult, statusOf } from './results.ts';
import { delegateOf, runTask } from './run-task.ts';
import { type Inclusion, type TaskEnd, type TaskRun, truth, wholeNumber } from './task-run.ts';
import type { TaskScope } from './variables.ts';

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
  readonly #first: string;
  readonly #frame: IncludeFrame;
  /** Whether one host does it: for all of them, or, where the action needs no host, for itself. */
  readonly #once: boolean;
  readonly #forAll: boolean;
  readonly #label: TaskLabel;
  readonly #inclusions = new Map<string, readonly Inclusion[]>();
  readonly #flush: string[] = [];

  constructor(batch: BatchRun, task: Task, hosts: readonly string[], first: string, frame: IncludeFrame, isHandler: boolean) {
    this.#batch = batch;
    this.#task = task;
    this.#hosts = hosts;
    this.#first = first;
    this.#frame = frame;
    const { templar } = batch.execution.run;
    const bypasses = task.doing.kind === 'action' && task.doing.action.once === true;
    this.#forAll = batch.linear && task.runOnce !== undefined && truth(task.runOnce, this.#scope(first), templar);
    this.#once = bypasses || this.#forAll;
    this.#label = { id: task.id, name: this.#name(), module: task.moduleName, position: task.at, handler: isHandler };
  }

  async run(): Promise<Aftermath> {
    const { events, now } = this.#batch.execution;
    if (!(await this.#isWanted())) return { inclusions: new Map(), flush: [] };
    const doers = this.#once ? [this.#first] : this.#hosts;
    events.push({ kind: 'task-started', task: this.#label, hosts: doers, atMs: now() });
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

  /** Whether whoever goes through the play step by step wants this one. As ansible 2.14, meta is not asked about. */
  async #isWanted(): Promise<boolean> {
    const { events, step } = this.#batch.execution;
    const { doing } = this.#task;
    if (step.ask === undefined || (doing.kind === 'action' && doing.action.name === 'meta')) return true;
    // The question must stand below what the tasks before came to.
    await events.settled();
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
    const { run, hands, events, signal, live, pause, jobs } = this.#batch.execution;
    if (signal?.aborted === true) return { result: dict({ changed: false, msg: 'Cancelled' }), cancelled: true };
    const task = this.#task;
    const noLog = this.#noLog(scope);
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
        const there = delegate === host ? own : own.of(this.#stateOf(delegate));
        return { host: delegate, scope: there, line: hands.take(delegate, task, there, run.templar) };
      },
      onOutput: (stream, chunk) => events.push({ kind: 'task-output', task: this.#label, host, stream, chunk }),
      onEnd: (end) => this.#apply(scope, end, sharers),
      onItem: (item, result, delegate) => {
        const status = statusOf(result);
        events.push({
          kind: 'item-finished',
          task: this.#label,
          host,
          item: noLog ? '(censored due to no_log)' : item,
          status,
          ignored: this.#ignores(scope, status),
          result: this.#shown(scope, result),
          ...(delegate === undefined ? {} : { delegate }),
        });
      },
    };
    return runTask(task, taskRun);
  }

  #finish(host: string, scope: TaskScope, end: TaskEnd, durationMs: number, sharers: readonly string[]): void {
    const batch = this.#batch;
    const task = this.#task;
    const state = batch.state(host);
    let { result, error } = end;
    if (scope.warnings.length > 0) result.set('warnings', [...scope.warnings]);
    if (task.register !== undefined) for (const sharer of sharers) batch.state(sharer).set.set(task.register, result);
    this.#apply(scope, end, sharers);
    if (end.effect?.meta === 'flush_handlers') this.#flush.push(host);
    // As ansible 2.14: what one host includes for all, it goes through alone.
    if (end.inclusions !== undefined) this.#inclusions.set(host, end.inclusions);
    if (end.cancelled !== true && statusOf(result) === 'changed') {
      try {
        for (const one of end.scopes ?? [scope]) this.#notify(one, host);
      } catch (cause) {
        if (!(cause instanceof SshoalError)) throw cause;
        error = cause;
        result = failedResult(cause.message);
      }
    }
    const status: TaskStatus = end.cancelled === true ? 'cancelled' : statusOf(result);
    const ignored = this.#ignores(scope, status);
    if (status !== 'skipped') batch.touch(task, host);
    this.#count(state, status, ignored, end);
    batch.execution.events.push({
      kind: 'task-finished',
      task: this.#label,
      host,
      status,
      ignored,
      result: this.#shown(scope, result),
      ...(end.delegate === undefined ? {} : { delegate: end.delegate }),
      ...(error === undefined ? {} : { error }),
      durationMs,
    });
    if (!ignored) this.#lose(host, status, result);
  }

  // As ansible's recap: meta counts for nothing, an included role neither, an included file once for every time it is included.
  #count(state: HostState, status: TaskStatus, ignored: boolean, { result, inclusions }: TaskEnd): void {
    const { doing } = this.#task;
    if (doing.kind === 'action' && doing.action.name === 'meta') return;
    const times = doing.kind !== 'include' || status !== 'ok' ? 1 : doing.include.what === 'role' ? 0 : (inclusions?.length ?? 0);
    for (let i = 0; i < times; i++) state.count(status, ignored, result.get('changed') === true);
  }

  #lose(host: string, status: TaskStatus, result: Dict): void {
    const batch = this.#batch;
    const state = batch.state(host);
    if (status === 'unreachable') {
      state.unreachable = true;
      batch.lost++;
    }
    if (status !== 'failed') return;
    state.failed = true;
    batch.lost++;
    state.set.set(
      'ansible_failed_task',
      dict({ name: this.#task.name ?? this.#task.moduleName, action: this.#label.module, args: this.#task.args }),
    );
    state.set.set('ansible_failed_result', result);
    if (!batch.keepsNotified) batch.handlers.forget(host);
  }

  /** Takes over what a task, or an item of its loop, sets. */
  #apply(scope: TaskScope, { result, effect, delegate }: TaskEnd, sharers: readonly string[]): void {
    const { templar } = this.#batch.execution.run;
    const { delegateFacts } = this.#task;
    const elsewhere = delegate !== undefined && delegateFacts !== undefined && truth(delegateFacts, scope, templar);
    for (const state of elsewhere ? [this.#stateOf(delegate)] : sharers.map((sharer) => this.#batch.state(sharer))) {
      for (const [name, value] of effect?.setFacts ?? []) {
        state.set.set(name, value);
        if (effect?.cacheable === true) state.learn(name, value);
      }
      for (const [name, value] of effect?.includedVars ?? []) state.included.set(name, value);
      if (effect?.setFacts === undefined && effect?.includedVars === undefined)
        for (const [name, value] of factsOf(result) ?? []) state.learn(name, value);
    }
    for (const sharer of sharers) this.#applyToInventory(effect, sharer, result);
  }

  #applyToInventory(effect: ActionEffect | undefined, host: string, result: Dict): void {
    const { inventory } = this.#batch.execution.run;
    if (effect?.addHost !== undefined) {
      const { name, groups, vars } = effect.addHost;
      if (inventory.addHost(name, groups, vars)) return;
      if (host === this.#first) result.set('changed', false);
    }
    if (effect?.addToGroup !== undefined) {
      const { group, parents } = effect.addToGroup;
      if (inventory.addToGroup(host, group, parents)) result.set('changed', true);
    }
  }

  /** Of any host, whether it is in the play or only named by delegate_to. */
  #stateOf(host: string): HostState {
    const { states } = this.#batch.execution.run;
    const state = states.get(host) ?? new HostState(host);
    states.set(host, state);
    return state;
  }

  #ignores(scope: TaskScope, status: TaskStatus): boolean {
    const { ignoreErrors, ignoreUnreachable } = this.#task;
    const given = status === 'failed' ? ignoreErrors : status === 'unreachable' ? ignoreUnreachable : undefined;
    return given !== undefined && truth(given, scope, this.#batch.execution.run.templar);
  }

  /** What may be seen of a result: nothing with no_log, and what differs only when somebody asked. */
  #shown(scope: TaskScope, result: Dict): Dict {
    if (this.#noLog(scope)) return censored(result);
    const { run } = this.#batch.execution;
    const diff = this.#task.diff === undefined ? run.diff : truth(this.#task.diff, scope, run.templar);
    return diff || !result.has('diff') ? result : new Map([...result].filter(([key]) => key !== 'diff'));
  }

  #noLog(scope: TaskScope): boolean {
    return this.#task.noLog !== undefined && truth(this.#task.noLog, scope, this.#batch.execution.run.templar);
  }

  #notify(scope: TaskScope, host: string): void {
    const { templar } = this.#batch.execution.run;
    const nameOf = (handler: Task): string | undefined => {
      if (handler.name === undefined || !handler.name.includes('{{')) return handler.name;
      return str(templar.value(handler.name, scope, handler.at));
    };
    for (const { value, at } of this.#task.notify) {
      const names = templar.value(value, scope, at);
      for (const name of (Array.isArray(names) ? names : [names]).map(str)) {
        if (this.#batch.handlers.notify(name, host, nameOf)) continue;
        throw new TaskError('UNKNOWN_HANDLER', `There is no handler \`${name}\``, {
          where: at,
          fix: 'Add a handler of that name, or one that listens to it',
        });
      }
    }
  }

  #scope(host: string): TaskScope {
    return this.#batch.scope(this.#task, host, this.#frame);
  }

  // As Ansible: a name that cannot be templated yet is shown as it is written; tasks of roles begin with the role.
  #name(): string {
    const task = this.#task;
    return this.#templated(titleOf(task));
  }

  #templated(name: string): string {
    if (!name.includes('{{')) return name;
    try {
      return str(this.#batch.execution.run.templar.value(name, this.#scope(this.#first), this.#task.at));
    } catch (error) {
      if (error instanceof SshoalError) return name;
      throw error;
    }
  }
}
