// Where the inventory is when nobody says: what was given, then the usual names. It does not read any of them.
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Context } from './context.ts';
import { NobodyError } from './errors.ts';

const USUAL_NAMES = ['inventories', 'inventory', 'inventory.ini', 'inventory.yml', 'inventory.yaml', 'inventory.json'] as const;

/**
 * Finds the inventory sources of a call.
 *
 * @param given - The values of `--inventory`, or what the configuration says instead; they win over the usual names.
 * @returns Sources as they were given.
 * @throws NobodyError `NO_INVENTORY`.
 */
export function inventorySources(given: readonly string[], { cwd }: Pick<Context, 'cwd'>): readonly string[] {
  if (given.length > 0) return given;
  const usual = usualSources({ cwd });
  if (usual !== undefined) return usual;
  throw new NobodyError('NO_INVENTORY', 'There is no inventory', {
    where: cwd,
    fix: 'Give one with -i hosts.ini or -i web01,web02, or set SSHOAL_INVENTORY, or put it in ./inventory.ini',
  });
}

/** The source of a usual name here; undefined where there is none. */
export function usualSources({ cwd }: Pick<Context, 'cwd'>): readonly string[] | undefined {
  const usual = USUAL_NAMES.find((name) => existsSync(path.join(cwd, name)));
  return usual === undefined ? undefined : [usual];
}

/** As {@link inventorySources}, for those who can do without: none where there is no inventory. */
export function inventorySourcesIfAny(given: readonly string[], context: Pick<Context, 'env' | 'cwd'>): readonly string[] {
  return given.length > 0 ? given : (usualSources(context) ?? []);
}
