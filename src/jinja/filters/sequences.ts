// Filters over lists: their order, their parts, what is least and most.
import type { Value } from '../../base/value.ts';
import { binary } from '../operators.ts';
import { type Any, asDict, compare, data, equals, group, IterableObject, items, lengthOf, tuple, Undefined } from '../values.ts';
import type { FilterTable } from './define.ts';
import { attributeOf } from './select.ts';
import { distinct } from './sets.ts';

export const sequenceFilters: FilterTable = {
  list: [[], (value) => [...items(value)]],
  length: [[], (value) => lengthOf(value)],
  count: [[], (value) => lengthOf(value)],
  first: [[], (value) => items(value)[0] ?? (lengthOf(value) > 0 ? null : new Undefined('first', 'No first item, sequence was empty'))],
  last: [[], (value) => items(value).at(-1) ?? (lengthOf(value) > 0 ? null : new Undefined('last', 'No last item, sequence was empty'))],
  reverse: [[], (value) => (typeof value === 'string' ? [...value].reverse().join('') : [...items(value)].reverse())],
  sort: [
    ['reverse', 'case_sensitive', 'attribute'],
    (value, args) => {
      const keys = keyOf(args.any('attribute'), args.truth('case_sensitive', false));
      return stableSort(items(value), keys, args.truth('reverse', false));
    },
  ],
  dictsort: [
    ['case_sensitive', 'by', 'reverse'],
    (value, args) => {
      const index = args.text('by', 'key') === 'value' ? 1 : 0;
      const pairs = [...asDict(value, 'dictsort')].map(([key, one]) => tuple([key, one]));
      return stableSort(
        pairs,
        (pair) => [fold(items(pair)[index] ?? null, args.truth('case_sensitive', false))],
        args.truth('reverse', false),
      );
    },
  ],
  unique: [
    ['case_sensitive', 'attribute'],
    (value, args) => {
      const keys = keyOf(args.any('attribute'), args.truth('case_sensitive', false));
      return distinct(items(value), (item) => keys(item)[0] ?? null);
    },
  ],
  min: [
    ['case_sensitive', 'attribute'],
    (value, args) => extreme(items(value), args.any('attribute'), args.truth('case_sensitive', false), -1),
  ],
  max: [
    ['case_sensitive', 'attribute'],
    (value, args) => extreme(items(value), args.any('attribute'), args.truth('case_sensitive', false), 1),
  ],
  sum: [
    ['attribute', 'start'],
    (value, args) =>
      items(value).reduce<Any>(
        (total, item) =>
          binary(
            '+',
            total,
            args.any('attribute') === undefined || args.any('attribute') === null ? item : attributeOf(item, args.required('attribute')),
          ),
        args.any('start') ?? 0,
      ),
  ],
  batch: [['linecount', 'fill_with'], (value, args) => batch(items(value), args.int('linecount', 1), args.any('fill_with'))],
  slice: [['slices', 'fill_with'], (value, args) => slices(items(value), args.int('slices', 1), args.any('fill_with'))],
  groupby: [
    ['attribute', 'default', 'case_sensitive'],
    (value, args) => {
      const keyed = items(value).map((item) => {
        const found = attributeOf(item, args.required('attribute'));
        return { item, key: data(found instanceof Undefined && args.has('default') ? args.required('default') : found) };
      });
      const sorted = keyed.toSorted((a, b) =>
        compare(fold(a.key, args.truth('case_sensitive', false)), fold(b.key, args.truth('case_sensitive', false)), '<'),
      );
      const groups: Value[][] = [];
      for (const { item, key } of sorted) {
        const current = groups.at(-1);
        if (current !== undefined && equals(fold(current[0] ?? null, false), fold(key, false))) (current[1] as Value[]).push(item);
        else groups.push(group(key, [item]));
      }
      return groups;
    },
  ],
  items: [
    [],
    (value) =>
      value instanceof Undefined
        ? []
        : new IterableObject('dict_items', asDict(value, 'items').size, () =>
            [...asDict(value, 'items')].map(([key, one]) => tuple([key, one])),
          ),
  ],
  flatten: [
    ['levels', 'skip_nulls'],
    (value, args) => flatten(items(value), args.int('levels', Number.POSITIVE_INFINITY), args.truth('skip_nulls', true)),
  ],
};

function fold(value: Value, caseSensitive: boolean): Value {
  return !caseSensitive && typeof value === 'string' ? value.toLowerCase() : value;
}

function keyOf(attribute: Any | undefined, caseSensitive: boolean): (item: Value) => Value[] {
  if (attribute === undefined || attribute === null) return (item) => [fold(item, caseSensitive)];
  const names = typeof attribute === 'string' ? attribute.split(',').map((name) => name.trim()) : [attribute];
  return (item) => names.map((name) => fold(data(attributeOf(item, name)), caseSensitive));
}

function stableSort(list: readonly Value[], keys: (item: Value) => Value[], reverse: boolean): Value[] {
  const keyed = list.map((item) => ({ item, key: keys(item) }));
  const way = reverse ? -1 : 1;
  return keyed.sort((a, b) => way * compare(a.key, b.key, '<')).map(({ item }) => item);
}

function extreme(list: readonly Value[], attribute: Any | undefined, caseSensitive: boolean, way: 1 | -1): Any {
  const key = keyOf(attribute, caseSensitive);
  const [first, ...others] = list;
  if (first === undefined) return new Undefined(way < 0 ? 'min' : 'max', 'No aggregated item, sequence was empty');
  return others.reduce((best, item) => (way * compare(key(item), key(best), '<') > 0 ? item : best), first);
}

function batch(list: readonly Value[], size: number, fill: Any | undefined): Value[] {
  const rows: Value[][] = [];
  for (let i = 0; i < list.length; i += size) rows.push(list.slice(i, i + size));
  const last = rows.at(-1);
  if (last !== undefined && fill !== undefined && fill !== null) while (last.length < size) last.push(data(fill));
  return rows;
}

function slices(list: readonly Value[], count: number, fill: Any | undefined): Value[] {
  const [each, extra] = [Math.floor(list.length / count), list.length % count];
  let at = 0;
  return Array.from({ length: count }, (_, i) => {
    const size = each + (i < extra ? 1 : 0);
    const part = list.slice(at, at + size);
    at += size;
    if (fill !== undefined && fill !== null && i >= extra && extra > 0) part.push(data(fill));
    return part;
  });
}

export function flatten(list: readonly Value[], levels: number, skipNulls: boolean): Value[] {
  return list.flatMap((item) => {
    if (skipNulls && (item === null || item === 'None' || item === 'null')) return [];
    return Array.isArray(item) && levels > 0 ? flatten(item, levels - 1, skipNulls) : [item];
  });
}
