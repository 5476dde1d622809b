// What a name means for one host in one task: the layers in Ansible's order, templated when they are asked for.
import { type Dict, dict, type Key, type Value } from '../base/value.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Scope } from '../jinja/frame.ts';
import type { Any } from '../jinja/values.ts';
import { TaskError } from './errors.ts';
import { HostState } from './host-state.ts';
import { lookupFunctions } from './lookups.ts';
import { OMIT, type Templar } from './templar.ts';

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
}

/** What the hosts of one play see alike. */
export interface PlayVariables {
  readonly name: string;
  /** vars_files over vars. */
  readonly vars: Dict;
  /** All hosts of the play, and those of the batch that are still in it. */
  readonly allHosts: readonly string[];
  readonly batch: () => readonly string[];
}

const NOTHING: Dict = new Map();

/** The variables of one host, seen from one task. Each is templated at most once. */
export class TaskScope implements Scope {
  readonly #run: RunVariables;
  readonly #play: PlayVariables | undefined;
  readonly #host: HostState;
  readonly #taskVars: Dict;
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
    taskVars: Dict = NOTHING,
    direct: ReadonlyMap<string, Value> = new Map(),
  ) {
    this.#run = run;
    this.#play = play;
    this.#host = host;
    this.#taskVars = taskVars;
    this.#direct = direct;
  }

  /** The same, with further direct variables. */
  with(direct: ReadonlyMap<string, Value>): TaskScope {
    return new TaskScope(this.#run, this.#play, this.#host, this.#taskVars, new Map([...this.#direct, ...direct]));
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
      this.#host.set,
      this.#taskVars,
      this.#play?.vars ?? NOTHING,
      this.#host.facts,
      inventory.varsOf(this.#host.name, { playbookDirectory }),
    ];
    return [...new Set([...MAGIC.keys(), ...layers.flatMap((layer) => [...layer.keys()].map(String))])];
  }

  #find(name: string): Any | undefined {
    const magic = MAGIC.get(name);
    const own = magic?.(this.#run, this.#play, this.#host, this);
    if (own !== undefined) return own;
    const functions = lookupFunctions.get(name);
    if (functions !== undefined)
      return functions({ templar: this.#run.templar, scope: this, directory: this.#run.playbookDirectory, names: () => this.names() });
    const { extraVars, inventory, playbookDirectory } = this.#run;
    const extra = extraVars.get(name);
    if (extra !== undefined) return this.#templated(extra);
    const set = this.#host.set.get(name);
    if (set !== undefined) return set;
    const declared = this.#taskVars.get(name) ?? this.#play?.vars.get(name);
    if (declared !== undefined) return this.#templated(declared);
    const fact = this.#host.facts.get(name);
    if (fact !== undefined) return fact;
    const inherited = inventory.varsOf(this.#host.name, { playbookDirectory }).get(name);
    return inherited === undefined ? undefined : this.#templated(inherited);
  }

  #templated(value: Value): Value {
    return this.#run.templar.value(value, this);
  }
}

type Magic = (run: RunVariables, play: PlayVariables | undefined, host: HostState, scope: TaskScope) => Value | undefined;

const VERSION = dict({ full: '2.14.0', major: 2, minor: 14, revision: 0, string: '2.14.0' });

const MAGIC: ReadonlyMap<string, Magic> = new Map<string, Magic>([
  ['inventory_hostname', (_run, _play, host) => host.name],
  ['inventory_hostname_short', (_run, _play, host) => host.name.split('.')[0] ?? host.name],
  ['inventory_dir', ({ inventory }) => inventory.directory],
  ['group_names', ({ inventory }, _play, host) => (inventory.hosts.has(host.name) ? [...inventory.host(host.name).groups].sort() : [])],
  ['groups', ({ inventory }) => new Map([...inventory.groups.keys()].map((name) => [name, inventory.hostsOf(name)]))],
  ['hostvars', (run) => new HostVars(run)],
  ['ansible_play_name', (_run, play) => play?.name],
  ['ansible_play_hosts_all', (_run, play) => play && [...play.allHosts]],
  ['ansible_play_hosts', (run, play) => play?.allHosts.filter((name) => run.states.get(name)?.active ?? true)],
  ['ansible_play_batch', (_run, play) => play && [...play.batch()]],
  ['play_hosts', (_run, play) => play && [...play.batch()]],
  ['playbook_dir', (run) => run.playbookDirectory],
  ['ansible_playbook_python', () => '/usr/bin/python3'],
  ['ansible_check_mode', (run) => run.checkMode],
  ['ansible_diff_mode', (run) => run.diff],
  ['ansible_verbosity', (run) => run.verbosity],
  ['ansible_version', () => VERSION],
  [
    'ansible_facts',
    (_run, _play, host) => new Map([...host.facts].map(([name, value]) => [String(name).replace(/^ansible_(?!local$)/, ''), value])),
  ],
  ['omit', () => OMIT],
  [
    'vars',
    (_run, _play, _host, scope) => new LazyDict(() => scope.names().filter((name) => name !== 'vars' && name !== 'hostvars'), scope.get),
  ],
]);

/** A dict whose values are worked out when somebody asks. */
class LazyDict extends Map<Key, Value> {
  readonly #names: () => Iterable<string>;
  readonly #read: (name: string) => unknown;

  constructor(names: () => Iterable<string>, read: (name: string) => unknown) {
    super();
    this.#names = names;
    this.#read = read;
  }

  override get(key: Key): Value | undefined {
    return this.#read(String(key)) as Value | undefined;
  }

  override has(key: Key): boolean {
    return this.get(key) !== undefined;
  }

  override get size(): number {
    return [...this.#names()].length;
  }

  override *keys(): MapIterator<Key> {
    yield* this.#names();
  }

  override *values(): MapIterator<Value> {
    for (const [, value] of this) yield value;
  }

  override *entries(): MapIterator<[Key, Value]> {
    for (const name of this.#names()) {
      const value = this.get(name);
      if (value !== undefined) yield [name, value];
    }
  }

  override [Symbol.iterator](): MapIterator<[Key, Value]> {
    return this.entries();
  }
}

/** `hostvars`: every host by name, each seen without play and task. */
class HostVars extends LazyDict {
  constructor(run: RunVariables) {
    const known = new Map<string, LazyDict | undefined>();
    super(
      () => run.inventory.hosts.keys(),
      (name) => {
        if (known.has(name)) return known.get(name);
        const exists = run.inventory.hosts.has(name) || run.states.has(name);
        const scope = new TaskScope(run, undefined, run.states.get(name) ?? new HostState(name));
        const vars = exists ? new LazyDict(() => scope.names(), scope.get) : undefined;
        known.set(name, vars);
        return vars;
      },
    );
  }
}
