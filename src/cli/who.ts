// Who a verb is about: the inventory, and the hosts of it that a pattern and --limit leave. It does not reach any of them.
import type { Dict } from '../base/value.ts';
import type { Host } from '../inventory/host.ts';
import { Inventory } from '../inventory/inventory.ts';
import type { VaultReader } from '../inventory/vault/vault-keys.ts';
import type { Context } from './context.ts';
import { NobodyError } from './errors.ts';
import { readExtraVars } from './extra-vars.ts';
import type { Flags } from './flags.ts';
import { inventorySources } from './inventory-sources.ts';
import { readVaultKeys } from './vault-passwords.ts';

/** An inventory with the variables of -e, which win over all of its own. */
export interface Who {
  readonly inventory: Inventory;
  readonly extraVars: Dict;
  /** The patterns of --limit, those of its files among them; undefined without one. */
  readonly limit: readonly string[] | undefined;
}

const THIS_MACHINE = new Set(['localhost', '127.0.0.1', '::1']);

/**
 * Reads inventory and extra variables.
 *
 * @param pattern - Who is wanted; this machine alone needs no inventory.
 * @param vault - What becomes of encrypted values; the passwords of the call open them when not given.
 * @throws NobodyError `NO_INVENTORY`, and what inventories, vaults and extra variables can be wrong with.
 */
export async function readWho(flags: Flags, context: Context, pattern?: string, vault?: VaultReader): Promise<Who> {
  const sources = THIS_MACHINE.has(pattern ?? '') && flags.inventory.length === 0 ? [] : inventorySources(flags.inventory, context);
  const reader = vault ?? (await readVaultKeys(flags, context));
  const [inventory, extraVars, limits] = await Promise.all([
    Inventory.load(sources, { cwd: context.cwd, vault: reader, signal: context.signal }),
    readExtraVars(flags.extraVars, context.cwd, reader),
    Promise.all(flags.limit.map(async (limit) => await Inventory.readLimit(limit, context.cwd))),
  ]);
  return { inventory, extraVars, limit: limits.length > 0 ? limits.flat() : undefined };
}

/**
 * The hosts a pattern names, with the extra variables among theirs.
 *
 * @throws NobodyError `NO_HOSTS` when there are none, unless --allow-empty.
 */
export function selectHosts({ inventory, extraVars, limit }: Who, pattern: string, flags: Flags): Host[] {
  const hosts = inventory.select(pattern, { limit });
  if (hosts.length > 0) return hosts.map((host) => ({ ...host, vars: new Map([...host.vars, ...extraVars]) }));
  if (flags.allowEmpty) return [];
  throw new NobodyError('NO_HOSTS', `No host matches \`${pattern}\``, {
    where: flags.limit.length > 0 ? `--limit ${flags.limit.join(',')}` : pattern,
    fix: 'See the hosts there are: sshoal inventory --graph; --allow-empty makes this no error',
  });
}

/** What --list-hosts prints, as ansible does. */
export function hostList(hosts: readonly Host[]): string {
  return [`  hosts (${hosts.length}):`, ...hosts.map((host) => `    ${host.name}`), ''].join('\n');
}
