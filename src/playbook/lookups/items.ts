// lookup items: terms, lists among them unpacked once.
import type { Lookup } from './seam.ts';
import { flattenOnce } from './terms.ts';

export const items: Lookup = {
  name: 'items',
  summary: 'terms, with lists among them unpacked once',
  options: {},
  find: (terms) => flattenOnce(terms),
};
