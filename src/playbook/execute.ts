// Plays carried out: task after task over the hosts of a batch, with rescues, handlers and limits of failure. It shows nothing.
import type { SshoalError } from '../base/errors.ts';
import { type Dict, dict, type Value } from '../base/value.ts';
import { str } from '../jinja/printing.ts';
import type { ActionEffect } from './actions/seam.ts';
import type { Block, Play, Step, Task } from './ast.ts';
import { batchesOf } from './batches.ts';
import type { EventBuffer } from './event-buffer.ts';
import type { PlayEvent, TaskLabel, TaskStatus } from './events.ts';
import type { Hands } from './hands.ts';
import { HostState } from './host-state.ts';
import { censored, factsOf, statusOf } from './results.ts';
import { runTask } from './run-task.ts';
import { isSelected, type TagSelection } from './tags.ts';
import { type TaskEnd, truth } from './task-run.ts';
import type { PlayVariables, RunVariables } from './variables/sight.ts';
import { TaskScope } from './variables.ts';
import { askVariables, type VariableQuestions } from './vars-prompt.ts';

/** What a run needs besides its plays. */
export interface Execution {
  readonly run: RunVariables & { readonly states: Map<string, HostState> };
  readonly hands: Hands;
  readonly events: EventBuffer<PlayEvent>;
  readonly limit: string | readonly string[] | undefined;
  readonly selection: TagSelection;
  readonly signal: AbortSignal | undefined;
  readonly live: boolean;
  readonly now: () => number;
  /** Asks a person for what vars_prompt wants to know. */
  readonly ask: VariableQuestions | undefined;
  /** Skips tasks until one of this name; undefined to begin at the beginning. */
  startAt: string | undefined;
}

/** Plays one play. @returns False when nothing further must be played: all hosts of a batch failed, or the run was cancelled. */
export async function executePlay(play: Play, execution: Execution): Promise<boolean> {
  const { run, events, limit, now } = execution;
  const hosts = run.inventory
    .select(
      play.hosts.value.map((pattern) => str(run.templar.value(pattern, extraScope(run), play.hosts.at))),
      { limit },
    )
    .map((host) => host.name);
  const prompted = await askVariables(play.varsPrompts, run, execution.ask);
  const name = play.name ?? play.hosts.value.join(',');
  for (const host of hosts) if (!run.states.has(host)) run.states.set(host, new HostState(host));
  events.push({ kind: 'play-started', play: name, hosts, atMs: now() });
  const serial = play.serial && run.templar.value(play.serial.value, extraScope(run), play.serial.at);
  let goOn = true;
  for (const batch of batchesOf(hosts, serial, play.serial?.at)) {
    const left = batch.filter((host) => run.states.get(host)?.active ?? false);
    if (left.length === 0) continue;
    const before = left.length;
    const runner = new BatchRunner(play, { name, vars: play.vars, prompted, files: play.varsFiles, allHosts: hosts }, left, execution);
    await runner.run();
    const lost = left.filter((host) => run.states.get(host)?.failed === true || run.states.get(host)?.unreachable === true).length;
    if (execution.signal?.aborted === true || (lost === before && before > 0)) {
      goOn = false;
      break;
    }
    if (runner.ended) break;
  }
  for (const host of hosts) {
    const state = run.states.get(host);
    if (state !== undefined) state.ended = false;
  }
  events.push({ kind: 'play-finished', play: name, atMs: now() });
  return goOn;
}

function extraScope(run: RunVariables): { get: (name: string) => Value | undefined } {
  return { get: (name) => run.extraVars.get(name) };
}

/** One batch of hosts through one play. */
class BatchRunner {
  readonly #play: Play;
  readonly #batch: readonly string[];
  readonly #execution: Execution;
  readonly #variables: PlayVariables;
  readonly #lines = new Map<string, string>();
  /** Handlers by place in the play, with the hosts that notified them. */
  readonly #notified = new Map<number, Set<string>>();
  #ended = false;
  #flushRequested = false;
  #lost = 0;

