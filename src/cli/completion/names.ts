// The names of hosts and groups for completion: those of the inventory that the command line itself chooses. It runs no script.
import { Inventory } from '../../inventory/inventory.ts';
import { sourcesWithoutFlag } from '../config/configuration.ts';
import { homeOf } from '../config/find-config.ts';
import { pathOf } from '../config/value-kinds.ts';
import type { Context } from '../context.ts';
import type { Candidate } from './candidates.ts';
import type { Situation } from './situation.ts';

/** Names that mean nothing to any shell. Others are not offered: what is completed is soon run. */
const HARMLESS = /^[\w.%+][\w.%+-]*$/;

/**
 * Groups first, then hosts.
 *
 * Executable inventory scripts are not run: pressing a key asks no cloud anything.
 *
 * @throws What inventories and the configuration can be wrong with.
 */
export async function inventoryNames(given: Situation['given'], context: Pick<Context, 'env' | 'cwd'>): Promise<Candidate[]> {
  const sources = await sourcesOf(given, context);
  if (sources === undefined) return [];
  const inventory = await Inventory.load(sources, { cwd: context.cwd, scripts: 'skip' });
  const groups = [...inventory.groups.keys()].map((text) => ({ text, meaning: 'group' }));
  const hosts = [...inventory.hosts.keys()].map((text) => ({ text, meaning: 'host' }));
  return [...groups, ...hosts].filter(({ text }) => HARMLESS.test(text));
}

async function sourcesOf(given: Situation['given'], context: Pick<Context, 'env' | 'cwd'>): Promise<readonly string[] | undefined> {
  const home = homeOf(context.env);
  // The shell has not expanded anything yet.
  const written = (given.get('inventory') ?? []).map((source) => pathOf(source, { directory: undefined, home }));
  if (written.length > 0) return written;
  return await sourcesWithoutFlag(given.get('config')?.at(-1), context);
}
