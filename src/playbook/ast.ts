// A playbook as it was written: plays, blocks and tasks with their places. Nothing in it is templated.
import type { Position } from '../base/position.ts';
import type { Dict, Value } from '../base/value.ts';
import type { Module } from '../modules/seam.ts';
import type { Action } from './actions/seam.ts';
import type { VarsFile } from './vars-files.ts';
import type { VarsPrompt } from './vars-prompt.ts';

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
  readonly environment: readonly Placed[];
  readonly ignoreErrors: Placed | undefined;
  readonly ignoreUnreachable: Placed | undefined;
  readonly anyErrorsFatal: Placed | undefined;
  readonly checkMode: Placed | undefined;
  readonly diff: Placed | undefined;
  readonly noLog: Placed | undefined;
  readonly runOnce: Placed | undefined;
  readonly timeout: Placed | undefined;
  /** All of them must hold, outer first. */
  readonly when: readonly Placed[];
}

export interface LoopControl {
  readonly loopVar: string;
  readonly indexVar: string | undefined;
  readonly label: Placed | undefined;
  readonly extended: boolean;
  /** Seconds between items. */
  readonly pause: Placed | undefined;
}

/** What a loop goes over: `loop`, or `with_` and the name of a lookup. */
export interface Loop {
  readonly kind: string;
  readonly source: Placed;
  readonly control: LoopControl;
}

/** What a task does: something on the host, or something here. */
export type Doing = { readonly kind: 'module'; readonly module: Module } | { readonly kind: 'action'; readonly action: Action };

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
  readonly notify: readonly Placed[];
  /** Of a handler. */
  readonly listen: readonly string[];
}

export interface Block {
  readonly kind: 'block';
  readonly at: Position;
  readonly name: string | undefined;
  readonly body: readonly Step[];
  readonly rescue: readonly Step[];
  readonly always: readonly Step[];
}

export type Step = Task | Block;

export interface Play extends Directives {
  readonly name: string | undefined;
  readonly at: Position;
  readonly hosts: Placed<readonly string[]>;
  readonly gatherFacts: Task | undefined;
  readonly preTasks: readonly Step[];
  readonly tasks: readonly Step[];
  readonly postTasks: readonly Step[];
  readonly handlers: readonly Task[];
  readonly varsFiles: readonly VarsFile[];
  readonly varsPrompts: readonly VarsPrompt[];
  readonly remoteUser: Placed | undefined;
  readonly connection: Placed | undefined;
  readonly serial: Placed | undefined;
  readonly maxFailPercentage: Placed | undefined;
}

/** All tasks of a list, those of blocks included. */
export function* tasksOf(steps: readonly Step[]): Generator<Task> {
  for (const step of steps) {
    if (step.kind === 'task') yield step;
    else {
      yield* tasksOf(step.body);
      yield* tasksOf(step.rescue);
      yield* tasksOf(step.always);
    }
  }
}
