// lookup dict: the entries of dicts as keys and values.
import { isDict, typeName } from '../../base/value.ts';
import type { Lookup } from './seam.ts';
import { failed, pairsOf } from './terms.ts';

export const dictLookup: Lookup = {
  name: 'dict',
  summary: 'the entries of dicts as key and value',
  options: {},
  find: (terms) =>
    terms.flatMap((term) => {
      if (isDict(term)) return pairsOf(term);
      throw failed('dict', `a dict is needed, and this is a ${typeName(term)}`, 'Give it a map of keys and values');
    }),
};
