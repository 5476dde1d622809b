// lookup together: the first items of all lists, then the second ones, and so on.
import type { Lookup } from './seam.ts';
import { failed, flattenOnce, listTerm } from './terms.ts';

export const together: Lookup = {
  name: 'together',
  summary: 'the first items of all lists, then the second, with null where a list is short',
  options: {},
  find: (terms) => {
    if (terms.length === 0) throw failed('together', 'at least one list is needed', 'Give it lists');
    const lists = terms.map(listTerm);
    const longest = Math.max(...lists.map((list) => list.length));
    return Array.from({ length: longest }, (_, i) => flattenOnce(lists.map((list) => list[i] ?? null)));
  },
};
