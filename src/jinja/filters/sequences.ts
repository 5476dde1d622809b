// Filters over lists and dicts.
import { type Dict, isDict, type Value } from '../../base/value.ts';
import { item } from '../access.ts';
import { BudgetError } from '../errors.ts';
import { fingerprint, membership } from '../fingerprint.ts';
import { binary } from '../operators.ts';
import { repr, str } from '../printing.ts';
import {
  type Any,
  asDict,
  compare,
  contains,
  data,
  dictKey,
  equals,
  group,
  IterableObject,
  isTruthy,
  items,
  lengthOf,
  tuple,
  typeOf,
  Undefined,
} from '../values.ts';
import { type FilterTable, fail } from './define.ts';
import { attributeOf } from './select.ts';

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
  zip: [['*lists'], (value, _args, { args }) => zip([value, ...args.positional].map(items), undefined)],
  zip_longest: [
    ['*lists', 'fillvalue'],
    (value, _args, { args }) => zip([value, ...args.positional].map(items), data(args.keywords.get('fillvalue') ?? null)),
  ],
  product: [['*lists', 'repeat'], (value, _args, { args }) => product([value, ...args.positional].map(items))],
  combinations: [['r'], (value, args) => combinations(items(value), args.int('r', 2))],
  permutations: [['r'], (value, args) => permutations(items(value), args.int('r', lengthOf(value)))],
  combine: [
    ['*dicts', 'recursive', 'list_merge'],
    (value, _args, { args }) =>
      combineAll(
        [value, ...args.positional],
        isTruthy(args.keywords.get('recursive') ?? false),
        str(args.keywords.get('list_merge') ?? 'replace'),
      ),
  ],
  dict2items: [
    ['key_name', 'value_name'],
    (value, args) =>
      [...asDict(value, 'dict2items')].map(
        ([key, one]) =>
          new Map<string, Value>([
            [args.text('key_name', 'key'), key],
            [args.text('value_name', 'value'), one],
          ]) as Dict,
      ),
  ],
  items2dict: [
    ['key_name', 'value_name'],
    (value, args) =>
      new Map(
        needList(value, 'items2dict').map((one) => [
          dictKey(member(one, args.text('key_name', 'key'), 'items2dict')),
          member(one, args.text('value_name', 'value'), 'items2dict'),
        ]),
      ),
  ],
  subelements: [
    ['subelements', 'skip_missing'],
    (value, args) => subelements(value, args.required('subelements'), args.truth('skip_missing', false)),
  ],
  extract: [
    ['container', 'morekeys'],
    (value, args) =>
      [
        value,
        ...(args.any('morekeys') === undefined
          ? []
          : Array.isArray(args.any('morekeys'))
            ? items(args.required('morekeys'))
            : [args.required('morekeys')]),
      ].reduce<Any>((at, key) => item(at, key, { path: () => `item[${repr(key)}]` }), args.required('container')),
  ],
  rekey_on_member: [
    ['key', 'duplicates'],
    (value, args) =>
      (isDict(value) ? [...value.values()] : needList(value, 'rekey_on_member')).reduce<Dict>((rekeyed, one) => {
        const key = dictKey(member(one, args.text('key'), 'rekey_on_member'));
        if (rekeyed.has(key) && args.text('duplicates', 'error') !== 'overwrite')
          fail(`Key ${str(key)} is not unique, cannot correctly turn into dict`, "Say duplicates='overwrite' to keep the last");
        return rekeyed.set(key, one);
      }, new Map()),
  ],
};

function needList(value: Any, use: string): Value[] {
  return typeof value === 'string' || isDict(value) ? fail(`${use} needs a list, and got a ${typeOf(value)}`) : items(value);
}

function member(value: Value, key: string, use: string): Value {
  const dict = asDict(value, use);
  return dict.has(key) ? (dict.get(key) ?? null) : fail(`${use}: a dict has no key ${key}`);
}

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

/** What can be walked through, as a list: a range, the keys of a dict. */
function listed(value: Any): Any {
  return value instanceof IterableObject ? items(value) : value;
}

