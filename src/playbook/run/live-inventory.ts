// The inventory of a run: what the sources say, and over that what add_host and group_by add while it is played.
import { type Dict, dict } from '../../base/value.ts';
import type { Inventory, VarsOptions } from '../../inventory/inventory.ts';
import { LOCALHOSTS, matchPattern } from '../../inventory/pattern.ts';
import { VarsFiles } from '../../inventory/vars-files.ts';

export class LiveInventory {
  #base: Inventory;
  readonly #added = new Map<string, Dict>();
  /** Hosts by group, of add_host and group_by. */
  readonly #members = new Map<string, Set<string>>();
  /** Groups by the group that holds them. */
  readonly #children = new Map<string, Set<string>>();
  readonly #files = new Map<string, VarsFiles>();

  constructor(base: Inventory) {
    this.#base = base;
  }

  /** The sources were read anew. What was added stays. */
  replace(base: Inventory): void {
    this.#base = base;
    this.#files.clear();
  }

  get sources(): readonly string[] {
    return this.#base.sources;
  }

  /** Where a host was first named; undefined for one that was added. */
  originOf(host: string): ReturnType<Inventory['originOf']> {
    return this.#base.originOf(host);
  }

  /** The places of the sources that set a variable of a host. */
  settingsOf(host: string, name: string, options: VarsOptions): ReturnType<Inventory['settingsOf']> {
    return this.#base.settingsOf(host, name, options);
  }

  get hostNames(): string[] {
    return [...new Set([...this.#base.hosts.keys(), ...this.#added.keys()])];
  }

  get groupNames(): string[] {
    return [...new Set([...this.#base.groups.keys(), ...this.#members.keys(), ...this.#children.keys()])];
  }

  hasGroup(name: string): boolean {
    return this.#base.groups.has(name) || this.#members.has(name) || this.#children.has(name);
  }

  has(host: string): boolean {
    return this.#base.hosts.has(host) || this.#added.has(host);
  }

  /** Hosts of a group and of the groups in it. */
  hostsOf(group: string): string[] {
    const own = this.#base.groups.has(group) ? this.#base.hostsOf(group) : [];
    const added = group === 'all' ? [...this.#added.keys()] : [...(this.#members.get(group) ?? [])];
    const below = [...(this.#children.get(group) ?? [])].flatMap((child) => this.hostsOf(child));
    return [...new Set([...own, ...added, ...below])];
  }

  /** Groups that a host is in, without `all`. */
  groupsOf(host: string): string[] {
    const own = this.#base.hosts.has(host) ? this.#base.host(host).groups : [];
    return [
      ...new Set([...own.filter((group) => this.#addedGroupsOf(host).length === 0 || group !== 'ungrouped'), ...this.#addedGroupsOf(host)]),
    ];
  }

  /** @throws PatternError as Inventory.select. */
  select(patterns: readonly string[], limit: string | readonly string[] | undefined): string[] {
    const space = { hosts: new Set(this.hostNames), groups: this.groupNames, hostsOf: (group: string) => this.hostsOf(group) };
    const allowed = limit === undefined ? undefined : new Set(matchPattern(limit, space));
    return matchPattern(patterns, space).filter((name) => allowed?.has(name) ?? true);
  }

  /**
   * The variables of a host. Those of groups that it joined during the run come after those of its other groups, and before its
   * own. A host that nobody knows has none.
   */
  varsOf(host: string, playbookDirectory: string): Dict {
    const known = this.#base.hosts.has(host) || LOCALHOSTS.has(host);
    const base = known ? this.#base.varsOf(host, { playbookDirectory }) : NOTHING;
    const added = this.#added.get(host);
    const groups = this.#addedGroupsOf(host);
    if (added === undefined && groups.length === 0) return base;
    const layers = [
      known ? base : this.#groupVars('all', playbookDirectory),
      ...groups.map((group) => this.#groupVars(group, playbookDirectory)),
      known ? this.#base.ownVarsOf(host, { playbookDirectory }) : NOTHING,
      added ?? NOTHING,
    ];
    return new Map(layers.flatMap((layer) => [...layer]));
  }

  /** @returns Whether anything is new. */
  addHost(name: string, groups: readonly string[], vars: Dict): boolean {
    const before = this.#added.get(name);
    const isNew = !this.has(name) || [...vars].some(([key, value]) => before?.get(key) !== value);
    this.#added.set(name, new Map([...(before ?? NOTHING), ...vars]));
    const joined = groups.map((group) => this.addToGroup(name, group, []));
    return joined.some(Boolean) || isNew;
  }

  /** @returns Whether anything is new. */
  addToGroup(host: string, group: string, parents: readonly string[]): boolean {
    const members = this.#members.get(group) ?? new Set();
    this.#members.set(group, members);
    for (const parent of parents) if (parent !== 'all') this.#children.set(parent, (this.#children.get(parent) ?? new Set()).add(group));
    if (this.hostsOf(group).includes(host)) return false;
    members.add(host);
    return true;
  }

  #addedGroupsOf(host: string): readonly string[] {
    if (this.#members.size === 0) return NO_GROUPS;
    const direct = [...this.#members].filter(([, hosts]) => hosts.has(host)).map(([group]) => group);
    const above = (group: string): string[] =>
      [...this.#children].filter(([, children]) => children.has(group)).flatMap(([parent]) => [...above(parent), parent]);
    return [...new Set([...direct.flatMap(above), ...direct])];
  }

  #groupVars(group: string, playbookDirectory: string): Dict {
    const vars: Dict = new Map(this.#base.groups.get(group)?.vars ?? dict());
    for (const directory of [this.#base.directory, playbookDirectory]) {
      if (directory === undefined) continue;
      const files = this.#files.get(directory) ?? new VarsFiles(directory, this.#base.vault);
      this.#files.set(directory, files);
      for (const [name, value] of files.read('group_vars', group)) vars.set(name, value);
    }
    return vars;
  }
}

const NO_GROUPS: readonly string[] = [];
const NOTHING: Dict = new Map();
