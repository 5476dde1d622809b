// An inventory as people and other tools read it, in the forms of ansible-inventory. It prints nothing.
import { randomUUID } from 'node:crypto';
import { type Dict, isDict, SEALED_KEY, Sealed, type Value } from '../base/value.ts';
import { dumpJson, dumpYaml } from '../jinja/dump.ts';
import { str } from '../jinja/printing.ts';
import { InventoryError } from './errors.ts';
import type { Group } from './host.ts';
import type { Inventory, VarsOptions } from './inventory.ts';

/** Names that Ansible keeps for itself: they are shown with no host. */
const INTERNAL = new Set(
  [
    'ansible_diff_mode ansible_config_file ansible_facts ansible_forks ansible_inventory_sources ansible_limit',
    'ansible_playbook_python ansible_run_tags ansible_skip_tags ansible_verbosity ansible_version inventory_dir inventory_file',
    'inventory_hostname inventory_hostname_short groups group_names omit playbook_dir',
  ].flatMap((line) => line.split(' ')),
);

export interface ListingOptions extends VarsOptions {
  /** Variables where they were said, at groups and hosts, instead of all of them at every host. Default false. */
  readonly export?: boolean;
}

/** As `ansible-inventory --list`: groups with hosts and children, and the variables of every host under `_meta`. */
export function inventoryList(inventory: Inventory, options: ListingOptions = {}): Dict {
  const { groups } = inventory;
  const hostVars: Dict = new Map();
  const list: Dict = new Map<string, Value>([['_meta', new Map([['hostvars', hostVars]])]]);
  const seen = new Set<string>();
  const visit = (group: Group): void => {
    seen.add(group.name);
    const entry = withoutEmpty({
      children: [...group.children],
      hosts: group.name === 'all' ? [] : [...group.hosts],
      vars: options.export === true ? shown(inventory.groupVarsOf(group.name, options)) : new Map(),
    });
    if (entry.size > 0) list.set(group.name, entry);
    for (const child of childrenOf(group, groups)) if (!seen.has(child.name)) visit(child);
  };
  visit(groupOf('all', groups));
  for (const name of inventory.hosts.keys()) {
    const vars = hostVarsOf(name, inventory, options);
    if (vars.size > 0) hostVars.set(name, vars);
  }
  return list;
}

/** As `ansible-inventory --list --yaml`: the tree of groups, each host with its variables where it is first. */
export function inventoryTree(inventory: Inventory, options: ListingOptions = {}): Dict {
  const seen = new Set<string>();
  const visit = (group: Group): Dict => {
    const children: Dict = new Map(childrenOf(group, inventory.groups).map((child) => [child.name, visit(child)]));
    const hosts: Dict = new Map();
    for (const host of group.name === 'all' ? [] : group.hosts) {
      hosts.set(host, seen.has(host) ? new Map() : hostVarsOf(host, inventory, options));
      seen.add(host);
    }
    const vars = options.export === true ? shown(inventory.groupVarsOf(group.name, options)) : new Map();
    return withoutEmpty({ children, hosts, vars });
  };
  return new Map([['all', visit(groupOf('all', inventory.groups))]]);
}

/** All variables of one host that `ansible-inventory --host` shows. */
export function hostVarsOf(name: string, inventory: Inventory, options: ListingOptions = {}): Dict {
  return shown(options.export === true ? inventory.ownVarsOf(name, options) : inventory.varsOf(name, options));
}

export interface GraphOptions extends VarsOptions {
  /** The group to begin with. Default `all`. */
  readonly group?: string | undefined;
  /** Whether variables are drawn too, those of a host all together. Default false. */
  readonly vars?: boolean;
}

/**
 * As `ansible-inventory --graph`: one line for each group and host, indented.
 *
 * @throws InventoryError INVENTORY_GROUP when there is no such group.
 */
export function inventoryGraph(inventory: Inventory, options: GraphOptions = {}): string {
  const lines: string[] = [];
  const draw = (text: string, depth: number): void => void lines.push(depth === 0 ? text : `${'  |'.repeat(depth)}--${text}`);
  const drawVars = (vars: Dict, depth: number): void => {
    if (options.vars !== true) return;
    for (const [name, value] of [...shown(vars)].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)))
      draw(`{${String(name)} = ${str(value)}}`, depth);
  };
  const visit = (group: Group, depth: number): void => {
    draw(`@${group.name}:`, depth);
    for (const child of childrenOf(group, inventory.groups)) visit(child, depth + 1);
    for (const host of group.name === 'all' ? [] : group.hosts) {
      draw(host, depth + 1);
      drawVars(inventory.varsOf(host, options), depth + 2);
    }
    drawVars(inventory.groupVarsOf(group.name, options), depth + 1);
  };
  visit(groupOf(options.group ?? 'all', inventory.groups), 0);
  return `${lines.join('\n')}\n`;
}

function groupOf(name: string, groups: ReadonlyMap<string, Group>): Group {
  const group = groups.get(name);
  if (group !== undefined) return group;
  throw new InventoryError('INVENTORY_GROUP', `There is no group ${name}`, {
    where: name,
    fix: `There are: ${[...groups.keys()].join(', ')}`,
  });
}

function childrenOf(group: Group, groups: ReadonlyMap<string, Group>): Group[] {
  return group.children.map((child) => groupOf(child, groups));
}

function shown(vars: Dict): Dict {
  return new Map([...vars].filter(([name]) => !INTERNAL.has(String(name))));
}

function withoutEmpty(parts: Readonly<Record<string, Value[] | Dict>>): Dict {
  return new Map(Object.entries(parts).filter(([, part]) => (Array.isArray(part) ? part.length : part.size) > 0));
}

/** A listing as `ansible-inventory` prints it: sorted, four blanks a level. */
export function inventoryJson(value: Value): string {
  return `${dumpJson(value, { indent: 4, sortKeys: true, asciiOnly: false })}\n`;
}

/** A listing as `ansible-inventory --yaml` prints it, which is an inventory itself; values that are still encrypted are `!vault`. */
export function inventoryYaml(value: Value): string {
  const sealed: string[] = [];
  // The writer of YAML knows no tags: a word that is nowhere else keeps their places.
  const mark = `vault-${randomUUID()}-`;
  const marked = dumpYaml(
    mapSealed(value, (text) => `${mark}${sealed.push(text) - 1};`),
    { indent: 2, width: 80, sortKeys: true, flowLeaves: false },
  );
  const place = new RegExp(`^([ -]*)(.*)${mark}(\\d+);$`, 'gm');
  return marked.replace(place, (_all, indent: string, key: string, number: string) => {
    const pad = ' '.repeat(indent.length + (key === '' ? 0 : 2));
    const lines = (sealed[Number(number)] ?? '').trimEnd().split('\n');
    return [`${indent}${key}!vault |`, ...lines.map((line) => pad + line)].join('\n');
  });
}

function mapSealed(value: Value, write: (text: string) => string): Value {
  if (Array.isArray(value)) return value.map((item) => mapSealed(item, write));
  if (value instanceof Sealed) return value.open();
  if (!isDict(value)) return value;
  const text = value.size === 1 ? value.get(SEALED_KEY) : undefined;
  return typeof text === 'string' ? write(text) : new Map([...value].map(([key, item]) => [key, mapSealed(item, write)]));
}
