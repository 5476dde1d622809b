// Hosts and groups while sources are read into them, and the order in which groups count. It knows no file format.

import type { Where } from '../base/errors.ts';
import { type Dict, Float, type Value } from '../base/value.ts';
import { InventoryError } from './errors.ts';

interface GroupEntry {
  readonly name: string;
  readonly children: Set<string>;
  readonly hosts: Set<string>;
  readonly vars: Dict;
  readonly parents: Set<string>;
}

/** A variable as a source sets it. */
export interface SourceSetting {
  readonly kind: 'group' | 'host';
  /** The group or host. */
  readonly of: string;
  readonly name: string;
  readonly value: Value;
  readonly where: Where;
}

/** Everything that inventory sources say; later sources add to it and win over earlier ones. */
export class Groups {
  /** Every variable of a source with its place, in order; undefined where nobody wants to know. */
  readonly #settings: SourceSetting[] | undefined;
  readonly #origins = new Map<string, string>();
  /** The file that is being read; undefined for a list of hosts. */
  currentFile: string | undefined;
  readonly #groups = new Map<string, GroupEntry>();
  readonly #hosts = new Map<string, Dict>();
  readonly #priorities = new Map<string, number>();
  readonly #groupsOfHost = new Map<string, Set<string>>();

  /** @param options.traced - Remembers where each variable is set. Default false: it costs memory. */
  constructor({ traced = false }: { readonly traced?: boolean | undefined } = {}) {
    this.#settings = traced ? [] : undefined;
    this.addGroup('all');
    this.addChild('all', 'ungrouped', 'inventory');
  }

  get groupNames(): Iterable<string> {
    return this.#groups.keys();
  }

  get hostNames(): Iterable<string> {
    return this.#hosts.keys();
  }

  has(group: string): boolean {
    return this.#groups.has(group);
  }

  hasHost(host: string): boolean {
    return this.#hosts.has(host);
  }

  group(name: string): GroupEntry {
    return this.#groups.get(name) ?? this.addGroup(name);
  }

  addGroup(name: string): GroupEntry {
    const known = this.#groups.get(name);
    if (known !== undefined) return known;
    const entry: GroupEntry = { name, children: new Set(), hosts: new Set(), vars: new Map(), parents: new Set() };
    this.#groups.set(name, entry);
    return entry;
  }

  /** @throws InventoryError INVENTORY_GROUP when the child is the parent or stands above it. */
  addChild(parent: string, child: string, where: Where): void {
    if (parent === child || this.#isAbove(child, parent)) {
      throw new InventoryError('INVENTORY_GROUP', `Adding group ${child} as a child of ${parent} makes a circle`, {
        where,
        fix: 'Remove one of the two',
      });
    }
    this.group(parent).children.add(child);
    this.group(child).parents.add(parent);
  }

  /**
   * @param group - Undefined for a host whose place is told elsewhere.
   * @param port - Counts only where the host is new, as in Ansible.
   * @returns The host's own variables.
   */
  addHost(group: string | undefined, host: string, port?: number): Dict {
    let vars = this.#hosts.get(host);
    if (vars === undefined) {
      vars = new Map(port ? [['ansible_port', port]] : []);
      this.#hosts.set(host, vars);
      if (this.currentFile !== undefined) this.#origins.set(host, this.currentFile);
      this.#groupsOfHost.set(host, new Set());
    }
    if (group !== undefined) {
      this.group(group).hosts.add(host);
      this.#groupsOfHost.get(host)?.add(group);
    }
    return vars;
  }

  /** @throws InventoryError INVENTORY_GROUP on a rank that is no number. */
  setGroupVar(group: string, name: string, value: Value, where: Where): void {
    // As in Ansible, the rank of a group is no variable of its hosts.
    if (name === 'ansible_group_priority') this.#priorities.set(group, priorityOf(value, where));
    else {
      this.group(group).vars.set(name, value);
      this.#settings?.push({ kind: 'group', of: group, name, value, where });
    }
  }

