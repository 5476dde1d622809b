// What a name means for one host in one task: magic first, then level after level, templated when it is asked for.
import { Sealed, type Value } from '../../base/value.ts';
import { VaultError } from '../../inventory/vault/errors.ts';
import { UndefinedError } from '../../jinja/errors.ts';
import type { Scope } from '../../jinja/frame.ts';
import { type Any, Undefined } from '../../jinja/values.ts';
import { TaskError } from '../errors.ts';
import { LOOKUP_FUNCTIONS } from '../lookups/look-up.ts';
import type { LookupContext } from '../lookups/seam.ts';
import { HostState } from '../run/host-state.ts';
import { HostVars, MAGIC, magicNames } from './magic.ts';
import { LEVELS, type Level } from './precedence.ts';
import type { Lookable, PlayVariables, RunVariables, Sight, TaskView } from './sight.ts';
import { fileVarsOf } from './vars-files.ts';

/** The variables of one host, seen from one task. Each is templated at most once. */
export class TaskScope implements Scope {
  readonly #run: RunVariables;
  readonly #play: PlayVariables | undefined;
  readonly #host: HostState;
  readonly #view: TaskView | undefined;
  readonly #direct: ReadonlyMap<string, Value>;
  readonly #warnings: string[];
  readonly #sight: Sight;
  readonly #known = new Map<string, Any | undefined>();
  readonly #open: string[] = [];
  /** What each level says, asked for when a name is first looked for there: most names are looked for in all of them. */
  readonly #levels: Lookable[] = [];
  #fileVars: Lookable | undefined;

  /**
   * @param play - Undefined for hostvars: there a host is seen without play and task.
   * @param direct - Loop variables and the like: they hide everything, and are not templated.
   */
  constructor(
    run: RunVariables,
    play: PlayVariables | undefined,
    host: HostState,
    view?: TaskView,
    direct: ReadonlyMap<string, Value> = new Map(),
    warnings: string[] = [],
  ) {
    this.#run = run;
    this.#play = play;
    this.#host = host;
    this.#view = view;
    this.#direct = direct;
    this.#warnings = warnings;
    this.#sight = {
      ...{ run, play, host, view },
      fileVars: () => this.#files(),
      get: this.get as Sight['get'],
      names: () => this.names(),
      of: (name) => this.of(run.states.get(name) ?? new HostState(name)).sight,
    };
  }

  /** The same, with further direct variables. */
  with(direct: ReadonlyMap<string, Value>): TaskScope {
    return new TaskScope(this.#run, this.#play, this.#host, this.#view, new Map([...this.#direct, ...direct]), this.#warnings);
  }

  /** From where it looks. */
  get sight(): Sight {
    return this.#sight;
  }

  /** Says something that is no error, with the result of the task. */
  warn(message: string): void {
    this.#warnings.push(message);
  }

  /** What lookups and conditions said that is no error; of all items of a loop. */
  get warnings(): readonly string[] {
    return this.#warnings;
  }

  /** Where files that the task names are looked for, the first one first. */
  get searchPath(): readonly string[] {
    return this.#view?.searchPath ?? [this.#run.playbookDirectory];
  }

  /** How many includes are around the task. */
  get depth(): number {
    return this.#view?.depth ?? 0;
  }

  /** The same task as another host sees it: the one that it is delegated to. */
  of(host: HostState): TaskScope {
    return new TaskScope(this.#run, this.#play, host, this.#view, this.#direct, this.#warnings);
  }

  /** What lookups may look at. */
  get lookups(): LookupContext {
    return {
      templar: this.#run.templar,
      scope: this,
      directories: this.searchPath,
      names: () => this.names(),
      controller: this.#run.controller,
      warn: (message) => this.warn(message),
    };
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

  /** Names that have a value, for the lookup varnames and for hostvars. */
  names(): string[] {
    const magic = magicNames(this.#sight);
    const declared = LEVELS.flatMap(({ vars }) => [...(vars(this.#sight)?.keys() ?? [])].map(String));
    return [...new Set([...this.#direct.keys(), ...magic, ...(this.#play === undefined ? [] : ['hostvars']), ...declared])];
  }

  #find(name: string): Any | undefined {
    if (name === 'hostvars') return new HostVars(this.#run, (host) => new TaskScope(this.#run, undefined, host).sight);
    if (name === 'ansible_search_path') return [...this.searchPath];
    const magic = MAGIC.get(name)?.(this.#sight);
    if (magic !== undefined) return magic;
    for (let at = 0; at < LEVELS.length; at++) {
      const { vars, templated } = LEVELS[at] as Level;
      const level = this.#levels[at] ?? vars(this.#sight) ?? NOTHING;
      this.#levels[at] = level;
      const value = level.get(name);
      if (value instanceof Sealed) return opened(name, value);
      if (value !== undefined) return templated ? this.#templated(value) : value;
    }
    return LOOKUP_FUNCTIONS.get(name)?.(this.lookups);
  }

  // A variable that needs one that is not there is itself not there, as in Ansible: `is defined` and `default` may ask for it.
  #templated(value: Value): Any {
    try {
      return this.#run.templar.value(value, this);
    } catch (error) {
      if (!(error instanceof UndefinedError)) throw error;
      return new Undefined(error.variable, error.message, { place: error.place });
    }
  }

  #files(): Lookable {
    this.#fileVars ??= this.#play === undefined ? NOTHING : fileVarsOf(this.#play.files, this.#sight);
    return this.#fileVars;
  }
}

/** @throws VaultError with the name of the variable. */
function opened(name: string, value: Sealed): string {
  try {
    return value.open();
  } catch (cause) {
    if (!(cause instanceof VaultError)) throw cause;
    throw new VaultError(cause.code, `The variable ${name} cannot be had: ${cause.message}`, { where: cause.where, fix: cause.fix, cause });
  }
}

const NOTHING: Lookable = new Map<string, Value>();
