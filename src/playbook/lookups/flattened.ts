// lookup flattened: terms, lists among them unpacked to the last. It is community.general's, and widely used.
import type { Value } from '../../base/value.ts';
import type { Lookup } from './seam.ts';

export const flattened: Lookup = {
  name: 'flattened',
  summary: 'terms, with lists among them unpacked to the last',
  options: {},
  find: (terms) => flattenAll(terms),
};

function flattenAll(terms: readonly Value[]): Value[] {
  return terms.flatMap((term) =>
    Array.isArray(term) ? flattenAll(term) : term === null || term === 'None' || term === 'null' ? [] : [term],
  );
}
