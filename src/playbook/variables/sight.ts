// From where variables are seen: the run, the play, the host, and the task. It looks nothing up.
import type { Dict, Key, Value } from '../../base/value.ts';
import type { Placed, RoleUse } from '../ast.ts';
import type { Controller } from '../lookups/seam.ts';
import type { HostState } from '../run/host-state.ts';
import type { LiveInventory } from '../run/live-inventory.ts';
import type { Templar } from './templar.ts';
import type { VarsFile } from './vars-files.ts';

/** What every host of a run sees alike. */
export interface RunVariables {
  readonly inventory: LiveInventory;
  readonly templar: Templar;
  readonly extraVars: Dict;
  readonly playbookDirectory: string;
  readonly checkMode: boolean;
  readonly diff: boolean;
  readonly verbosity: number;
  readonly states: ReadonlyMap<string, HostState>;
  readonly controller: Controller;
  /** Tags asked for. */
  readonly runTags: readonly string[];
  readonly skipTags: readonly string[];
  readonly forks: number;
  readonly limit: string | undefined;
}

/** What the hosts of one play see alike. */
export interface PlayVariables {
  readonly name: string;
  readonly vars: Dict;
  /** Answers to vars_prompt. */
  readonly prompted: Dict;
  readonly files: readonly VarsFile[];
  /** All hosts of the play, and those of the batch that are still in it. */
  readonly allHosts: readonly string[];
  readonly batch: () => readonly string[];
  /** What the roles of the play say to all of its tasks; none where there are no roles. */
  readonly roleVars?: Lookable | undefined;
  readonly roleDefaults?: Lookable | undefined;
  /** Names of its roles, and of the roles that those need. */
  readonly roleNames?: readonly string[] | undefined;
  readonly neededRoleNames?: readonly string[] | undefined;
}

/** A role as its own tasks see it, with the roles it needs and those around it. */
export interface RoleView {
  readonly name: string;
  readonly collection: string | undefined;
  readonly directory: string;
  readonly defaults: Lookable;
  readonly vars: Lookable;
  /** Given where it is used. */
  readonly params: Lookable;
  /** The roles that include it, the nearest first. */
  readonly includers?: readonly RoleUse[] | undefined;
}

/** What a task adds to the variables of its host. */
export interface TaskView {
  /** Of the task and of the blocks around it, inner ones winning. */
  readonly vars: Dict;
  readonly environment: readonly Placed[];
  /** The role it belongs to. */
  readonly role?: RoleView | undefined;
  /** The host that does it instead. */
  readonly delegateTo?: Placed | undefined;
  /** Variables that came with an include around it. */
  readonly includeParams?: Lookable | undefined;
  /** Where files that the task names are looked for. Default: beside the playbook. */
  readonly searchPath?: readonly string[] | undefined;
  /** How many includes are around it. Default 0. */
  readonly depth?: number | undefined;
}

/** The part of a dict that finding a variable takes. */
export interface Lookable {
  readonly get: (name: string) => Value | undefined;
  readonly keys: () => Iterable<Key>;
}

/** Whose variables are looked at, and from where. */
export interface Sight {
  readonly run: RunVariables;
  /** Undefined for hostvars: there a host is seen without play and task. */
  readonly play: PlayVariables | undefined;
  readonly host: HostState;
  readonly view: TaskView | undefined;
  /** The variables of vars_files, as this host has them. */
  readonly fileVars: () => Lookable;
  /** A variable of this sight, templated. */
  readonly get: (name: string) => Value | undefined;
  /** Names of all variables. */
  readonly names: () => string[];
  /** The same task as another host sees it. */
  readonly of: (host: string) => Pick<Sight, 'get' | 'names'>;
}
