// From where variables are seen: the run, the play, the host, and the task. It looks nothing up.
import type { Dict, Key, Value } from '../../base/value.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import type { Placed } from '../ast.ts';
import type { HostState } from '../host-state.ts';
import type { Controller } from '../lookups/seam.ts';
import type { Templar } from '../templar.ts';
import type { VarsFile } from '../vars-files.ts';

/** What every host of a run sees alike. */
export interface RunVariables {
  readonly inventory: Inventory;
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
}

/** What a task adds to the variables of its host. */
export interface TaskView {
  /** Of the task and of the blocks around it, inner ones winning. */
  readonly vars: Dict;
  readonly environment: readonly Placed[];
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
}
