// lookup nested: every combination of the items of lists.
import type { Value } from '../../base/value.ts';
import { isDict, typeName } from '../../base/value.ts';
import type { Lookup } from './seam.ts';
import { failed, flattenOnce, listTerm } from './terms.ts';

const nested: Lookup = {
  name: 'nested',
  summary: 'every combination of the items of lists',
  options: {},
  find: (terms) => {
    const [first, ...rest] = terms.map(listTerm);
    if (first === undefined) throw failed('nested', 'at least one list is needed', 'Give it lists');
    const rows = rest.reduce<Value[]>((before, list) => before.flatMap((row) => list.map((item) => flattenOnce([row, item]))), first);
    return rows.map((row) => flattenOnce(unpacked(row)));
  },
};

/** The same under the name it has in community.general. */
const cartesian: Lookup = { ...nested, name: 'cartesian' };

export { cartesian, nested };

// Where there is one list only, Ansible unpacks its very items, of text the letters.
function unpacked(row: Value): Value[] {
  if (typeof row === 'string') return [...row];
  if (Array.isArray(row) || isDict(row)) return listTerm(row);
  throw failed('nested', `a ${typeName(row)} alone makes no combination`, 'Give it two lists, or use with_items');
}
