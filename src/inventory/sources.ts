// Inventory sources: a file, a directory, an executable, a list of hosts. It finds out which, and has each read into groups.
import { access, constants, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { Faults } from '../base/errors.ts';
import { parseYaml, type YamlNode } from '../base/yaml.ts';
import { InventoryError } from './errors.ts';
import type { Groups } from './groups.ts';
import { parseHostAddress, RangeFault } from './host-range.ts';
import type { VaultReader } from './vault/vault-keys.ts';
import { isVault } from './vault/vault-text.ts';

const IGNORED_NAMES = new Set(['group_vars', 'host_vars', 'vars_plugins']);
const IGNORED_ENDINGS = ['~', '.orig', '.ini', '.cfg', '.retry', '.pyc', '.pyo', '.swp', '.bak', '.rpm', '.md', '.txt', '.rst'];
const YAML_ENDINGS = ['.yml', '.yaml', '.json'];

/** What reading takes besides the source. */
export interface Reading {
  readonly groups: Groups;
  readonly vault: VaultReader;
  /** What relative paths start from. */
  readonly cwd: string;
  readonly scripts: Scripts;
  readonly scriptTimeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** What becomes of executable scripts: a reader who must be quick, and may not do anything, skips them. */
export type Scripts = 'run' | 'skip';

/**
 * Reads one source into groups.
 *
 * @returns The directory whose group_vars and host_vars belong to it; undefined for a list of hosts.
 * @throws InventoryError, YamlError and VaultError, all faults of the source at once.
 */
export async function readSource(source: string, reading: Reading): Promise<string | undefined> {
  const file = path.resolve(reading.cwd, source);
  const found = await stat(file).catch((cause: unknown) => {
    // A comma makes a list of hosts of what is no file.
    if (source.includes(',')) return undefined;
    throw new InventoryError('INVENTORY_NOT_FOUND', `There is no inventory ${source}`, {
      where: file,
      fix: 'Check the path; for a list of hosts end it with a comma: -i host1,',
      cause,
    });
  });
  if (found === undefined) readHostList(source, reading.groups);
  else if (found.isDirectory()) await readDirectory(file, reading);
  else await readFileSource(file, reading);
  if (found === undefined) return undefined;
  return found.isDirectory() ? file : path.dirname(file);
}

async function readDirectory(directory: string, reading: Reading): Promise<void> {
  const faults = new Faults();
  for (const name of (await readdir(directory)).sort()) {
    if (name.startsWith('.') || IGNORED_NAMES.has(name) || IGNORED_ENDINGS.some((ending) => name.endsWith(ending))) continue;
    const inner = path.join(directory, name);
    await collect(faults, async () => {
      if ((await stat(inner)).isDirectory()) await readDirectory(inner, reading);
      else await readFileSource(inner, reading);
    });
  }
  faults.throwIfAny();
}

/** As {@link Faults.collect}, for work that takes its time. */
export async function collect(faults: Faults, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    faults.collect(() => {
      throw error;
    });
  }
}

async function readFileSource(file: string, reading: Reading): Promise<void> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InventoryError('INVENTORY_NOT_FOUND', `The inventory cannot be read: ${reason}`, {
      where: file,
      fix: 'Let yourself read it',
      cause,
    });
  });
  if (await isScript(file, bytes)) {
    reading.groups.currentFile = file;
    if (reading.scripts === 'run') await (await import('./script.ts')).readScript(file, reading);
    return;
  }
  const text = reading.vault.file(bytes, file);
  reading.groups.currentFile = file;
  const ending = path.extname(file);
  if (ending === '.toml')
    throw new InventoryError('INVENTORY_PLUGIN', 'Inventories in TOML are not supported', {
      where: file,
      fix: 'Turn it into YAML: ansible-inventory -i <file> --list --yaml --export',
    });
  const trees = YAML_ENDINGS.includes(ending) ? parseYaml(text, file) : ending === '' ? yamlOf(text, file) : undefined;
  if (trees === undefined) (await import('./ini.ts')).readIni(text, file, reading.groups);
  else (await import('./yaml-inventory.ts')).readYamlInventory(trees, reading.groups, reading.vault);
}

// A program needs no #!, but one that has it and cannot be run is meant to be one all the same.
async function isScript(file: string, bytes: Buffer): Promise<boolean> {
  const begins = bytes.subarray(0, 2).toString('latin1') === '#!';
  const isBinary = bytes.subarray(0, 512).includes(0);
  if (!begins && !isBinary) return false;
  const mayRun = await access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
  if (mayRun || !begins) return mayRun;
  throw new InventoryError('INVENTORY_SCRIPT', 'This begins like a script, but may not be run', { where: file, fix: `chmod +x ${file}` });
}

/**
 * The YAML of a file whose name does not say what it is; undefined for one that is more likely ini: where Ansible tries one after
 * the other, the first line that says something decides, so that faults can be told.
 */
function yamlOf(text: string, file: string): YamlNode[] | undefined {
  if (isVault(text)) return undefined;
  const first = /^(?!\s*(?:#|;|$)).+/m.exec(text)?.[0] ?? '';
  if (/^(?:---|%YAML|\{)/.test(first) || /^[\w.-]+:\s*(?:#.*)?$/.test(first)) return parseYaml(text, file);
  return undefined;
}

function readHostList(source: string, groups: Groups): void {
  groups.currentFile = undefined;
  for (const word of source.split(',').map((part) => part.trim())) {
    if (word === '') continue;
    try {
      const { names, port } = parseHostAddress(word);
      for (const name of names) if (!groups.hasHost(name)) groups.addHost('ungrouped', name, port);
    } catch (error) {
      if (!(error instanceof RangeFault)) throw error;
      throw new InventoryError('INVENTORY_RANGE', error.message, { where: word, fix: 'Write for instance web[01:10],' });
    }
  }
}
