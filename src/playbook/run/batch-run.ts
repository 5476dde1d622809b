// One batch of hosts through one play: its sections, blocks, roles and includes. What a single task does is known elsewhere.
import type { Block, Play, RoleStep, Step, Task } from '../ast.ts';
import { allTasks, namesOfTask } from '../plan.ts';
import { searchPath } from '../read/parse-context.ts';
import { isSelected } from '../tags.ts';
import { PlayRoles } from '../variables/play-roles.ts';
import { viewOf } from '../variables/role-variables.ts';
import type { PlayVariables, TaskView } from '../variables/sight.ts';
import { TaskScope } from '../variables/variables.ts';
import type { Execution } from './execute.ts';
import { Handlers } from './handlers.ts';
import type { HostState } from './host-state.ts';
import { type IncludeFrame, NO_FRAME } from './include-frame.ts';
import { runOnHosts } from './run-on-hosts.ts';
import { type Inclusion, truth } from './task-run.ts';

export class BatchRun {
  readonly play: Play;
  readonly batch: readonly string[];
  readonly execution: Execution;
  readonly handlers: Handlers;
  readonly roles: PlayRoles;
  readonly #variables: PlayVariables;
  /** Hosts on which a task of a role ran, and those that are through with it, by role. */
  readonly #touched = new Map<string, Set<string>>();
  readonly #done = new Map<string, Set<string>>();
  /** What the hosts of a task see alike: made once for all of them. */
  #lastView: { readonly task: Task; readonly frame: IncludeFrame; readonly view: TaskView } | undefined;
  /** Whether meta ended the batch, or the whole play. */
  ended = false;
  playEnded = false;
  /** How many hosts were lost so far. */
  lost = 0;
  /** How many blocks are around that may still do something about a failure. Hosts go through them together. */
  shelters = 0;

