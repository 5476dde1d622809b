// group_vars and host_vars beside an inventory or a playbook: read when first asked for, and kept.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Where } from '../base/errors.ts';
import type { Dict, Value } from '../base/value.ts';
import { parseYaml, yamlValue } from '../base/yaml.ts';
import { InventoryError } from './errors.ts';
import { VaultKeys, type VaultReader } from './vault/vault-keys.ts';
import { isVault } from './vault/vault-text.ts';

type Kind = 'group_vars' | 'host_vars';

/** What a file of variables may end in, the first that exists counting. */
const ENDINGS = ['', '.yml', '.yaml', '.json'] as const;
const EMPTY: Dict = new Map();

/** The variable files of one directory. */
export class VarsFiles {
  readonly #directory: string;
  readonly #vault: VaultReader;
  readonly #cache = new Map<string, Dict>();
  readonly #present: Readonly<Record<Kind, boolean>>;

  /** @param directory - The one that holds `group_vars` and `host_vars`. */
  constructor(directory: string, vault: VaultReader) {
    this.#directory = directory;
    this.#vault = vault;
    const isThere = (kind: Kind): boolean => isDirectory(path.join(directory, kind));
    this.#present = { group_vars: isThere('group_vars'), host_vars: isThere('host_vars') };
  }

  /**
   * The variables of a group or host, as ansible 2.14: from the first that exists of the file or directory `name`, `name.yml`,
   * `name.yaml`, `name.json`; of a directory from every file below it, in order of their names.
   *
   * @throws YamlError, InventoryError, VaultError with their place.
   */
  read(kind: Kind, name: string): Dict {
    // Names may be paths, of chroots for instance; those that lead elsewhere have no files here.
    if (!this.#present[kind] || name.startsWith('/') || name.split('/').includes('..')) return EMPTY;
    const key = `${kind}/${name}`;
    const known = this.#cache.get(key);
    if (known !== undefined) return known;
    const merged: Dict = new Map();
    for (const file of varsFilesOf(path.join(this.#directory, kind, name)))
      for (const [variable, value] of readVarsFile(file, this.#vault)) merged.set(variable, value);
    this.#cache.set(key, merged);
    return merged;
  }

  /** Where one of these variables is set, file after file: the last one counts. @throws as {@link VarsFiles.read}. */
  settings(kind: Kind, name: string, variable: string): VarsFileSetting[] {
    if (!this.read(kind, name).has(variable)) return [];
    return varsFilesOf(path.join(this.#directory, kind, name)).flatMap((file) => {
      const value = readVarsFile(file, this.#vault).get(variable);
      return value === undefined ? [] : [{ value, where: placeOf(file, variable, this.#vault) }];
    });
  }
}

/** A variable as a file sets it. */
export interface VarsFileSetting {
  readonly value: Value;
  readonly where: Where;
}

/** The place of a variable in a file; the file itself where that is a vault. */
export function placeOf(file: string, variable: string, vault: VaultReader): Where {
  const bytes = readFileSync(file);
  if (isVault(bytes)) return file;
  const [tree] = parseYaml(vault.file(bytes, file), file);
  const entry = tree?.kind === 'map' ? tree.entries.find(({ key }) => key === variable) : undefined;
  return entry?.keyPosition ?? file;
}

/**
 * The variables of one YAML or JSON file: a map, or nothing.
 *
 * @param vault - What opens it, or values in it; without it encrypted ones are refused.
 * @throws YamlError, InventoryError INVENTORY_SYNTAX, VaultError.
 */
export function readVarsFile(file: string, vault: VaultReader = new VaultKeys([])): Dict {
  const [tree, second] = parseYaml(vault.file(readFileSync(file), file), file);
  if (second !== undefined)
    throw new InventoryError('INVENTORY_SYNTAX', 'A file of variables is one document', { where: second.position, fix: 'Remove the ---' });
  if (tree === undefined || (tree.kind === 'scalar' && tree.value === null)) return EMPTY;
  if (tree.kind !== 'map')
    throw new InventoryError('INVENTORY_SYNTAX', 'A file of variables is a map', { where: tree.position, fix: 'Write name: value' });
  return yamlValue(vault.tree(tree)) as Dict;
}

function varsFilesOf(base: string): string[] {
  const found = ENDINGS.map((ending) => base + ending).find((file) => existsSync(file));
  if (found === undefined) return [];
  return isDirectory(found) ? filesBelow(found) : [found];
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => !name.startsWith('.') && !name.endsWith('~'))
    .sort()
    .flatMap((name) => {
      const file = path.join(directory, name);
      const ending = path.extname(name);
      if (isDirectory(file)) return ending === '' ? filesBelow(file) : [];
      return ENDINGS.some((one) => one === ending) ? [file] : [];
    });
}

function isDirectory(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
