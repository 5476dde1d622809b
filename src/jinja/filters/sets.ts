// Filters that take lists as sets, in the order of the first.
import type { Value } from '../../base/value.ts';
import { fingerprint, membership } from '../fingerprint.ts';
import { binary } from '../operators.ts';
import { type Any, IterableObject, items } from '../values.ts';
import type { FilterTable } from './define.ts';

export const setFilters: FilterTable = {
  union: [['b'], (value, args) => distinct(items(binary('+', listed(value), listed(args.required('b')))))],
  intersect: [['b'], (value, args) => distinct(items(value)).filter(membership(items(args.required('b'))))],
  difference: [
    ['b'],
    (value, args) => {
      const inB = membership(items(args.required('b')));
      return distinct(items(value)).filter((item) => !inB(item));
    },
  ],
  symmetric_difference: [
    ['b'],
    (value, args) => {
      const [a, b] = [listed(value), listed(args.required('b'))];
      const both = distinct(items(binary('+', a, b)));
      const [inA, inB] = [membership(items(a)), membership(items(b))];
      return both.filter((item) => !inA(item) || !inB(item));
    },
  ],
};

/** What can be walked through, as a list: a range, the keys of a dict. */
function listed(value: Any): Any {
  return value instanceof IterableObject ? items(value) : value;
}

/** Without duplicates, the first of each kept. */
export function distinct(list: readonly Value[], key: (item: Value) => Value = (item) => item): Value[] {
  const seen = new Set<string>();
  return list.filter((item) => {
    const print = fingerprint(key(item));
    if (seen.has(print)) return false;
    seen.add(print);
    return true;
  });
}
