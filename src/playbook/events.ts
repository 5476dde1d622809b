// What happens during a play, as plain data. It does not know who shows or keeps it.
import type { SshoalError } from '../base/errors.ts';
import type { Position } from '../base/position.ts';
import type { Dict } from '../base/value.ts';

/** How a task ended on one host. `ignored` failures and `rescued` hosts are counted besides. */
export type TaskStatus = 'ok' | 'changed' | 'skipped' | 'failed' | 'unreachable' | 'cancelled';

/** What a host's tasks came to, in Ansible's columns. */
export interface RecapCounts {
  readonly ok: number;
  readonly changed: number;
  readonly unreachable: number;
  readonly failed: number;
  readonly skipped: number;
  readonly rescued: number;
  readonly ignored: number;
}

/** Whose figures of set_stats are those of the run as a whole. As in Ansible; no host should be called so. */
export const WHOLE_RUN = '_run';

/** A task as reports name it. */
export interface TaskLabel {
  /** Unique within the run, in order of the plan. */
  readonly id: number;
  /** The name, templated where it can be, else the module's. */
  readonly name: string;
  readonly module: string;
  readonly position: Position;
  readonly handler: boolean;
}

/** What a task left behind besides its result: what another run needs that goes on where this one stopped. It is for no eyes. */
export interface TaskMemory {
  /** What it registered; of a task with no_log nothing. */
  readonly registered?: Dict | undefined;
  /** What it set on hosts, in order; only the playbook reads them. With no_log none. */
  readonly changes: readonly Dict[];
  /** The names it notified. */
  readonly notified: readonly string[];
  /** Whether values were left out, so that who needs them must do the task again. */
  readonly lost: boolean;
}

/** How a task ended on a host. */
export type TaskFinished = Extract<PlayEvent, { readonly kind: 'task-finished' }>;

/** How an item of a loop ended on a host. */
export type ItemFinished = Extract<PlayEvent, { readonly kind: 'item-finished' }>;

/** A task that a run before has ended on a host. */
export interface TaskRecord {
  readonly finished: TaskFinished;
  /** Whether it must be done again all the same: the host was lost, or its values were. */
  readonly again: boolean;
}

/** The same for a task in every run of the same plan. A host may meet it more than once: then the order tells the times apart. */
export function taskKey({ position: { file, line, column }, module }: TaskLabel): string {
  return `${file}:${line}:${column} ${module}`;
}

export type PlayEvent =
  | { readonly kind: 'play-started'; readonly play: string; readonly hosts: readonly string[]; readonly atMs: number }
  | { readonly kind: 'task-started'; readonly task: TaskLabel; readonly hosts: readonly string[]; readonly atMs: number }
  | {
      readonly kind: 'task-output';
      readonly task: TaskLabel;
      readonly host: string;
      readonly stream: 'stdout' | 'stderr';
      readonly chunk: Uint8Array;
    }
  /** One item of a loop; `task-finished` still follows once for the host. */
  | {
      readonly kind: 'item-finished';
      readonly task: TaskLabel;
      readonly host: string;
      readonly item: string;
      /** Its place in the loop, from 0. */
      readonly index: number;
      readonly status: TaskStatus;
      readonly ignored: boolean;
      readonly result: Dict;
      /** The host that did it instead. */
      readonly delegate?: string | undefined;
      /** What it registered, and what it set. Undefined where nobody can go on behind it. */
      readonly memory?: TaskMemory | undefined;
    }
  | {
      readonly kind: 'task-finished';
      readonly task: TaskLabel;
      readonly host: string;
      readonly status: TaskStatus;
      /** Failed, but told to go on. */
      readonly ignored: boolean;
      /** The registered result; with `no_log` only what Ansible leaves of it. */
      readonly result: Dict;
      /** The host that did it instead, as delegate_to said. */
      readonly delegate?: string | undefined;
      /** Why the host is unreachable or the task could not run, where an error with a remedy says more than the result. */
      readonly error?: SshoalError | undefined;
      readonly durationMs: number;
      /** Undefined where there is nothing to remember. */
      readonly memory?: TaskMemory | undefined;
    }
  | { readonly kind: 'play-finished'; readonly play: string; readonly atMs: number }
  | {
      readonly kind: 'recap';
      readonly hosts: ReadonlyMap<string, RecapCounts>;
      /** What set_stats kept, by host; those of the run as a whole under `_run`. Undefined where nobody kept any. */
      readonly custom?: ReadonlyMap<string, Dict> | undefined;
      readonly durationMs: number;
    };
