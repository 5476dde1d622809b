// What an action is: a task that the controller does, with one host's variables. Few of them ask something of the host.
import type { Dict, Value } from '../../base/value.ts';
import type { Instruction, Outcome } from '../../fleet/events.ts';
import type { VaultReader } from '../../inventory/vault/vault-keys.ts';
import type { ModuleResult, ParamSpecs } from '../../modules/seam.ts';
import type { Jobs } from '../run/background.ts';
import type { StatsChange } from '../run/custom-stats.ts';

/** What an action may look at. */
export interface ActionContext {
  /** The host whose task it is. */
  readonly host: string;
  /** The arguments, templated. */
  readonly args: Dict;
  /** A template or expression evaluated with the host's variables. */
  readonly evaluate: (expression: string) => Value;
  /** A text with its templates evaluated: names of arguments are as they were written. */
  readonly template: (text: string) => string;
  /** The truth of a condition. */
  readonly test: (condition: Value) => boolean;
  /** A variable of the host, or undefined. */
  readonly variable: (name: string) => Value | undefined;
  readonly verbosity: number;
  readonly checkMode: boolean;
  /** Where files are looked for, one after another. */
  readonly directories: readonly string[];
  /** Opens files that are vaults. */
  readonly vault: VaultReader;
  /** The directory of the playbook, for files that come here. */
  readonly directory: string;
  /** Does something on the host, as the user the task asks for. */
  readonly perform: (instruction: Instruction) => Promise<Outcome>;
  /** Whether values are made as ansible 2.14 makes them, without types of their own. */
  readonly classic: boolean;
  /** Whether that is another user than the one who logged in. */
  readonly becomes: () => boolean;
  /** Drops the line to the host, so that the next instruction opens a new one. */
  readonly disconnect: () => Promise<void>;
  /** Asks the person; undefined when nobody is there. */
  readonly ask: ((question: Pause) => Promise<string>) | undefined;
  readonly jobs: Jobs;
  readonly signal: AbortSignal | undefined;
}

/** A question that holds a play up. */
export interface Pause {
  readonly text: string;
  /** Whether the answer is seen while it is typed. */
  readonly echo: boolean;
  readonly signal: AbortSignal | undefined;
}

export const META_WORDS = [
  'noop',
  'flush_handlers',
  'end_play',
  'end_batch',
  'end_host',
  'clear_host_errors',
  'clear_facts',
  'refresh_inventory',
  'reset_connection',
  'end_role',
] as const;
export type MetaWord = (typeof META_WORDS)[number];

/** What an action does besides its result. */
export interface ActionEffect {
  /** Variables to set on the host. */
  readonly setFacts?: Dict;
  /** Whether they are facts too, as those of the host. */
  readonly cacheable?: boolean;
  /** Variables of files: templated when they are asked for. */
  readonly includedVars?: Dict;
  readonly meta?: MetaWord;
  readonly addHost?: { readonly name: string; readonly groups: readonly string[]; readonly vars: Dict };
  readonly customStats?: StatsChange;
  readonly addToGroup?: { readonly group: string; readonly parents: readonly string[] };
}

export type ActionEnd = ActionEffect & { readonly result: ModuleResult };

export interface Action {
  readonly name: string;
  readonly summary: string;
  /** Undefined when any argument is taken, as by set_fact. */
  readonly params: ParamSpecs | undefined;
  readonly freeForm?: string;
  /** Arguments that are expressions: they are not templated before the action runs. */
  readonly expressions?: ReadonlySet<string>;
  /** Whether it is done once for all hosts, like add_host. */
  readonly once?: boolean;
  /** What can be done at once is returned without a promise: it costs no turn of the event loop. */
  readonly run: (context: ActionContext) => ActionEnd | Promise<ActionEnd>;
}
