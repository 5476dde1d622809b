// Who a verb is about: the inventory, and the hosts that a pattern and --limit, or --nodes, leave. It does not reach any of them.
import { NodeSet } from '../base/node-set/node-set.ts';
import { neutralise } from '../base/terminal.ts';
import type { Dict } from '../base/value.ts';
import type { Host } from '../inventory/host.ts';
import { Inventory } from '../inventory/inventory.ts';
import type { VaultReader } from '../inventory/vault/vault-keys.ts';
import type { Context } from './context.ts';
import { NobodyError, UsageError } from './errors.ts';
import { readExtraVars } from './extra-vars.ts';
import type { Flags } from './flags.ts';
import { inventorySources, inventorySourcesIfAny } from './inventory-sources.ts';
import { readVaultKeys } from './vault-passwords.ts';

/** An inventory with the variables of -e, which win over all of its own. */
export interface Who {
  readonly inventory: Inventory;
  readonly extraVars: Dict;
  /** The patterns of --limit, those of its files among them; undefined without one. */
  readonly limit: readonly string[] | undefined;
  /** The hosts of --nodes; undefined where a pattern says who. */
  readonly nodes: NodeSet | undefined;
  readonly excluded: NodeSet | undefined;
}

const THIS_MACHINE = new Set(['localhost', '127.0.0.1', '::1']);

/**
 * Reads inventory and extra variables.
 *
 * @param pattern - Who is wanted; this machine alone needs no inventory, nor do the hosts of --nodes.
 * @param vault - What becomes of encrypted values; the passwords of the call open them when not given.
 * @throws NobodyError `NO_INVENTORY`, and what inventories, vaults, extra variables and node sets can be wrong with.
 */
export async function readWho(flags: Flags, context: Context, pattern?: string, vault?: VaultReader): Promise<Who> {
  refuseTwoGrammars(flags);
  const sources = sourcesOf(flags, context, pattern);
  const reader = vault ?? (await readVaultKeys(flags, context));
  const [inventory, extraVars, limits] = await Promise.all([
    Inventory.load(sources, { cwd: context.cwd, vault: reader, signal: context.signal }),
    readExtraVars(flags.extraVars, context.cwd, reader),
    Promise.all(flags.limit.map(async (limit) => await Inventory.readLimit(limit, context.cwd))),
  ]);
  const sets =
    flags.nodes.length + flags.excludeNodes.length > 0 ? await namedSets(flags, context, sources.length > 0 ? inventory : undefined) : {};
  return { inventory, extraVars, limit: limits.length > 0 ? limits.flat() : undefined, nodes: undefined, excluded: undefined, ...sets };
}

/** Loaded here: most runs name their hosts by a pattern. */
async function namedSets(flags: Flags, context: Context, inventory: Inventory | undefined): Promise<Pick<Who, 'nodes' | 'excluded'>> {
  const { nodeGroupsOf, readNodeSets } = await import('./node-sets.ts');
  const groups = nodeGroupsOf(async () => await Promise.resolve(inventory), context);
  return {
    nodes: await readNodeSets(flags.nodes, groups, '--nodes'),
    excluded: await readNodeSets(flags.excludeNodes, groups, '--exclude-nodes'),
  };
}

/** What somebody asked for: the pattern, or the node sets instead of it. */
export function wanted(pattern: string, flags: Flags): string {
  if (pattern === '' && flags.nodes.length === 0) return `--retry-failed ${flags.retryFailed}`;
  return flags.nodes.length > 0 ? flags.nodes.join() : pattern;
}

function sourcesOf({ inventory, nodes }: Flags, context: Context, pattern = ''): readonly string[] {
  if (nodes.length > 0) return inventorySourcesIfAny(inventory, context);
  return THIS_MACHINE.has(pattern) && inventory.length === 0 ? [] : inventorySources(inventory, context);
}

/** @throws UsageError BAD_FLAG: what a set names and a pattern narrows would be neither. */
function refuseTwoGrammars({ nodes, limit }: Flags): void {
  if (nodes.length === 0 || limit.length === 0) return;
  throw new UsageError('BAD_FLAG', '--nodes and --limit exclude each other: a limit is a pattern', {
    where: `--limit ${limit.join()}`,
    fix: 'Narrow the node set itself, with & or !, or with --exclude-nodes',
  });
}

/**
 * The hosts a pattern or --nodes names, without those of --exclude-nodes, with the extra variables among theirs.
 *
 * @param retried - None but these; without a pattern all of them.
 * @throws NobodyError `NO_HOSTS` when there are none, unless --allow-empty.
 */
export function selectHosts(who: Who, pattern: string, flags: Flags, retried?: readonly string[]): Host[] {
  const { extraVars, nodes, excluded } = who;
  const named = namedHosts(who, pattern, retried);
  const left = new Set(excluded === undefined ? [] : NodeSet.ofNames(named.map(({ name }) => name)).intersection(excluded));
  const hosts = named.filter(({ name }) => !left.has(name));
  if (hosts.length > 0) return hosts.map((host) => ({ ...host, vars: new Map([...host.vars, ...extraVars]) }));
  if (flags.allowEmpty) return [];
  const asked = wanted(pattern, flags);
  throw new NobodyError('NO_HOSTS', nodes === undefined ? `No host matches \`${asked}\`` : `The node set \`${asked}\` is empty`, {
    where:
      flags.limit.length > 0
        ? `--limit ${flags.limit.join(',')}`
        : excluded === undefined
          ? asked
          : `--exclude-nodes ${flags.excludeNodes.join()}`,
    fix: 'See the hosts there are: sshoal inventory --graph; --allow-empty makes this no error',
  });
}

function namedHosts({ inventory, limit, nodes }: Who, pattern: string, retried?: readonly string[]): readonly Host[] {
  if (nodes === undefined && pattern === '' && retried !== undefined) {
    const within = limit === undefined ? undefined : new Set(inventory.select('all', { limit }).map(({ name }) => name));
    return retried.filter((name) => within?.has(name) !== false).map((name) => retriedHost(name, inventory));
  }
  const named = nodes === undefined ? inventory.select(pattern, { limit }) : nodes.expand().map((name) => hostOf(name, inventory));
  const among = retried && new Set(retried);
  return among === undefined ? named : named.filter(({ name }) => among.has(name));
}

/** @throws NobodyError `NO_HOSTS`: what an inventory no longer has may be another machine by now. */
function retriedHost(name: string, inventory: Inventory): Host {
  const host = hostOf(name, inventory);
  if (inventory.hosts.size === 0 || inventory.hosts.has(name) || THIS_MACHINE.has(name)) return host;
  throw new NobodyError('NO_HOSTS', `\`${name}\` of that run is not in the inventory`, {
    where: '--retry-failed',
    fix: `Give the inventory of that run with -i, or name the hosts: -w ${name}`,
  });
}

/** A host of a node set: as the inventory knows it, else by its name alone. */
function hostOf(name: string, inventory: Inventory): Host {
  return inventory.hosts.get(name) ?? (THIS_MACHINE.has(name) ? inventory.host(name) : { name, groups: [], vars: new Map() });
}

/** What --list-hosts prints, as ansible does. */
export function hostList(hosts: readonly Host[]): string {
  return [`  hosts (${hosts.length}):`, ...hosts.map((host) => `    ${neutralise(host.name)}`), ''].join('\n');
}
