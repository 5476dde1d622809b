// What a name means for one host in one task: the layers in Ansible's order, templated when they are asked for.
import type { Dict, Value } from '../base/value.ts';
import type { Scope } from '../jinja/frame.ts';
import type { Any } from '../jinja/values.ts';
import type { RoleUse } from './ast.ts';
import { TaskError } from './errors.ts';
import type { HostState } from './host-state.ts';
import type { LiveInventory } from './live-inventory.ts';
import { type LookupContext, lookupFunctions } from './lookups.ts';
import { MAGIC } from './magic-variables.ts';
import { searchPath } from './parse-context.ts';
import type { PlayRoles } from './play-roles.ts';
import { defaultsOf, paramsOf, varsOf } from './role-variables.ts';
import type { Templar } from './templar.ts';

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
  readonly runTags: readonly string[];
  readonly skipTags: readonly string[];
  readonly forks: number;
  readonly limit: string | undefined;
}

/** What the hosts of one play see alike. */
export interface PlayVariables {
  readonly name: string;
  /** vars_files over vars. */
  readonly vars: Dict;
  /** All hosts of the play, and those of the batch that are still in it. */
  readonly allHosts: readonly string[];
  readonly batch: () => readonly string[];
  readonly roles: PlayRoles;
}

/** Variables that come with an include, for everything in it. */
export interface IncludeFrame {
  /** Of `vars`: templated when asked for. They rank above facts set while the play runs. */
  readonly vars: Dict;
  /** Loop variables of the include. */
  readonly direct: ReadonlyMap<string, Value>;
  /** How many includes are around. */
  readonly depth: number;
}

export const NO_FRAME: IncludeFrame = { vars: new Map(), direct: new Map(), depth: 0 };

/** What a task adds to the variables of its host. */
export interface TaskView {
  readonly vars: Dict;
  readonly role: RoleUse | undefined;
  readonly directory: string | undefined;
}

const NOTHING: Dict = new Map();
const NO_VIEW: TaskView = { vars: NOTHING, role: undefined, directory: undefined };

/** The variables of one host, seen from one task. Each is templated at most once. */
export class TaskScope implements Scope {
  readonly #run: RunVariables;
  readonly #play: PlayVariables | undefined;
  readonly #host: HostState;
  readonly #view: TaskView;
  readonly #frame: IncludeFrame;
  readonly #direct: ReadonlyMap<string, Value>;
  readonly #known = new Map<string, Any | undefined>();
  readonly #open: string[] = [];

  /**
   * @param play - Undefined for hostvars: there a host is seen without play and task.
   * @param direct - Loop variables and the like: they hide everything, and are not templated.
   */
  constructor(
    run: RunVariables,
    play: PlayVariables | undefined,
    host: HostState,
    view: TaskView = NO_VIEW,
    frame: IncludeFrame = NO_FRAME,
    direct: ReadonlyMap<string, Value> = frame.direct,
  ) {
    this.#run = run;
    this.#play = play;
    this.#host = host;
    this.#view = view;
    this.#frame = frame;
    this.#direct = direct;
  }

  /** The same, with further direct variables. */
  with(direct: ReadonlyMap<string, Value>): TaskScope {
    return new TaskScope(this.#run, this.#play, this.#host, this.#view, this.#frame, new Map([...this.#direct, ...direct]));
  }

  /** The same task as another host sees it: who a task is delegated to. */
  of(host: HostState): TaskScope {
    return new TaskScope(this.#run, this.#play, host, this.#view, this.#frame, this.#direct);
  }

  /** A host without play and task: as hostvars shows it. */
  bare(host: HostState): TaskScope {
    return new TaskScope(this.#run, undefined, host);
  }

  /** How many includes are around the task. */
  get depth(): number {
    return this.#frame.depth;
  }

  /** The role of the task, if it is in one. */
  get role(): RoleUse | undefined {
    return this.#view.role;
  }

  /** Where files that the task names are looked for. */
  get searchPath(): string[] {
    const { playbookDirectory } = this.#run;
    return searchPath(this.#view.role, this.#view.directory ?? playbookDirectory, playbookDirectory);
  }

  /** @throws TaskError VARIABLE_LOOP when variables need each other; whatever their templates throw. */
  readonly get = (name: string): Any | undefined => {
    const direct = this.#direct.get(name);
    if (direct !== undefined) return direct;
    if (this.#known.has(name)) return this.#known.get(name);
    if (this.#open.includes(name)) {
      const cycle = [...this.#open.slice(this.#open.indexOf(name)), name].join(' -> ');
      throw new TaskError('VARIABLE_LOOP', `These variables need each other: ${cycle}`, { fix: 'Define one of them without the others' });
    }
    this.#open.push(name);
    try {
      const value = this.#find(name);
      this.#known.set(name, value);
      return value;
    } finally {
      this.#open.pop();
    }
  };

  /** Names that have a value, for the lookup varnames and hostvars. */
  names(): string[] {
    const { inventory, extraVars, playbookDirectory } = this.#run;
    const layers = [
      this.#direct,
      extraVars,
      ...this.#declaredOverFacts(),
      this.#host.set,
      ...this.#declared(),
      this.#host.facts,
      inventory.varsOf(this.#host.name, playbookDirectory),
      ...this.#defaults(),
    ];
    return [...new Set([...MAGIC.keys(), ...layers.flatMap((layer) => [...layer.keys()].map(String))])];
  }

  /** What lookups may look at. */
  get lookups(): LookupContext {
    return { templar: this.#run.templar, scope: this, directories: this.searchPath, names: () => this.names() };
  }

  // The order is that of ansible 2.14, from the strongest on.
  #find(name: string): Any | undefined {
    const magic = MAGIC.get(name);
    const own = magic?.(this.#run, this.#play, this.#host, this);
    if (own !== undefined) return own;
    const { extraVars, inventory, playbookDirectory } = this.#run;
    const extra = extraVars.get(name) ?? firstOf(this.#declaredOverFacts(), name);
    if (extra !== undefined) return this.#templated(extra);
    const set = this.#host.set.get(name);
    if (set !== undefined) return set;
    const declared = firstOf(this.#declared(), name);
    if (declared !== undefined) return this.#templated(declared);
    const fact = this.#host.facts.get(name);
    if (fact !== undefined) return fact;
    const inherited = inventory.varsOf(this.#host.name, playbookDirectory).get(name) ?? firstOf(this.#defaults(), name);
    // Functions come last: a variable may be called q.
    return inherited === undefined ? lookupFunctions.get(name)?.(this.lookups) : this.#templated(inherited);
  }

  #declaredOverFacts(): Dict[] {
    return this.#view.role === undefined ? [this.#frame.vars] : [this.#frame.vars, paramsOf(this.#view.role)];
  }

  #declared(): Dict[] {
    const role = this.#view.role === undefined ? [] : [varsOf(this.#view.role)];
    return this.#play === undefined ? [] : [this.#view.vars, ...role, this.#play.roles.vars, this.#play.vars];
  }

  #defaults(): Dict[] {
    const role = this.#view.role === undefined ? [] : [defaultsOf(this.#view.role)];
    return this.#play === undefined ? [] : [...role, this.#play.roles.defaults];
  }

  #templated(value: Value): Value {
    return this.#run.templar.value(value, this);
  }
}

function firstOf(layers: readonly Dict[], name: string): Value | undefined {
  for (const layer of layers) {
    const value = layer.get(name);
    if (value !== undefined) return value;
  }
  return undefined;
}
