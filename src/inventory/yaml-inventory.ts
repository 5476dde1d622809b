// Ansible's YAML inventories: groups with hosts, children and vars. It merges nothing.
import { Faults } from '../base/errors.ts';
import { didYouMean } from '../base/suggest.ts';
import { parseYaml, type YamlEntry, type YamlMap, type YamlNode, yamlValue } from '../base/yaml.ts';
import { InventoryError } from './errors.ts';
import type { Groups } from './groups.ts';
import { parseHostAddress, RangeFault } from './host-range.ts';
import { refuseVault } from './vault.ts';

const KEYS = ['hosts', 'children', 'vars'];

/** Reads a YAML inventory into groups. @throws YamlError, InventoryError with file:line:column, all of them at once. */
export function readYamlInventory(text: string, file: string, groups: Groups): void {
  const faults = new Faults();
  for (const tree of parseYaml(text, file)) {
    if (tree.kind === 'scalar' && tree.value === null) continue;
    if (tree.kind !== 'map') throw fault(tree, 'A YAML inventory is a map of groups', 'Begin with `all:` and indent the rest below it');
    for (const entry of tree.entries) faults.collect(() => readGroup(entry, groups, undefined, faults));
  }
  faults.throwIfAny();
}

function readGroup(entry: YamlEntry, groups: Groups, parent: string | undefined, faults: Faults): void {
  const name = String(entry.key);
  if (name === 'plugin' && parent === undefined) {
    throw new InventoryError('INVENTORY_SYNTAX', 'Inventory plugins are not supported', {
      where: entry.keyPosition,
      fix: 'Use a script that prints JSON for --list',
    });
  }
  groups.addGroup(name);
  if (parent !== undefined) groups.addChild(parent, name, entry.keyPosition);
  for (const part of mapOf(entry.node, `group ${name}`)) {
    if (part.key === 'vars') {
      for (const one of mapOf(part.node, `vars of ${name}`))
        faults.collect(() => groups.setGroupVar(name, String(one.key), plainValue(one.node)));
    } else if (part.key === 'children') {
      for (const child of mapOf(part.node, `children of ${name}`)) faults.collect(() => readGroup(child, groups, name, faults));
    } else if (part.key === 'hosts') {
      for (const host of hostsOf(part.node, name)) faults.collect(() => readHost(host, name, groups));
    } else {
      const key = String(part.key);
      faults.add(
        new InventoryError('INVENTORY_SYNTAX', `A group has no \`${key}\``, {
          where: part.keyPosition,
          fix: `${didYouMean(key, KEYS)} Variables belong under vars`,
        }),
      );
    }
  }
}

function readHost(entry: YamlEntry, group: string, groups: Groups): void {
  let address: ReturnType<typeof parseHostAddress>;
  try {
    address = parseHostAddress(String(entry.key));
  } catch (error) {
    if (!(error instanceof RangeFault)) throw error;
    throw new InventoryError('INVENTORY_RANGE', error.message, {
      where: entry.keyPosition,
      fix: 'Write for instance web[01:10] or db[a:c]',
    });
  }
  const vars = mapOf(entry.node, `host ${String(entry.key)}`).map((one) => [String(one.key), plainValue(one.node)] as const);
  for (const name of address.names) {
    const hostVars = groups.addHost(group, name);
    if (address.port !== undefined) hostVars.set('ansible_port', address.port);
    for (const [key, value] of vars) hostVars.set(key, value);
  }
}

/** The entries of a map; none for nothing. */
function mapOf(node: YamlNode, what: string): YamlMap['entries'] {
  if (node.kind === 'map') return node.entries;
  if (node.kind === 'scalar' && node.value === null) return [];
  throw fault(node, `The ${what} must be a map`, 'End each name with a colon, and indent what belongs to it');
}

// One host alone may be written as text.
function hostsOf(node: YamlNode, group: string): YamlMap['entries'] {
  if (node.kind !== 'scalar' || typeof node.value !== 'string') return mapOf(node, `hosts of ${group}`);
  return [{ key: node.value, keyPosition: node.position, node: { kind: 'scalar', value: null, position: node.position } }];
}

function plainValue(node: YamlNode): ReturnType<typeof yamlValue> {
  refuseVault(node);
  return yamlValue(node);
}

function fault(node: YamlNode, message: string, fix: string): InventoryError {
  return new InventoryError('INVENTORY_SYNTAX', message, { where: node.position, fix });
}
