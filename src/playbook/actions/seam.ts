// What an action is: a task that is done on the controller alone. It sees one host's variables, and touches no host.
import type { Dict, Value } from '../../base/value.ts';
import type { VaultReader } from '../../inventory/vault/vault-keys.ts';
import type { ModuleResult, ParamSpecs } from '../../modules/seam.ts';

/** What an action may look at. */
export interface ActionContext {
  /** The arguments, templated. */
  readonly args: Dict;
  /** A template or expression evaluated with the host's variables. */
  readonly evaluate: (expression: string) => Value;
  /** The truth of a condition. */
  readonly test: (condition: Value) => boolean;
  readonly verbosity: number;
  /** Where files are looked for, one after another. */
  readonly directories: readonly string[];
  /** Opens files that are vaults. */
  readonly vault: VaultReader;
}

/** What an action does besides its result. */
export interface ActionEffect {
  /** Variables to set on the host. */
  readonly setFacts?: Dict;
  /** Whether they are facts too, as those of the host. */
  readonly cacheable?: boolean;
  /** Variables of files: templated when they are asked for. */
  readonly includedVars?: Dict;
  readonly meta?: 'flush_handlers' | 'end_play' | 'end_host' | 'clear_host_errors' | 'clear_facts' | 'noop';
}

export interface Action {
  readonly name: string;
  readonly summary: string;
  /** Undefined when any argument is taken, as by set_fact. */
  readonly params: ParamSpecs | undefined;
  readonly freeForm?: string;
  /** Arguments that are expressions: they are not templated before the action runs. */
  readonly expressions?: ReadonlySet<string>;
  readonly run: (context: ActionContext) => ActionEffect & { readonly result: ModuleResult };
}
