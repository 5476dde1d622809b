// A playbook as it was written: plays, blocks and tasks with their places. Nothing in it is templated.
import type { Position } from '../base/position.ts';
import type { Dict, Value } from '../base/value.ts';
import type { Module } from '../modules/seam.ts';
import type { Action } from './actions/seam.ts';
import type { VarsFile } from './variables/vars-files.ts';
import type { VarsPrompt } from './variables/vars-prompt.ts';

/** A value with the place where it stands. */
export interface Placed<T = Value> {
  readonly value: T;
  readonly at: Position;
}

/** What a play, a block or a task can say alike. A block's holds for all tasks in it. */
export interface Directives {
  readonly vars: Dict;
  readonly tags: readonly string[];
  readonly become: Placed | undefined;
  readonly becomeUser: Placed | undefined;
  readonly becomeMethod: Placed | undefined;
  readonly becomeExe: Placed | undefined;
  readonly becomeFlags: Placed | undefined;
  readonly environment: readonly Placed[];
  readonly ignoreErrors: Placed | undefined;
  readonly ignoreUnreachable: Placed | undefined;
  /** Ours: `fail` or `retry(n)`. */
  readonly onUnreachable: Placed | undefined;
  readonly anyErrorsFatal: Placed | undefined;
  readonly checkMode: Placed | undefined;
  readonly diff: Placed | undefined;
  readonly noLog: Placed | undefined;
  readonly runOnce: Placed | undefined;
  readonly timeout: Placed | undefined;
  readonly remoteUser: Placed | undefined;
  readonly connection: Placed | undefined;
  readonly port: Placed | undefined;
  /** On how many hosts at once. */
  readonly throttle: Placed | undefined;
  /** The host that does it instead. */
  readonly delegateTo: Placed | undefined;
  readonly delegateFacts: Placed | undefined;
  /** By short name of the module, inner ones winning; they are merged into the arguments of tasks where those are read. */
  readonly moduleDefaults: ReadonlyMap<string, ReadonlyMap<string, Placed>>;
  /** Collections that roles without one may be of. */
  readonly collections: readonly string[];
  /** Handlers to run after a change. */
  readonly notify: readonly Placed[];
  /** All of them must hold, outer first. */
  readonly when: readonly Placed[];
}

/** A role as one play uses it: once for each set of parameters. */
export interface RoleUse {
  /** With its collection, where it is part of one: `acme.web.site`. */
  readonly name: string;
  readonly collection: string | undefined;
  readonly directory: string;
  /** The role that needs this one, or includes it. */
  readonly parent: RoleUse | undefined;
  /** What its own defaults/ says. */
  readonly ownDefaults: Dict;
  /** What `vars` said where it is used, and over that its own vars/. */
  readonly ownVars: Dict;
  /** Given inline where it is used. They rank above facts set while the play runs. */
  readonly ownParams: Dict;
  /** Whether include_role or import_role brought it. */
  readonly included: boolean;
  readonly allowDuplicates: boolean;
  /** The roles it needs, directly. */
  readonly dependencies: readonly RoleUse[];
  /** The same for two uses that Ansible takes for one. */
  readonly key: string;
}

/** The name of a role without its collection. */
export function shortRoleName({ name, collection }: Pick<RoleUse, 'name' | 'collection'>): string {
  return collection === undefined ? name : name.slice(collection.length + 1);
}

export interface LoopControl {
  /** May be a template. */
  readonly loopVar: string;
  /** May be a template. */
  readonly indexVar: string | undefined;
  readonly label: Placed | undefined;
  /** Whether items know where they are: `ansible_loop`. Default no. */
  readonly extended: Placed | undefined;
  /** Whether they know all the others besides. Default yes. */
  readonly allItems: Placed | undefined;
  /** Seconds between items. */
  readonly pause: Placed | undefined;
}

/** What a loop goes over: `loop`, or `with_` and the name of a lookup. */
export interface Loop {
  readonly kind: string;
  readonly source: Placed;
  readonly control: LoopControl;
}

/** Tasks that are found while a play runs: include_tasks, include_role. */
export interface Include {
  readonly what: 'tasks' | 'role';
  /**
   * Reads what is included; the same arguments give the same steps.
   *
   * @param args - Templated.
   * @throws PlaybookError, YamlError and what templates throw on loading; several as FaultsError.
   */
  readonly open: (args: Dict) => Included;
  /** What it brings, where its arguments are plain and it is not being read already. */
  readonly early: Included | undefined;
}

