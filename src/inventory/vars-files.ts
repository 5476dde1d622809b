// group_vars and host_vars beside an inventory or a playbook: read when first asked for, and kept.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Dict } from '../base/value.ts';
import { parseYaml, yamlValue } from '../base/yaml.ts';
import { InventoryError } from './errors.ts';
import { refuseVault, refuseVaultFile } from './vault.ts';

/** The variable files of one directory. */
export class VarsFiles {
  readonly #directory: string;
  readonly #cache = new Map<string, Dict>();
  readonly #present: Readonly<Record<'group_vars' | 'host_vars', boolean>>;

  /** @param directory - The one that holds `group_vars` and `host_vars`. */
  constructor(directory: string) {
    this.#directory = directory;
    this.#present = {
      group_vars: existsSync(path.join(directory, 'group_vars')),
      host_vars: existsSync(path.join(directory, 'host_vars')),
    };
  }

  /**
   * The variables of a group or host: `name`, `name.yml`, `name.yaml`, `name.json`, and every file below a directory `name`.
   *
   * @throws YamlError, InventoryError with their place.
   */
  read(kind: 'group_vars' | 'host_vars', name: string): Dict {
    if (!this.#present[kind] || name.includes('/')) return EMPTY;
    const key = `${kind}/${name}`;
    const known = this.#cache.get(key);
    if (known !== undefined) return known;
    const merged: Dict = new Map();
    for (const file of candidates(path.join(this.#directory, kind, name)))
      for (const [variable, value] of readVarsFile(file)) merged.set(variable, value);
    this.#cache.set(key, merged);
    return merged;
  }
}

const EMPTY: Dict = new Map();

/** The variables of one YAML or JSON file: a map, or nothing. */
export function readVarsFile(file: string): Dict {
  const text = readFileSync(file, 'utf8');
  refuseVaultFile(text, file);
  const variables: Dict = new Map();
  for (const tree of parseYaml(text, file)) {
    if (tree.kind === 'scalar' && tree.value === null) continue;
    if (tree.kind !== 'map')
      throw new InventoryError('INVENTORY_SYNTAX', 'A file of variables is a map', { where: tree.position, fix: 'Write name: value' });
    refuseVault(tree);
    for (const entry of tree.entries) variables.set(String(entry.key), yamlValue(entry.node));
  }
  return variables;
}

function candidates(base: string): string[] {
  const found: string[] = [];
  if (isDirectory(base)) found.push(...filesBelow(base));
  for (const file of [base, `${base}.yml`, `${base}.yaml`, `${base}.json`]) if (existsSync(file) && !isDirectory(file)) found.push(file);
  return found;
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => !name.startsWith('.') && !name.endsWith('~'))
    .sort()
    .flatMap((name) => {
      const file = path.join(directory, name);
      if (isDirectory(file)) return filesBelow(file);
      return ['', '.yml', '.yaml', '.json'].includes(path.extname(name)) ? [file] : [];
    });
}

function isDirectory(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
