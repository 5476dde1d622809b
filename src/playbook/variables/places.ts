// Where in a playbook's text something stands, found by reading the file once more. It does not know what it means.
import { readFileSync } from 'node:fs';
import type { Position } from '../../base/position.ts';
import { parseYaml, type YamlNode, yamlEntry } from '../../base/yaml.ts';
import type { VaultReader } from '../../inventory/vault/vault-keys.ts';
import { isVault } from '../../inventory/vault/vault-text.ts';

/**
 * The place of a key below a play or task.
 *
 * @param at - Where the map of the play or task begins.
 * @param path - Keys from there on: `vars`, `port`.
 * @returns `at` where the key stands somewhere else, as in a block around, or where the file is a vault.
 */
export function placeBelow(at: Position, path: readonly string[], vault: VaultReader): Position {
  const bytes = readFileSync(at.file);
  if (isVault(bytes)) return at;
  const map = parseYaml(vault.file(bytes, at.file), at.file)
    .map((tree) => mapAt(tree, at))
    .find((found) => found !== undefined);
  return (map && keyBelow(map, path)) ?? at;
}

function mapAt(node: YamlNode, at: Position): YamlNode | undefined {
  if (node.kind === 'scalar') return undefined;
  if (node.kind === 'map' && node.position.line === at.line && node.position.column === at.column) return node;
  const below = node.kind === 'list' ? node.items : node.entries.map((entry) => entry.node);
  for (const one of below) {
    const found = mapAt(one, at);
    if (found !== undefined) return found;
  }
  return undefined;
}

function keyBelow(node: YamlNode, [key, ...rest]: readonly string[]): Position | undefined {
  if (key === undefined || node.kind !== 'map') return undefined;
  const entry = yamlEntry(node, key);
  return entry === undefined || rest.length === 0 ? entry?.keyPosition : keyBelow(entry.node, rest);
}
