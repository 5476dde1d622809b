// Inventories that a program prints as JSON, asked with --list and --host. It does not know which files are programs.
import { type Dict, fromJson, isDict, type Value } from '../base/value.ts';
import { InventoryError } from './errors.ts';
import { runScript } from './run-script.ts';
import type { Reading } from './sources.ts';

/**
 * Runs an inventory script with `--list`, and with `--host <name>` for each host when there is no `_meta.hostvars`, as ansible 2.14.
 *
 * @throws InventoryError INVENTORY_SCRIPT with what it wrote to stderr; INVENTORY_GROUP.
 */
export async function readScript(file: string, reading: Reading): Promise<void> {
  const listed = await ask(file, ['--list'], reading);
  const hosts = new Set<string>();
  for (const [name, group] of listed)
    if (name !== '_meta') for (const host of readGroup(String(name), group, file, reading)) hosts.add(host);
  const meta = listed.get('_meta');
  const hostVars = isDict(meta) ? meta.get('hostvars') : undefined;
  for (const host of hosts) {
    const vars = hostVars === undefined ? await ask(file, ['--host', host], reading) : isDict(hostVars) ? hostVars.get(host) : hostVars;
    if (vars !== undefined && !isDict(vars)) throw fault(file, `The variables of host ${host} must be an object`);
    reading.groups.setHostVars(
      host,
      [...(vars ?? [])].map(([key, value]) => [String(key), value]),
      () => file,
    );
  }
}

/** @returns The hosts of the group itself. */
function readGroup(name: string, data: Value, file: string, { groups }: Reading): string[] {
  groups.addGroup(name);
  const isGroup = isDict(data) && ['hosts', 'children', 'vars'].some((key) => data.has(key));
  // Short forms: a list of hosts, and the variables of a host that is called as the group.
  const whole: Dict = isGroup
    ? data
    : isDict(data)
      ? new Map<string, Value>([
          ['hosts', [name]],
          ['vars', data],
        ])
      : new Map([['hosts', data]]);
  const hosts = namesOf(whole.get('hosts'), file, `hosts of ${name}`);
  for (const host of hosts) groups.addHost(name, host);
  const vars = whole.get('vars');
  if (vars !== undefined && !isDict(vars)) throw fault(file, `The vars of ${name} must be an object`);
  for (const [key, value] of vars ?? []) groups.setGroupVar(name, String(key), value, file);
  for (const child of namesOf(whole.get('children'), file, `children of ${name}`)) {
    groups.addGroup(child);
    groups.addChild(name, child, file);
  }
  return hosts;
}

function namesOf(value: Value | undefined, file: string, what: string): string[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '')) return value as string[];
  throw fault(file, `The ${what} must be a list of names`);
}

async function ask(file: string, args: readonly string[], { scriptTimeoutMs, signal }: Reading): Promise<Dict> {
  const call = [file, ...args].join(' ');
  const ended = await runScript(file, args, { timeoutMs: scriptTimeoutMs, signal });
  const said = ended.stderr === '' ? '' : `\n${ended.stderr}`;
  if (ended.kind === 'failed') throw fault(call, `The inventory script failed: ${ended.message}${said}`, ended.cause);
  if (ended.code !== 0) throw fault(call, `The inventory script exited with ${ended.code}${said}`);
  const text = ended.stdout.toString('utf8');
  // A host without variables may be answered with nothing.
  if (text.trim() === '' && args[0] === '--host') return new Map();
  let parsed: Value;
  try {
    parsed = fromJson(JSON.parse(text));
  } catch (cause) {
    throw fault(call, `The inventory script printed no JSON: ${cause instanceof Error ? cause.message : String(cause)}${said}`, cause);
  }
  if (isDict(parsed)) return parsed;
  throw fault(call, `The inventory script printed no JSON object${said}`);
}

function fault(where: string, message: string, cause?: unknown): InventoryError {
  return new InventoryError('INVENTORY_SCRIPT', message, {
    where,
    fix: 'Run it by hand with --list: it must print one JSON object, and exit with 0',
    cause,
  });
}
