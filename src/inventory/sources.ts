// Inventory sources: a file, a directory, an executable, a list of hosts. It finds out which, and reads each into groups.
import { execFile } from 'node:child_process';
import { access, constants, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { Faults, type Where } from '../base/errors.ts';
import { type Dict, fromJson, isDict, type Value } from '../base/value.ts';
import { InventoryError } from './errors.ts';
import type { Groups } from './groups.ts';
import { parseHostAddress, RangeFault } from './host-range.ts';
import { readIni } from './ini.ts';
import { refuseVaultFile } from './vault.ts';
import { readYamlInventory } from './yaml-inventory.ts';

const SCRIPT_TIMEOUT_MS = 30_000;
const IGNORED_DIRECTORIES = new Set(['group_vars', 'host_vars']);
const IGNORED_ENDINGS = ['~', '.orig', '.ini', '.cfg', '.retry', '.pyc', '.pyo', '.swp', '.bak', '.rpm', '.md', '.txt', '.rst'];

/** What becomes of executable scripts: a reader who must be quick, and may not do anything, skips them. */
export type Scripts = 'run' | 'skip';

/**
 * Reads one source into groups.
 *
 * @returns The directory whose group_vars and host_vars belong to it; undefined for a list of hosts.
 * @throws InventoryError and YamlError, all faults of the source at once.
 */
export async function readSource(source: string, cwd: string, groups: Groups, scripts: Scripts = 'run'): Promise<string | undefined> {
  if (source.includes(',')) {
    readHostList(source, groups);
    return undefined;
  }
  const file = path.resolve(cwd, source);
  const found = await stat(file).catch((cause: unknown) => {
    throw new InventoryError('INVENTORY_NOT_FOUND', `There is no inventory ${source}`, {
      where: file,
      fix: 'Check the path; for a list of hosts end it with a comma: -i host1,',
      cause,
    });
  });
  if (!found.isDirectory()) {
    await readFileSource(file, groups, scripts);
    return path.dirname(file);
  }
  const faults = new Faults();
  for (const name of (await readdir(file)).sort()) {
    if (name.startsWith('.') || IGNORED_DIRECTORIES.has(name) || IGNORED_ENDINGS.some((ending) => name.endsWith(ending))) continue;
    const inner = path.join(file, name);
    await collect(faults, async () => {
      if ((await stat(inner)).isDirectory()) await readSource(inner, cwd, groups, scripts);
      else await readFileSource(inner, groups, scripts);
    });
  }
  faults.throwIfAny();
  return file;
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

async function readFileSource(file: string, groups: Groups, scripts: Scripts): Promise<void> {
  const executable = await access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
  const text = await readFile(file, 'utf8');
  if (executable && text.startsWith('#!')) {
    if (scripts === 'run') await readScript(file, groups);
    return;
  }
  refuseVaultFile(text, file);
  if (['.yml', '.yaml', '.json'].includes(path.extname(file))) readYamlInventory(text, file, groups);
  else readIni(text, file, groups);
}

function readHostList(source: string, groups: Groups): void {
  for (const word of source.split(',').map((part) => part.trim())) {
    if (word === '') continue;
    try {
      const { names, port } = parseHostAddress(word);
      for (const name of names) {
        const vars = groups.addHost('ungrouped', name);
        if (port !== undefined) vars.set('ansible_port', port);
      }
    } catch (error) {
      if (!(error instanceof RangeFault)) throw error;
      throw new InventoryError('INVENTORY_RANGE', error.message, { where: word, fix: 'Write for instance web[01:10],' });
    }
  }
}

async function readScript(file: string, groups: Groups): Promise<void> {
  const listed = await runScript(file, ['--list']);
  if (!isDict(listed)) throw scriptError(file, 'It printed no JSON object', undefined);
  const meta = listed.get('_meta');
  const hostVars = isDict(meta) ? meta.get('hostvars') : undefined;
  for (const [name, group] of listed) {
    if (name === '_meta') continue;
    readScriptGroup(String(name), group, file, groups);
  }
  for (const host of [...groups.hostNames]) {
    const vars = isDict(hostVars) ? hostVars.get(host) : isDict(meta) ? undefined : await runScript(file, ['--host', host]);
    if (isDict(vars)) for (const [key, value] of vars) groups.hostVars(host).set(String(key), value);
  }
}

function readScriptGroup(name: string, data: Value, file: string, groups: Groups): void {
  groups.addGroup(name);
  const [hosts, children, vars] = isDict(data) ? [data.get('hosts'), data.get('children'), data.get('vars')] : [data, undefined, undefined];
  for (const host of listOf(hosts, file, `hosts of ${name}`)) groups.addHost(name, host);
  for (const child of listOf(children, file, `children of ${name}`)) {
    groups.addGroup(child);
    if (name !== child) groups.addChild(name, child, file);
  }
  if (isDict(vars)) for (const [key, value] of vars as Dict) groups.setGroupVar(name, String(key), value);
}

function listOf(value: Value | undefined, where: Where, what: string): string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw new InventoryError('INVENTORY_SCRIPT', `The ${what} must be a list of names`, {
    where,
    fix: 'Mend what the script prints for --list',
  });
}

async function runScript(file: string, args: readonly string[]): Promise<Value> {
  try {
    const { stdout } = await promisify(execFile)(file, [...args], { timeout: SCRIPT_TIMEOUT_MS, maxBuffer: 256 * 1024 * 1024 });
    return fromJson(JSON.parse(stdout === '' ? '{}' : stdout));
  } catch (cause) {
    throw scriptError(`${file} ${args.join(' ')}`, cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause), cause);
  }
}

function scriptError(where: string, message: string, cause: unknown): InventoryError {
  return new InventoryError('INVENTORY_SCRIPT', `The inventory script failed: ${message}`, {
    where,
    fix: 'Run it by hand with --list: it must print one JSON object',
    cause,
  });
}
