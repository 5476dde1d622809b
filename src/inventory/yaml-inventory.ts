// Ansible's YAML inventories: groups with hosts, children and vars. It merges nothing.
import { Faults } from '../base/errors.ts';
import { didYouMean } from '../base/suggest.ts';
import { type Key, toJson } from '../base/value.ts';
import { type YamlEntry, type YamlMap, type YamlNode, yamlEntry, yamlValue } from '../base/yaml.ts';
import { InventoryError } from './errors.ts';
import type { Groups } from './groups.ts';
import { parseHostAddress, RangeFault } from './host-range.ts';
import type { VaultReader } from './vault/vault-keys.ts';

const KEYS = ['hosts', 'children', 'vars'];

/**
 * Reads the documents of a YAML inventory into groups.
 *
 * @throws InventoryError INVENTORY_SYNTAX, INVENTORY_RANGE, INVENTORY_GROUP, INVENTORY_PLUGIN and VaultError with
 * file:line:column, all of them at once.
 */
export function readYamlInventory(trees: readonly YamlNode[], groups: Groups, vault: VaultReader): void {
  const [tree, second] = trees;
  if (second !== undefined) throw fault(second, 'A YAML inventory is one document', 'Remove the --- before it, or make two files');
  if (tree === undefined || (tree.kind === 'scalar' && tree.value === null)) return;
  if (tree.kind !== 'map') throw fault(tree, 'A YAML inventory is a map of groups', 'Begin with `all:` and indent the rest below it');
  refusePlugin(tree);
  const faults = new Faults();
  const reader = new GroupReader(groups, vault, faults);
  for (const entry of tree.entries) faults.collect(() => reader.group(entry));
  faults.throwIfAny();
}

function refusePlugin(tree: YamlMap): void {
  const plugin = yamlEntry(tree, 'plugin');
  // A map is a group of that name.
  if (plugin === undefined || plugin.node.kind !== 'scalar') return;
  throw new InventoryError(
    'INVENTORY_PLUGIN',
    `This is the configuration of the inventory plugin ${JSON.stringify(toJson(plugin.node.value))}, which is not supported`,
    {
      where: plugin.keyPosition,
      fix: 'Let Ansible ask it: a script of two lines, #!/bin/sh and exec ansible-inventory -i <this file> --list',
    },
  );
}

class GroupReader {
  readonly #groups: Groups;
  readonly #vault: VaultReader;
  readonly #faults: Faults;

  constructor(groups: Groups, vault: VaultReader, faults: Faults) {
    this.#groups = groups;
    this.#vault = vault;
    this.#faults = faults;
  }

  group(entry: YamlEntry, parent?: string): void {
    const name = nameOf(entry.key, entry, 'group');
    this.#groups.addGroup(name);
    for (const part of mapOf(entry.node, `group ${name}`)) {
      if (part.key === 'vars') this.#vars(part.node, name);
      else if (part.key === 'children')
        for (const child of entriesOf(part.node, `children of ${name}`)) this.#faults.collect(() => this.group(child, name));
      else if (part.key === 'hosts')
        for (const host of entriesOf(part.node, `hosts of ${name}`)) this.#faults.collect(() => this.#host(host, name));
      else this.#faults.add(unknownKey(part));
    }
    // After its own members, as in Ansible: that is the order of groups.
    if (parent !== undefined) this.#groups.addChild(parent, name, entry.keyPosition);
  }

  #vars(node: YamlNode, group: string): void {
    for (const { key, keyPosition, node: value } of mapOf(node, `vars of ${group}`))
      this.#faults.collect(() => this.#groups.setGroupVar(group, String(key), yamlValue(this.#vault.tree(value)), keyPosition));
  }

  #host(entry: YamlEntry, group: string): void {
    const { names, port } = addressOf(nameOf(entry.key, entry, 'host'), entry);
    const vars = mapOf(entry.node, `host ${String(entry.key)}`).map(({ key, keyPosition, node }) => ({
      pair: [String(key), yamlValue(this.#vault.tree(node))] as const,
      keyPosition,
    }));
    for (const name of names) {
      this.#groups.addHost(group, name, port);
      for (const { pair, keyPosition } of vars) this.#groups.setHostVars(name, [pair], () => keyPosition);
    }
  }
}

function addressOf(text: string, { keyPosition }: YamlEntry): ReturnType<typeof parseHostAddress> {
  try {
    return parseHostAddress(text);
  } catch (error) {
    if (!(error instanceof RangeFault)) throw error;
    throw new InventoryError('INVENTORY_RANGE', error.message, { where: keyPosition, fix: 'Write for instance web[01:10] or db[a:c]' });
  }
}

function nameOf(key: Key, { keyPosition }: YamlEntry, what: string): string {
  if (typeof key === 'string' && key !== '') return key;
  throw new InventoryError('INVENTORY_SYNTAX', `The name of a ${what} must be text, and \`${String(key)}\` is none`, {
    where: keyPosition,
    fix: `Put it in quotes: "${String(key)}":`,
  });
}

/** The entries of a map; none for nothing. */
function mapOf(node: YamlNode, what: string): YamlMap['entries'] {
  if (node.kind === 'map') return node.entries;
  if (node.kind === 'scalar' && node.value === null) return [];
  throw fault(node, `The ${what} must be a map`, 'End each name with a colon, and indent what belongs to it');
}

// One host or child alone may be written as text.
function entriesOf(node: YamlNode, what: string): YamlMap['entries'] {
  if (node.kind !== 'scalar' || typeof node.value !== 'string') return mapOf(node, what);
  return [{ key: node.value, keyPosition: node.position, node: { kind: 'scalar', value: null, position: node.position } }];
}

function unknownKey({ key, keyPosition }: YamlEntry): InventoryError {
  const name = String(key);
  return new InventoryError('INVENTORY_SYNTAX', `A group has no \`${name}\``, {
    where: keyPosition,
    fix: `${didYouMean(name, KEYS)} Variables belong under vars`,
  });
}

function fault(node: YamlNode, message: string, fix: string): InventoryError {
  return new InventoryError('INVENTORY_SYNTAX', message, { where: node.position, fix });
}