/** Without duplicates, the first of each kept. */
function distinct(list: readonly Value[], key: (item: Value) => Value = (item) => item): Value[] {
  const seen = new Set<string>();
  return list.filter((item) => {
    const print = fingerprint(key(item));
    if (seen.has(print)) return false;
    seen.add(print);
    return true;
  });
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

function flatten(list: readonly Value[], levels: number, skipNulls: boolean): Value[] {
  return list.flatMap((item) => {
    if (skipNulls && (item === null || item === 'None' || item === 'null')) return [];
    return Array.isArray(item) && levels > 0 ? flatten(item, levels - 1, skipNulls) : [item];
  });
}

function zip(lists: readonly Value[][], fill: Value | undefined): Value[] {
  const lengths = lists.map((list) => list.length);
  const length = fill === undefined ? Math.min(...lengths) : Math.max(...lengths);
  return Array.from({ length }, (_, i) => tuple(lists.map((list) => list[i] ?? (i < list.length ? null : (fill ?? null)))));
}

/** Most rows that product, combinations and permutations may make. */
const MAX_ROWS = 1_000_000;

// Counted before any is made: the rows grow faster than anything could stop them.
function checkRows(count: number): void {
  if (!(count <= MAX_ROWS)) throw new BudgetError(`This would make ${count} rows`);
}

function product(lists: readonly Value[][]): Value[] {
  checkRows(lists.reduce((count, list) => count * list.length, 1));
  return lists.reduce<Value[][]>((rows, list) => rows.flatMap((row) => list.map((item) => [...row, item])), [[]]).map(tuple);
}

function combinations(list: readonly Value[], size: number): Value[] {
  checkRows(Array.from({ length: Math.max(0, size) }, (_, i) => (list.length - i) / (i + 1)).reduce((count, factor) => count * factor, 1));
  if (size === 0) return [tuple([])];
  return list.flatMap((item, i) => combinations(list.slice(i + 1), size - 1).map((others) => tuple([item, ...items(others)])));
}

function permutations(list: readonly Value[], size: number): Value[] {
  checkRows(Array.from({ length: Math.max(0, size) }, (_, i) => list.length - i).reduce((count, factor) => count * factor, 1));
  if (size === 0) return [tuple([])];
  return list.flatMap((item, i) =>
    permutations([...list.slice(0, i), ...list.slice(i + 1)], size - 1).map((others) => tuple([item, ...items(others)])),
  );
}

const LIST_MERGES = ['replace', 'keep', 'append', 'prepend', 'append_rp', 'prepend_rp'];

function combineAll(values: readonly Any[], recursive: boolean, listMerge: string): Dict {
  if (!LIST_MERGES.includes(listMerge)) fail(`list_merge cannot be ${listMerge}`, `Use one of ${LIST_MERGES.join(', ')}`);
  const dicts = flatten(values.map(data), Number.POSITIVE_INFINITY, true).map((one) => asDict(one, 'combine'));
  return dicts.reduce<Dict>((merged, one) => mergeDicts(merged, one, recursive, listMerge), new Map());
}

function mergeDicts(a: Dict, b: Dict, recursive: boolean, listMerge: string): Dict {
  const merged = new Map(a);
  for (const [key, value] of b) {
    const old = merged.get(key);
    if (recursive && isDict(old) && isDict(value)) merged.set(key, mergeDicts(old, value, recursive, listMerge));
    else if (Array.isArray(old) && Array.isArray(value)) merged.set(key, mergeLists(old, value, listMerge));
    else merged.set(key, value);
  }
  return merged;
}

function mergeLists(a: readonly Value[], b: readonly Value[], how: string): Value[] {
  switch (how) {
    case 'keep':
      return [...a];
    case 'append':
      return [...a, ...b];
    case 'prepend':
      return [...b, ...a];
    case 'append_rp':
      return [...a.filter((item) => !contains([...b], item)), ...b];
    case 'prepend_rp':
      return [...b, ...a.filter((item) => !contains([...b], item))];
    default:
      return [...b];
  }
}

function subelements(value: Any, path: Any, skipMissing: boolean): Value[] {
  const elements = isDict(value) ? [...value.values()] : needList(value, 'subelements');
  const steps = typeof path === 'string' ? path.split('.') : items(path);
  return elements.flatMap((element) => {
    const found = steps.reduce<Any>((at, step) => (at instanceof Undefined ? at : attributeOf(asDict(at, 'subelements'), step)), element);
    if (found instanceof Undefined) return skipMissing ? [] : found.fail();
    return items(found).map((one) => tuple([element, one]));
  });
}