  /**
   * Sets variables of a host that is there already.
   *
   * @param where - Their place; asked for only where somebody wants to know.
   */
  setHostVars(host: string, vars: Iterable<readonly [name: string, value: Value]>, where: () => Where): void {
    const own = this.hostVars(host);
    for (const [name, value] of vars) {
      own.set(name, value);
      this.#settings?.push({ kind: 'host', of: host, name, value, where: where() });
    }
  }

  /** Every time that a source sets a variable, in order; none unless it is traced. */
  get settings(): readonly SourceSetting[] {
    return this.#settings ?? [];
  }

  /** The file that named a host first. */
  originOf(host: string): string | undefined {
    return this.#origins.get(host);
  }

  /** Gives orphans a parent, and hosts without a group a place in `ungrouped`, as Ansible's reconcile step. */
  settle(): void {
    for (const group of this.#groups.values())
      if (group.name !== 'all' && group.parents.size === 0) this.addChild('all', group.name, 'inventory');
    const ungrouped = this.group('ungrouped');
    for (const [host, groups] of this.#groupsOfHost) {
      const elsewhere = this.#withParents(groups).some((group) => group !== 'ungrouped');
      if (elsewhere) {
        ungrouped.hosts.delete(host);
        groups.delete('ungrouped');
      } else {
        ungrouped.hosts.add(host);
        groups.add('ungrouped');
      }
    }
  }

  hostVars(host: string): Dict {
    return this.#hosts.get(host) ?? new Map();
  }

  /** All groups a host is in, parents included, `all` excluded, from the weakest to the strongest: by depth, priority, name. */
  groupsOf(host: string): string[] {
    return this.#withParents(this.#groupsOfHost.get(host) ?? []).sort(
      (a, b) => this.#depth(a) - this.#depth(b) || this.priority(a) - this.priority(b) || (a < b ? -1 : 1),
    );
  }

  #withParents(groups: Iterable<string>): string[] {
    const found = new Set<string>();
    const visit = (name: string): void => {
      if (name === 'all' || found.has(name)) return;
      found.add(name);
      for (const parent of this.group(name).parents) visit(parent);
    };
    for (const group of groups) visit(group);
    return [...found];
  }

  /** The hosts of a group and of all groups below it, nearest first, as Ansible lists them. */
  hostsOf(group: string): string[] {
    const hosts = new Set<string>();
    for (const name of this.#below(group)) for (const host of this.group(name).hosts) hosts.add(host);
    return [...hosts];
  }

  #below(group: string): string[] {
    const ordered = [group];
    const seen = new Set(ordered);
    for (const name of ordered) {
      for (const child of this.group(name).children) {
        if (seen.has(child)) continue;
        seen.add(child);
        ordered.push(child);
      }
    }
    return ordered;
  }

  #isAbove(above: string, below: string): boolean {
    const entry = this.#groups.get(above);
    return entry !== undefined && [...entry.children].some((child) => child === below || this.#isAbove(child, below));
  }

  // How far below `all`, by the longest way.
  readonly #depths = new Map<string, number>();
  #depth(group: string): number {
    const known = this.#depths.get(group);
    if (known !== undefined) return known;
    const depth = group === 'all' ? 0 : 1 + Math.max(0, ...[...this.group(group).parents].map((parent) => this.#depth(parent)));
    this.#depths.set(group, depth);
    return depth;
  }

  /** The rank of a group among those of its depth: `ansible_group_priority`, 1 when nobody says. */
  priority(group: string): number {
    return this.#priorities.get(group) ?? 1;
  }
}

// As Python's int(): whole numbers as text count, fractions are cut off.
function priorityOf(value: Value, where: Where): number {
  const plain = value instanceof Float ? Math.trunc(value.value) : typeof value === 'boolean' ? Number(value) : value;
  const priority = typeof plain === 'string' && /^\s*[+-]?\d+\s*$/.test(plain) ? Number(plain) : plain;
  if (typeof priority === 'number' && Number.isFinite(priority)) return priority;
  throw new InventoryError('INVENTORY_GROUP', 'ansible_group_priority must be a whole number', {
    where,
    fix: 'Write for instance ansible_group_priority=10; the highest wins among groups of one depth',
  });
}