  constructor(play: Play, variables: Omit<PlayVariables, 'batch'>, batch: readonly string[], execution: Execution) {
    this.play = play;
    this.batch = batch;
    this.execution = execution;
    this.handlers = new Handlers(play);
    const roles = new PlayRoles(play.roles);
    this.roles = roles;
    this.#variables = {
      ...variables,
      batch: () => this.active(batch),
      // More roles may come while it is played.
      get roleVars() {
        return roles.vars;
      },
      get roleDefaults() {
        return roles.defaults;
      },
      get roleNames() {
        return roles.names;
      },
      get neededRoleNames() {
        return roles.dependentNames;
      },
    };
  }

  /** Whether hosts wait for each other: limits of failure and run_once make sense only then. */
  get linear(): boolean {
    return this.play.strategy === 'linear';
  }

  async run(): Promise<void> {
    if (this.linear) return await this.#sections(this.batch);
    const waiting = [...this.batch];
    const walk = async (): Promise<void> => {
      for (let host = waiting.shift(); host !== undefined; host = waiting.shift()) await this.#sections([host]);
    };
    const width = this.play.strategy === 'host_pinned' ? Math.min(this.execution.run.forks, this.batch.length) : this.batch.length;
    await Promise.all(Array.from({ length: width }, walk));
  }

  get stopped(): boolean {
    return this.ended || this.execution.signal?.aborted === true;
  }

  state(host: string): HostState {
    const state = this.execution.run.states.get(host);
    if (state === undefined) throw new TypeError(`No state of ${host}`);
    return state;
  }

  active(hosts: readonly string[]): string[] {
    return hosts.filter((host) => this.state(host).active);
  }

  scope(task: Task, host: string, frame: IncludeFrame): TaskScope {
    if (this.#lastView?.task !== task || this.#lastView.frame !== frame) this.#lastView = { task, frame, view: this.#viewOf(task, frame) };
    return new TaskScope(this.execution.run, this.#variables, this.state(host), this.#lastView.view, frame.direct);
  }

  #viewOf({ vars, environment, role, directory, delegateTo }: Task, frame: IncludeFrame): TaskView {
    return {
      vars,
      delegateTo,
      environment,
      role: role && viewOf(role),
      includeParams: frame.vars,
      searchPath: searchPath(role, directory, this.execution.run.playbookDirectory),
      depth: frame.depth,
    };
  }

  /** A task of a role ran on a host, and was not skipped. */
  touch({ role }: Task, host: string): void {
    if (role !== undefined) this.#touched.set(role.key, (this.#touched.get(role.key) ?? new Set()).add(host));
  }

  async #sections(hosts: readonly string[]): Promise<void> {
    const { preTasks, tasks, postTasks } = this.play;
    for (const steps of [preTasks, tasks, postTasks]) {
      const before = this.active(hosts);
      if (steps === preTasks) await this.#gatherFacts(before);
      await this.#steps(steps, before, NO_FRAME);
      if (this.stopped) return;
      await this.flush(before);
    }
  }

  async #gatherFacts(hosts: readonly string[]): Promise<void> {
    const states = this.execution.facts.toGather(
      this.play,
      hosts.map((host) => this.state(host)),
    );
    const { gatherFacts } = this.play;
    if (gatherFacts !== undefined)
      await this.#steps(
        [gatherFacts],
        states.map(({ name }) => name),
        NO_FRAME,
      );
  }

  async #steps(steps: readonly Step[], hosts: readonly string[], frame: IncludeFrame): Promise<void> {
    for (const step of steps) {
      const active = this.active(hosts).filter((host) => !this.state(host).outOfRole);
      if (this.stopped || active.length === 0) return;
      if (step.kind === 'block') await this.#block(step, active, frame);
      else if (step.kind === 'role') await this.#role(step, active, frame);
      else await this.#task(step, active, frame);
    }
  }

  // As in ansible's lockstep: hosts that failed wait until the others are through the block, then go through the rescue.
  // All that can still be reached go through always.
  async #block(block: Block, hosts: readonly string[], frame: IncludeFrame): Promise<void> {
    const before = new Map(block.rescue.length === 0 ? [] : hosts.map((host) => [host, this.state(host).failures]));
    await this.#within(block.rescue.length + block.always.length > 0, async () => await this.#steps(block.body, hosts, frame));
    const failed = hosts.filter((host) => this.state(host).failed);
    if (block.rescue.length > 0 && failed.length > 0 && !this.stopped) {
      for (const host of failed) this.state(host).rescued(before.get(host) ?? 0);
      await this.#within(block.always.length > 0, async () => await this.#steps(block.rescue, failed, frame));
    }
    if (block.always.length === 0 || this.stopped) return;
    await this.#withFailed(hosts, async () => await this.#steps(block.always, hosts, frame));
  }

  async #within(isShelter: boolean, work: () => Promise<void>): Promise<void> {
    if (isShelter) this.shelters++;
    await work();
    if (isShelter) this.shelters--;
  }

  /** Lets hosts that failed take part once more; they have failed all the same. */
  async #withFailed(hosts: readonly string[], work: () => Promise<void>): Promise<void> {
    const failed = hosts.filter((host) => this.state(host).failed);
    for (const host of failed) this.state(host).failed = false;
    await work();
    for (const host of failed) this.state(host).failed = true;
  }

  async #role({ role, body }: RoleStep, hosts: readonly string[], frame: IncludeFrame): Promise<void> {
    const done = this.#done.get(role.key) ?? new Set();
    this.#done.set(role.key, done);
    const left = role.allowDuplicates ? hosts : hosts.filter((host) => !done.has(host));
    await this.#steps(body, left, frame);
    for (const host of left) this.state(host).outOfRole = false;
    for (const host of this.active(left)) if (this.#touched.get(role.key)?.has(host) ?? false) done.add(host);
  }

  async #task(task: Task, hosts: readonly string[], frame: IncludeFrame): Promise<void> {
    if (!isSelected(task.tags, this.execution.selection) || this.#beforeStart(task)) return;
    await this.#carryOut(task, hosts, frame, false);
    // The task to start at was inside, but nothing was included: what follows is behind it all the same.
    if (task !== this.play.gatherFacts) this.execution.start.at = undefined;
  }

  async #carryOut(task: Task, hosts: readonly string[], frame: IncludeFrame, isHandler: boolean): Promise<void> {
    const { inclusions, flush } = await runOnHosts(this, task, hosts, frame, isHandler);
    for (const group of together(inclusions)) await this.#included(task, group, frame);
    if (flush.length > 0) await this.flush(flush);
  }

  async #included(task: Task, { hosts, inclusion }: Group, frame: IncludeFrame): Promise<void> {
    const { included, direct } = inclusion;
    const inner: IncludeFrame = {
      vars: new Map([...frame.vars, ...task.vars]),
      direct: new Map([...frame.direct, ...direct]),
      depth: frame.depth + 1,
    };
    for (const role of included.roles) this.roles.add(role);
    this.handlers.add(included.handlers, inner);
    await this.#steps(included.steps, this.active(hosts), inner);
  }

  /** Runs the handlers that hosts notified. Hosts that failed run theirs only when they are told to. */
  async flush(hosts: readonly string[]): Promise<void> {
    if (this.#forcesHandlers(hosts)) await this.#withFailed(hosts, async () => await this.#flushActive(hosts));
    else await this.#flushActive(hosts);
  }

  async #flushActive(hosts: readonly string[]): Promise<void> {
    for (const { handler, hosts: notified } of this.handlers.take(this.active(hosts))) {
      if (this.stopped) return;
      const active = this.active(notified);
      if (active.length > 0) await this.#carryOut(handler.task, active, handler.frame, true);
    }
  }

  /** Whether hosts that failed keep what they notified. */
  #forcesHandlers([first]: readonly string[]): boolean {
    const { forceHandlers } = this.play;
    if (forceHandlers === undefined || first === undefined) return this.execution.forceHandlers;
    const scope = new TaskScope(this.execution.run, this.#variables, this.state(first));
    return truth(forceHandlers, scope, this.execution.run.templar);
  }

  #beforeStart(task: Task): boolean {
    const { start } = this.execution;
    if (start.at === undefined || task === this.play.gatherFacts) return false;
    const { at } = start;
    if (namesOfTask(task).includes(at)) {
      start.at = undefined;
      return false;
    }
    const inside = task.doing.kind === 'include' ? allTasks(task.doing.include.early?.steps ?? []) : [];
    return ![...inside].some((one) => namesOfTask(one).includes(at));
  }
}

interface Group {
  readonly inclusion: Inclusion;
  readonly hosts: readonly string[];
}

/** Hosts that include the same with the same loop variables go through it together, in the order in which it was first met. */
function together(inclusions: ReadonlyMap<string, readonly Inclusion[]>): Group[] {
  const groups = new Map<string, { inclusion: Inclusion; hosts: string[] }>();
  for (const [host, all] of inclusions) {
    for (const inclusion of all) {
      const group = groups.get(inclusion.key) ?? { inclusion, hosts: [] };
      groups.set(inclusion.key, group);
      if (!group.hosts.includes(host)) group.hosts.push(host);
    }
  }
  return [...groups.values()];
}
