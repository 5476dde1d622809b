// Ansible's magic variables: who the host is, who plays with it, in which role. It finds no other variables.
import { dict, type Key, type Value } from '../base/value.ts';
import { LOCALHOSTS } from '../inventory/pattern.ts';
import type { RoleUse } from './ast.ts';
import { HostState } from './host-state.ts';
import { includersOf } from './role-variables.ts';
import { OMIT } from './templar.ts';
import type { PlayVariables, RunVariables, TaskScope } from './variables.ts';

type Magic = (run: RunVariables, play: PlayVariables | undefined, host: HostState, scope: TaskScope) => Value | undefined;

const VERSION = dict({ full: '2.14.0', major: 2, minor: 14, revision: 0, string: '2.14.0' });

/** Ansible's magic variables. They win over all others. */
export const MAGIC: ReadonlyMap<string, Magic> = new Map<string, Magic>([
  ['inventory_hostname', (_run, _play, host) => host.name],
  ['inventory_hostname_short', (_run, _play, host) => host.name.split('.')[0] ?? host.name],
  ['inventory_dir', ({ inventory }) => inventory.directory],
  ['group_names', ({ inventory }, _play, host) => inventory.groupsOf(host.name).sort()],
  ['groups', ({ inventory }) => new Map(inventory.groupNames.map((name) => [name, inventory.hostsOf(name)]))],
  ['hostvars', (run, _play, _host, scope) => new HostVars(run, (host) => scope.bare(host))],
  ['ansible_play_name', (_run, play) => play?.name],
  ['ansible_play_hosts_all', (_run, play) => play && [...play.allHosts]],
  ['ansible_play_hosts', (run, play) => play?.allHosts.filter((name) => run.states.get(name)?.active ?? true)],
  ['ansible_play_batch', (_run, play) => play && [...play.batch()]],
  ['play_hosts', (_run, play) => play && [...play.batch()]],
  ['playbook_dir', (run) => run.playbookDirectory],
  ['role_name', (_run, _play, _host, { role }) => role?.name],
  ['ansible_role_name', (_run, _play, _host, { role }) => role?.name],
  ['role_path', (_run, _play, _host, { role }) => role?.directory],
  ['ansible_parent_role_names', (_run, _play, _host, { role }) => includers(role, ({ name }) => name)],
  ['ansible_parent_role_paths', (_run, _play, _host, { role }) => includers(role, ({ directory }) => directory)],
  ['role_names', (_run, play) => play?.roles.names],
  ['ansible_play_role_names', (_run, play) => play?.roles.names],
  ['ansible_dependent_role_names', (_run, play) => play?.roles.dependentNames],
  ['ansible_role_names', (_run, play) => play && [...new Set([...play.roles.dependentNames, ...play.roles.names])]],
  ['ansible_search_path', (_run, _play, _host, scope) => scope.searchPath],
  ['ansible_run_tags', (run) => (run.runTags.length === 0 ? ['all'] : [...run.runTags])],
  ['ansible_skip_tags', (run) => [...run.skipTags]],
  ['ansible_forks', (run) => run.forks],
  ['ansible_limit', (run) => run.limit],
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

function includers(role: RoleUse | undefined, show: (role: RoleUse) => string): string[] | undefined {
  const found = role === undefined ? [] : includersOf(role);
  return found.length === 0 ? undefined : found.map(show);
}

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
  constructor(run: RunVariables, bare: (host: HostState) => TaskScope) {
    const known = new Map<string, LazyDict | undefined>();
    super(
      () => run.inventory.hostNames,
      (name) => {
        if (known.has(name)) return known.get(name);
        const exists = run.inventory.has(name) || LOCALHOSTS.has(name) || run.states.has(name);
        const scope = bare(run.states.get(name) ?? new HostState(name));
        const vars = exists ? new LazyDict(() => scope.names(), scope.get) : undefined;
        known.set(name, vars);
        return vars;
      },
    );
  }
}