  constructor(play: Play, variables: Omit<PlayVariables, 'batch'>, batch: readonly string[], execution: Execution) {
    this.#play = play;
    this.#batch = batch;
    this.#execution = execution;
    this.#variables = { ...variables, batch: () => this.#active(batch) };
  }

  /** Whether meta: end_play was met. */
  get ended(): boolean {
    return this.#ended;
  }

  async run(): Promise<void> {
    const play = this.#play;
    for (const steps of [[...(play.gatherFacts === undefined ? [] : [play.gatherFacts]), ...play.preTasks], play.tasks, play.postTasks]) {
      await this.#steps(steps, this.#batch);
      if (this.#stopped()) return;
      await this.#flushHandlers();
    }
  }

  #stopped(): boolean {
    return this.#ended || this.#execution.signal?.aborted === true;
  }

  #state(host: string): HostState {
    const state = this.#execution.run.states.get(host);
    if (state === undefined) throw new TypeError(`No state of ${host}`);
    return state;
  }

  #active(hosts: readonly string[]): string[] {
    return hosts.filter((host) => this.#state(host).active);
  }

  async #steps(steps: readonly Step[], hosts: readonly string[]): Promise<void> {
    for (const step of steps) {
      if (this.#stopped()) return;
      const active = this.#active(hosts);
      if (active.length === 0) return;
      if (step.kind === 'block') await this.#block(step, active);
      else await this.#task(step, active, false);
    }
  }

  // Hosts that failed inside go through the rescue; all that can still be reached go through always.
  async #block(block: Block, hosts: readonly string[]): Promise<void> {
    await this.#steps(block.body, hosts);
    const failed = hosts.filter((host) => this.#state(host).failed);
    if (block.rescue.length > 0 && failed.length > 0 && !this.#stopped()) {
      for (const host of failed) this.#state(host).rescued();
      await this.#steps(block.rescue, failed);
    }
    if (block.always.length === 0 || this.#stopped()) return;
    const lost = hosts.filter((host) => this.#state(host).failed);
    for (const host of lost) this.#state(host).failed = false;
    await this.#steps(block.always, hosts);
    for (const host of lost) this.#state(host).failed = true;
  }

  async #task(task: Task, hosts: readonly string[], handler: boolean): Promise<void> {
    const { run, events, selection, now } = this.#execution;
    if (!handler && (!isSelected(task.tags, selection) || this.#beforeStart(task))) return;
    const [first] = hosts;
    if (first === undefined) return;
    const once = task.runOnce !== undefined && truth(task.runOnce, this.#scope(task, first), run.templar);
    const doers = once ? [first] : hosts;
    const label = this.#label(task, first, handler);
    events.push({ kind: 'task-started', task: label, hosts: doers, atMs: now() });
    // Slow hosts hold nobody up within a task; what needs no host at all is done before anything waits.
    const waiting: Promise<void>[] = [];
    for (const host of doers) {
      const startedAt = performance.now();
      const scope = this.#scope(task, host);
      const end = this.#runOn(task, label, host, scope);
      const finish = (done: TaskEnd): void =>
        this.#finish(task, label, host, scope, done, performance.now() - startedAt, once ? hosts : [host]);
      if (end instanceof Promise) waiting.push(end.then(finish));
      else finish(end);
    }
    await Promise.all(waiting);
    this.#limits(task, hosts, once);
    if (!this.#flushRequested) return;
    this.#flushRequested = false;
    await this.#flushHandlers();
  }

  #runOn(task: Task, label: TaskLabel, host: string, scope: TaskScope): TaskEnd | Promise<TaskEnd> {
    const { run, hands, events, signal, live } = this.#execution;
    if (signal?.aborted === true) return { result: dict({ changed: false, msg: 'Cancelled' }), cancelled: true };
    let line = this.#lines.get(host);
    if (line === undefined) {
      try {
        line = hands.take(host, this.#play, new TaskScope(run, this.#variables, this.#state(host)), run.templar);
      } catch (error) {
        return {
          result: dict({ changed: false, failed: true, msg: error instanceof Error ? error.message : String(error) }),
          error: error as SshoalError,
        };
      }
      this.#lines.set(host, line);
    }
    const noLog = this.#noLog(task, scope);
    return runTask(task, {
      run,
      hands,
      line,
      scope,
      signal,
      live: live && !noLog,
      onOutput: (stream, chunk) => events.push({ kind: 'task-output', task: label, host, stream, chunk }),
      onEffect: (effect) => this.#apply(effect, this.#state(host)),
      onItem: (item, result) => {
        const status = statusOf(result);
        events.push({
          kind: 'item-finished',
          task: label,
          host,
          item: noLog ? '(censored due to no_log)' : item,
          status,
          ignored: this.#ignores(task, scope, status),
          result: this.#shown(task, scope, result),
        });
      },
    });
  }

  #finish(
    task: Task,
    label: TaskLabel,
    host: string,
    scope: TaskScope,
    end: TaskEnd,
    durationMs: number,
    sharers: readonly string[],
  ): void {
    const { events } = this.#execution;
    const state = this.#state(host);
    const { result, effect, error } = end;
    const status: TaskStatus = end.cancelled === true ? 'cancelled' : statusOf(result);
    if (scope.warnings.length > 0) result.set('warnings', [...scope.warnings]);
    const ignored = this.#ignores(task, scope, status);
    for (const sharer of sharers) {
      const other = this.#state(sharer);
      if (task.register !== undefined) other.set.set(task.register, result);
      this.#apply(effect, other);
      if (effect?.setFacts === undefined && effect?.includedVars === undefined)
        for (const [name, value] of factsOf(result) ?? []) other.facts.set(name, value);
    }
    this.#meta(effect?.meta, host);
    if (status === 'changed') this.#notify(task, scope, host);
    if (task.doing.kind !== 'action' || task.doing.action.name !== 'meta') state.count(status, ignored, result.get('changed') === true);
    const shown = this.#shown(task, scope, result);
    events.push({
      kind: 'task-finished',
      task: label,
      host,
      status,
      ignored,
      result: shown,
      ...(error === undefined ? {} : { error }),
      durationMs,
    });
    if (ignored) return;
    if (status === 'unreachable') {
      state.unreachable = true;
      this.#lost++;
    }
    if (status !== 'failed') return;
    state.failed = true;
    this.#lost++;
    state.set.set('ansible_failed_task', dict({ name: label.name, action: label.module }));
    state.set.set('ansible_failed_result', result);
    this.#forgetHandlers(host);
  }

  #apply(effect: ActionEffect | undefined, state: HostState): void {
    for (const [name, value] of effect?.setFacts ?? []) {
      state.set.set(name, value);
      if (effect?.cacheable === true) state.facts.set(name, value);
    }
    for (const [name, value] of effect?.includedVars ?? []) state.included.set(name, value);
  }

  #ignores(task: Task, scope: TaskScope, status: TaskStatus): boolean {
    const given = status === 'failed' ? task.ignoreErrors : status === 'unreachable' ? task.ignoreUnreachable : undefined;
    return given !== undefined && truth(given, scope, this.#execution.run.templar);
  }

  /** What may be seen of a result: nothing with no_log, and what differs only when somebody asked. */
  #shown(task: Task, scope: TaskScope, result: Dict): Dict {
    if (this.#noLog(task, scope)) return censored(result);
    const { run } = this.#execution;
    const diff = task.diff === undefined ? run.diff : truth(task.diff, scope, run.templar);
    return diff || !result.has('diff') ? result : new Map([...result].filter(([key]) => key !== 'diff'));
  }

  #noLog(task: Task, scope: TaskScope): boolean {
    return task.noLog !== undefined && truth(task.noLog, scope, this.#execution.run.templar);
  }

  #meta(word: string | undefined, host: string): void {
    const state = this.#state(host);
    if (word === 'end_play') this.#ended = true;
    if (word === 'end_host') state.ended = true;
    if (word === 'clear_facts') state.facts.clear();
    if (word === 'clear_host_errors') for (const one of this.#batch) Object.assign(this.#state(one), { failed: false, unreachable: false });
    if (word === 'flush_handlers') this.#flushRequested = true;
  }

  // After every task: has too much failed for the rest to go on?
  #limits(task: Task, hosts: readonly string[], once: boolean): void {
    const failed = this.#batch.filter((host) => this.#state(host).failed);
    const { run } = this.#execution;
    const [first] = hosts;
    if (first === undefined || this.#lost === 0) return;
    const scope = this.#scope(task, first);
    const someFailed = hosts.some((host) => this.#state(host).failed || this.#state(host).unreachable);
    const fatal = someFailed && (once || (task.anyErrorsFatal !== undefined && truth(task.anyErrorsFatal, scope, run.templar)));
    const most = this.#play.maxFailPercentage;
    const percentage = most === undefined ? undefined : Number(str(run.templar.value(most.value, scope, most.at)));
    const tooMany = percentage !== undefined && failed.length / this.#batch.length > percentage / 100;
    if (fatal || tooMany) for (const host of this.#active(this.#batch)) this.#state(host).failed = true;
  }

  #notify(task: Task, scope: TaskScope, host: string): void {
    const { templar } = this.#execution.run;
    for (const { value, at } of task.notify) {
      const names = templar.value(value, scope, at);
      for (const name of (Array.isArray(names) ? names : [names]).map(str)) {
        // The last handler of that name, and every one that listens to it.
        const named = this.#play.handlers.findLastIndex((handler) => this.#handlerName(handler, scope) === name);
        const found = this.#play.handlers.flatMap((handler, i) => (i === named || handler.listen.includes(name) ? [i] : []));
        for (const i of found) this.#notified.set(i, (this.#notified.get(i) ?? new Set()).add(host));
      }
    }
  }

  #handlerName(handler: Task, scope: TaskScope): string | undefined {
    if (handler.name === undefined || !handler.name.includes('{{')) return handler.name;
    return str(this.#execution.run.templar.value(handler.name, scope, handler.at));
  }

  #forgetHandlers(host: string): void {
    for (const hosts of this.#notified.values()) hosts.delete(host);
  }

  // In the order in which they are written, each once; one that is notified by a later one waits for the next time.
  async #flushHandlers(): Promise<void> {
    for (const [i, handler] of this.#play.handlers.entries()) {
      if (this.#stopped()) return;
      const notified = this.#notified.get(i);
      const hosts = this.#active(this.#batch).filter((host) => notified?.has(host) ?? false);
      this.#notified.delete(i);
      if (hosts.length > 0) await this.#task(handler, hosts, true);
    }
  }

  #scope(task: Task, host: string): TaskScope {
    return new TaskScope(this.#execution.run, this.#variables, this.#state(host), task);
  }

  #beforeStart(task: Task): boolean {
    const { startAt } = this.#execution;
    if (startAt === undefined || task === this.#play.gatherFacts) return false;
    if (task.name !== startAt && task.moduleName !== startAt) return true;
    this.#execution.startAt = undefined;
    return false;
  }

  #label(task: Task, host: string, handler: boolean): TaskLabel {
    return { id: task.id, name: this.#taskName(task, host), module: task.moduleName, position: task.at, handler };
  }

  // As Ansible: a name that cannot be templated yet is shown as it is written.
  #taskName(task: Task, host: string): string {
    if (task.name === undefined) return task.moduleName;
    if (!task.name.includes('{{')) return task.name;
    try {
      return str(this.#execution.run.templar.value(task.name, this.#scope(task, host), task.at));
    } catch (error) {
      if (error instanceof Error) return task.name;
      throw error;
    }
  }
}
