// lookup indexed_items: terms with their numbers.
import { tuple } from '../../jinja/values.ts';
import type { Lookup } from './seam.ts';
import { flattenOnce } from './terms.ts';

export const indexedItems: Lookup = {
  name: 'indexed_items',
  summary: 'terms with their numbers, from 0',
  options: {},
  find: (terms) => flattenOnce(terms).map((item, i) => tuple([i, item])),
};
