// lookup random_choice: one of the terms.
import { randomInt } from 'node:crypto';
import type { Lookup } from './seam.ts';

export const randomChoice: Lookup = {
  name: 'random_choice',
  summary: 'one of the terms, by chance',
  options: {},
  find: (terms) => (terms.length === 0 ? [] : [terms[randomInt(terms.length)] ?? null]),
};
