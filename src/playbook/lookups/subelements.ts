// lookup subelements: every dict of a list with every item of a list inside it.
import { type Dict, isDict, type Value } from '../../base/value.ts';
import { tuple } from '../../jinja/values.ts';
import { saysYes } from '../run/task-run.ts';
import type { Lookup } from './seam.ts';
import { failed } from './terms.ts';

const FIX = 'Give it a list of dicts and the name of a list in each: [users, "authorized.keys"], and perhaps {skip_missing: true}';

export const subelements: Lookup = {
  name: 'subelements',
  summary: 'every dict of a list, without one of its lists, with every item of that list',
  options: {},
  find: (terms) => {
    const [first, path, flags = new Map()] = terms;
    if (terms.length < 2 || terms.length > 3 || typeof path !== 'string' || !isDict(flags) || !(Array.isArray(first) || isDict(first)))
      throw failed('subelements', 'it takes a list of dicts, the name of a list in them, and flags', FIX);
    const stray = [...flags.keys()].find((key) => key !== 'skip_missing');
    if (stray !== undefined) throw failed('subelements', `there is no flag ${String(stray)}`, FIX);
    // What a loop registered that was skipped as a whole.
    if (isDict(first) && isSkipped(first)) return [];
    const skipMissing = saysYes(flags.get('skip_missing') ?? false);
    return (isDict(first) ? [...first.values()] : first).flatMap((element) => {
      if (!isDict(element)) throw failed('subelements', 'the list has an item that is no dict', FIX);
      if (isSkipped(element)) return [];
      const { rest, inner } = take(element, path.split('.'), skipMissing);
      return inner.map((item) => tuple([rest, item]));
    });
  },
};

/** The list at the end of a path, and the dict without it. */
function take(element: Dict, [key = '', ...deeper]: readonly string[], skipMissing: boolean): { rest: Dict; inner: Value[] } {
  const value = element.get(key);
  if (value === undefined) {
    if (skipMissing) return { rest: element, inner: [] };
    throw failed('subelements', `an item has no \`${key}\``, 'Add it, or give the flag {skip_missing: true}');
  }
  const rest: Dict = new Map(element);
  if (deeper.length === 0) {
    if (!Array.isArray(value)) throw failed('subelements', `\`${key}\` is no list in one of the items`, FIX);
    rest.delete(key);
    return { rest, inner: value };
  }
  if (!isDict(value)) {
    if (skipMissing) return { rest: element, inner: [] };
    throw failed('subelements', `\`${key}\` is no dict in one of the items`, FIX);
  }
  const below = take(value, deeper, skipMissing);
  return { rest: rest.set(key, below.rest), inner: below.inner };
}

function isSkipped(element: Dict): boolean {
  return (element.get('skipped') ?? false) !== false;
}
