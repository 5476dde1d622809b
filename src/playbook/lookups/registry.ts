// The lookups there are. To add one: a file beside this one, a line here, a test.
import { config } from './config.ts';
import { csvfile } from './csvfile.ts';
import { dictLookup } from './dict.ts';
import { env } from './env.ts';
import { file } from './file.ts';
import { fileglob } from './fileglob.ts';
import { firstFound } from './first-found.ts';
import { flattened } from './flattened.ts';
import { indexedItems } from './indexed-items.ts';
import { ini } from './ini.ts';
import { inventoryHostnames } from './inventory-hostnames.ts';
import { items } from './items.ts';
import { lines } from './lines.ts';
import { list } from './list.ts';
import { cartesian, nested } from './nested.ts';
import { password } from './password.ts';
import { pipe } from './pipe.ts';
import { randomChoice } from './random-choice.ts';
import type { Lookup } from './seam.ts';
import { sequence } from './sequence.ts';
import { subelements } from './subelements.ts';
import { template } from './template.ts';
import { together } from './together.ts';
import { unvault } from './unvault.ts';
import { url } from './url.ts';
import { varnames } from './varnames.ts';
import { vars } from './vars.ts';

export const LOOKUPS: ReadonlyMap<string, Lookup> = new Map(
  [
    ...[config, csvfile, dictLookup, env, file, fileglob, firstFound, indexedItems, ini, inventoryHostnames, items, lines, list],
    ...[nested, password, pipe, randomChoice, sequence, subelements, template, together, unvault, url, varnames, vars],
    ...[cartesian, flattened],
  ].map((lookup) => [lookup.name, lookup]),
);

/** The lookup of a name, with or without its collection. */
export function findLookup(name: string): Lookup | undefined {
  return LOOKUPS.get(name.replace(/^(?:ansible\.builtin|ansible\.legacy|community\.general)\./, ''));
}
