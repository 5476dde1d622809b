// Magic variables: what a play knows of itself, of its host and of all others.
import { type Dict, dict, type Value } from '../../base/value.ts';
import { LOCALHOSTS } from '../../inventory/pattern.ts';
import { shortRoleName } from '../ast.ts';
import { HostState } from '../run/host-state.ts';
import { LazyDict } from './lazy-dict.ts';
import type { RunVariables, Sight } from './sight.ts';
import { OMIT } from './templar.ts';

type Magic = (sight: Sight) => Value | undefined;

/** The version whose language is played. */
const VERSION = dict({ full: '2.14.18', major: 2, minor: 14, revision: 18, string: '2.14.18' });

const ROLE_NAMES = ['ansible_role_names', 'ansible_play_role_names', 'ansible_dependent_role_names', 'role_names'] as const;

/** What the inventory knows of a host. As in Ansible these are variables of the host: facts and all above can hide them. */
export const HOST_MAGIC: ReadonlyMap<string, Magic> = new Map<string, Magic>([
  ['inventory_hostname', ({ host }) => host.name],
  ['inventory_hostname_short', ({ host }) => host.name.split('.')[0] ?? host.name],
  ['inventory_file', ({ run, host }) => run.inventory.originOf(host.name)?.file],
  ['inventory_dir', ({ run, host }) => run.inventory.originOf(host.name)?.directory],
  ['group_names', ({ run, host }) => run.inventory.groupsOf(host.name).sort()],
]);

/** By name; undefined where one does not exist, as those of a play in hostvars. Nothing that people set can hide them. */
export const MAGIC: ReadonlyMap<string, Magic> = new Map<string, Magic>([
  [
    'groups',
    // Only the groups that are asked for are listed: there may be thousands of hosts, and each of them asks.
    ({ run: { inventory } }) =>
      new LazyDict(
        () => inventory.groupNames,
        (name) => (inventory.hasGroup(name) ? inventory.hostsOf(name) : undefined),
      ),
  ],
  ['ansible_inventory_sources', ({ run }) => [...run.inventory.sources]],
  ['ansible_play_name', ({ play }) => play?.name],
  ['ansible_play_hosts_all', ({ play }) => play && [...play.allHosts]],
  ['ansible_play_hosts', ({ run, play }) => play?.allHosts.filter((name) => run.states.get(name)?.active ?? true)],
  ['ansible_play_batch', ({ play }) => play && [...play.batch()]],
  ['play_hosts', ({ play }) => play && [...play.batch()]],
  ['role_names', ({ play }) => play && [...(play.roleNames ?? [])]],
  ['ansible_play_role_names', ({ play }) => play && [...(play.roleNames ?? [])]],
  ['ansible_dependent_role_names', ({ play }) => play && [...(play.neededRoleNames ?? [])]],
  ['ansible_role_names', ({ play }) => play && [...new Set([...(play.neededRoleNames ?? []), ...(play.roleNames ?? [])])]],
  ['ansible_parent_role_names', ({ view }) => view?.role?.includers?.map(({ name }) => name)],
  ['ansible_parent_role_paths', ({ view }) => view?.role?.includers?.map(({ directory }) => directory)],
  ['role_name', ({ view }) => view?.role && shortRoleName(view.role)],
  ['ansible_role_name', ({ view }) => view?.role?.name],
  ['ansible_collection_name', ({ view }) => view?.role?.collection],
  ['role_path', ({ view }) => view?.role?.directory],
  ['playbook_dir', ({ run }) => run.playbookDirectory],
  ['ansible_playbook_python', () => '/usr/bin/python3'],
  ['ansible_config_file', () => null],
  ['ansible_check_mode', ({ run }) => run.checkMode],
  ['ansible_diff_mode', ({ run }) => run.diff],
  ['ansible_forks', ({ run }) => run.forks],
  ['ansible_limit', ({ run }) => run.limit],
  ['ansible_run_tags', ({ run }) => (run.runTags.length === 0 ? ['all'] : [...run.runTags])],
  ['ansible_skip_tags', ({ run }) => [...run.skipTags]],
  ['ansible_verbosity', ({ run }) => run.verbosity],
  ['ansible_version', () => VERSION],
  ['ansible_facts', ({ host }) => factsWithoutPrefix(host.facts)],
  ['ansible_delegated_vars', delegatedVars],
  ['omit', () => OMIT],
  ['environment', ({ run, view, get }) => view?.environment.map(({ value, at }) => run.templar.value(value, { get }, at))],
  [
    'vars',
    ({ play, names, get }) =>
      play &&
      new LazyDict(
        () => names().filter((name) => name !== 'vars'),
        (name) => (name === 'vars' ? undefined : get(name)),
      ),
  ],
]);

/** Where magic variables do not always exist. To work one out may take long, to say whether it is there must not. */
const CONDITIONS: ReadonlyMap<string, (sight: Sight) => boolean> = new Map([
  ...['ansible_play_name', 'ansible_play_hosts_all', 'ansible_play_hosts', 'ansible_play_batch', 'play_hosts', 'vars', ...ROLE_NAMES].map(
    (name) => [name, ({ play }: Sight) => play !== undefined] as const,
  ),
  ...['role_name', 'ansible_role_name', 'role_path'].map((name) => [name, ({ view }: Sight) => view?.role !== undefined] as const),
  ...['ansible_parent_role_names', 'ansible_parent_role_paths'].map(
    (name) => [name, ({ view }: Sight) => view?.role?.includers !== undefined] as const,
  ),
  ['ansible_collection_name', ({ view }) => view?.role?.collection !== undefined],
  ['ansible_delegated_vars', ({ view }) => view?.delegateTo !== undefined],
  ['environment', ({ view }) => view !== undefined],
  ['ansible_limit', ({ run }) => run.limit !== undefined],
]);

/** The names that exist from where somebody looks. */
export function magicNames(sight: Sight): string[] {
  return [...MAGIC.keys()].filter((name) => CONDITIONS.get(name)?.(sight) ?? true);
}

/** Under the name of the host that does a task instead, its variables; as in Ansible it is still called what the host of the task is. */
function delegatedVars({ run, view, host, get, of }: Sight): Value | undefined {
  if (view?.delegateTo === undefined) return undefined;
  const name = run.templar.value(view.delegateTo.value, { get }, view.delegateTo.at);
  if (typeof name !== 'string' || name === '' || name === OMIT) return undefined;
  const other = of(name);
  const read = (variable: string): Value | undefined => (variable === 'inventory_hostname' ? host.name : other.get(variable));
  return new Map([[name, new LazyDict(other.names, read)]]);
}

function factsWithoutPrefix(facts: Dict): Dict {
  return new Map([...facts].map(([name, value]) => [String(name).replace(/^ansible_(?!local$)/, ''), value]));
}

function isKnown({ inventory }: RunVariables, host: string): boolean {
  return inventory.has(host) || LOCALHOSTS.has(host);
}

/**
 * `hostvars`: every host by name, each seen without play and task.
 *
 * @param see - The variables of a host.
 */
export class HostVars extends LazyDict {
  constructor(run: RunVariables, see: (host: HostState) => Pick<Sight, 'names' | 'get'>) {
    const known = new Map<string, LazyDict | undefined>();
    super(
      () => run.inventory.hostNames,
      (name) => {
        if (known.has(name)) return known.get(name);
        const exists = isKnown(run, name) || run.states.has(name);
        const seen = see(run.states.get(name) ?? new HostState(name));
        const vars = exists ? new LazyDict(seen.names, seen.get) : undefined;
        known.set(name, vars);
        return vars;
      },
    );
  }
}