export interface Included {
  readonly steps: readonly Step[];
  /** Handlers of roles that come with it. */
  readonly handlers: readonly Task[];
  /** Roles whose variables the rest of the play sees from now on. */
  readonly roles: readonly RoleUse[];
}

/** What a task does: something on the host, something here, or bringing in other tasks. */
export type Doing =
  | { readonly kind: 'module'; readonly module: Module }
  | { readonly kind: 'action'; readonly action: Action }
  | { readonly kind: 'include'; readonly include: Include };

export interface Task extends Directives {
  readonly kind: 'task';
  /** In order of the plan. */
  readonly id: number;
  readonly name: string | undefined;
  readonly at: Position;
  readonly doing: Doing;
  /** As it was written: `ansible.builtin.copy`. */
  readonly moduleName: string;
  readonly args: Dict;
  /** Places of the arguments. */
  readonly argPlaces: ReadonlyMap<string, Position>;
  readonly register: string | undefined;
  readonly loop: Loop | undefined;
  readonly changedWhen: readonly Placed[] | undefined;
  readonly failedWhen: readonly Placed[] | undefined;
  readonly until: readonly Placed[] | undefined;
  readonly retries: Placed | undefined;
  readonly delay: Placed | undefined;
  /** Of a handler. */
  readonly listen: readonly string[];
  readonly role: RoleUse | undefined;
  /** The directory of the file it stands in. */
  readonly directory: string;
  /** Seconds it may take in the background. */
  readonly async: Placed | undefined;
  readonly poll: Placed | undefined;
}

export interface Block {
  readonly kind: 'block';
  readonly at: Position;
  readonly name: string | undefined;
  readonly body: readonly Step[];
  readonly rescue: readonly Step[];
  readonly always: readonly Step[];
}

/** The tasks of a role. Hosts that have played them all do not play them again. */
export interface RoleStep {
  readonly kind: 'role';
  readonly at: Position;
  readonly role: RoleUse;
  readonly body: readonly Step[];
}

export type Step = Task | Block | RoleStep;

/** `linear`: all hosts of a batch do a task before any does the next. `free`: none waits. `host_pinned`: as free, so many hosts at once. */
export type Strategy = 'linear' | 'free' | 'host_pinned';

export interface Play extends Directives {
  readonly name: string | undefined;
  readonly at: Position;
  readonly hosts: Placed<readonly string[]>;
  readonly gatherFacts: Task | undefined;
  /** Whether it says itself that facts are to be gathered. */
  readonly factsAsked: boolean;
  /** Where its playbook is: files, roles and variables are beside it. */
  readonly directory: string;
  readonly preTasks: readonly Step[];
  /** Roles first. */
  readonly tasks: readonly Step[];
  readonly postTasks: readonly Step[];
  readonly handlers: readonly Task[];
  readonly varsFiles: readonly VarsFile[];
  readonly varsPrompts: readonly VarsPrompt[];
  /** Roles whose variables all tasks see. */
  readonly roles: readonly RoleUse[];
  readonly order: Placed | undefined;
  readonly strategy: Strategy;
  readonly forceHandlers: Placed | undefined;
  readonly serial: Placed | undefined;
  readonly maxFailPercentage: Placed | undefined;
}

/** What a task is called: by its name or its module, and in a role by that too. */
export function titleOf({ name, moduleName, role, doing, args }: Task): string {
  if (doing.kind === 'include' && doing.include.what === 'role')
    return name ?? `${moduleName} : ${String((args.get('name') ?? args.get('role')) as string)}`;
  const own = name ?? moduleName;
  return role === undefined ? own : `${role.name} : ${own}`;
}

/** All tasks of a list, those of blocks included. */
export function* tasksOf(steps: readonly Step[]): Generator<Task> {
  for (const step of steps) {
    if (step.kind === 'task') yield step;
    else if (step.kind === 'role') yield* tasksOf(step.body);
    else {
      yield* tasksOf(step.body);
      yield* tasksOf(step.rescue);
      yield* tasksOf(step.always);
    }
  }
}
