// Where the inventory is when nobody says: flag, environment, then the usual names. It does not read any of them.
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Context } from './context.ts';
import { NobodyError } from './errors.ts';

const VARIABLES = ['SSHOAL_INVENTORY', 'ANSIBLE_INVENTORY'] as const;
const USUAL_NAMES = ['inventories', 'inventory', 'inventory.ini', 'inventory.yml', 'inventory.yaml', 'inventory.json'] as const;

/**
 * Finds the inventory sources of a call.
 *
 * @param given - The values of `--inventory`; they win over all others.
 * @returns Sources as they were given; environment variables may hold several with commas, as in Ansible.
 * @throws NobodyError `NO_INVENTORY`.
 */
export function inventorySources(given: readonly string[], { env, cwd }: Pick<Context, 'env' | 'cwd'>): readonly string[] {
  if (given.length > 0) return given;
  const usual = usualSources({ env, cwd });
  if (usual !== undefined) return usual;
  throw new NobodyError('NO_INVENTORY', 'There is no inventory', {
    where: cwd,
    fix: 'Give one with -i hosts.ini or -i web01,web02, or set SSHOAL_INVENTORY, or put it in ./inventory.ini',
  });
}

/** The sources of a call that gives none: of the environment, else of a usual name here; undefined where there are none. */
export function usualSources({ env, cwd }: Pick<Context, 'env' | 'cwd'>): readonly string[] | undefined {
  for (const name of VARIABLES) {
    const value = env[name] ?? '';
    // A comma at the end makes a list of hosts of it, which is one source.
    if (value !== '') return value.endsWith(',') ? [value] : value.split(',').map((source) => source.trim());
  }
  const usual = USUAL_NAMES.find((name) => existsSync(path.join(cwd, name)));
  return usual === undefined ? undefined : [usual];
}
