// Python's methods of list, dict, int and float, as templates may call them. Those that change a list or dict change it in place.
import { type Dict, Float, type Value } from '../../base/value.ts';
import { BudgetError, TemplateError } from '../errors.ts';
import { repr } from '../printing.ts';
import { asDict, compare, data, dictKey, equals, IterableObject, items, iterate, tuple, Undefined } from '../values.ts';
import type { MethodTable } from './table.ts';

/** Most items that a list may grow to. */
const MAX_LENGTH = 10_000_000;

export const listMethods: MethodTable<Value[]> = {
  append: [
    ['object'],
    (list, args) => {
      list.push(data(args.required('object')));
      return null;
    },
  ],
  extend: [
    ['iterable'],
    (list, args) => {
      const more = [...items(args.required('iterable'))];
      if (list.length + more.length > MAX_LENGTH) throw new BudgetError('This list is too long');
      for (const item of more) list.push(item);
      return null;
    },
  ],
  insert: [
    ['index', 'object'],
    (list, args) => {
      list.splice(args.int('index', 0), 0, data(args.required('object')));
      return null;
    },
  ],
  pop: [
    ['index'],
    (list, args) => {
      const index = args.int('index', -1);
      const at = index < 0 ? list.length + index : index;
      if (at < 0 || at >= list.length) throw new TemplateError(list.length === 0 ? 'pop from empty list' : 'pop index out of range');
      return list.splice(at, 1)[0] ?? null;
    },
  ],
  remove: [
    ['value'],
    (list, args) => {
      list.splice(indexOf(list, data(args.required('value')), 'list.remove(x): x not in list'), 1);
      return null;
    },
  ],
  index: [['value'], (list, args) => indexOf(list, data(args.required('value')), `${repr(args.required('value'))} is not in list`)],
  count: [['value'], (list, args) => list.filter((item) => equals(item, args.required('value'))).length],
  copy: [[], (list) => [...list]],
  reverse: [
    [],
    (list) => {
      list.reverse();
      return null;
    },
  ],
  sort: [
    ['reverse'],
    (list, args) => {
      list.sort((a, b) => compare(a, b, '<'));
      if (args.truth('reverse', false)) list.reverse();
      return null;
    },
  ],
  clear: [
    [],
    (list) => {
      list.length = 0;
      return null;
    },
  ],
};

export const dictMethods: MethodTable<Dict> = {
  get: [
    ['key', 'default'],
    (dict, args) =>
      dict.get(dictKey(args.required('key'))) ?? (dict.has(dictKey(args.required('key'))) ? null : (args.any('default') ?? null)),
  ],
  keys: [[], (dict) => new IterableObject('dict_keys', dict.size, () => dict.keys())],
  values: [[], (dict) => new IterableObject('dict_values', dict.size, () => dict.values())],
  items: [[], (dict) => new IterableObject('dict_items', dict.size, () => [...dict].map(([key, value]) => tuple([key, value])))],
  update: [
    ['other', '**kwargs'],
    (dict, args, all) => {
      const other = args.any('other');
      if (other !== undefined && Array.isArray(other)) {
        for (const pair of other) {
          const [key = null, value = null] = items(pair);
          dict.set(dictKey(key), value);
        }
      } else if (other !== undefined) for (const [key, value] of asDict(other, 'update()')) dict.set(key, value);
      for (const [key, value] of all.keywords) if (key !== 'other') dict.set(key, data(value));
      return null;
    },
  ],
  pop: [
    ['key', 'default'],
    (dict, args) => {
      const key = dictKey(args.required('key'));
      const value = dict.get(key);
      if (!dict.delete(key)) {
        if (args.has('default')) return args.any('default') ?? null;
        throw new TemplateError(`KeyError: ${repr(key)}`);
      }
      return value ?? null;
    },
  ],
  popitem: [
    [],
    (dict) => {
      const last = [...dict].at(-1);
      if (last === undefined) throw new TemplateError('popitem(): dictionary is empty');
      dict.delete(last[0]);
      return tuple([...last]);
    },
  ],
  setdefault: [
    ['key', 'default'],
    (dict, args) => {
      const key = dictKey(args.required('key'));
      if (!dict.has(key)) dict.set(key, data(args.any('default') ?? null));
      return dict.get(key) ?? null;
    },
  ],
  copy: [[], (dict) => new Map(dict)],
  clear: [
    [],
    (dict) => {
      dict.clear();
      return null;
    },
  ],
  fromkeys: [
    ['keys', 'value'],
    (_dict, args) => new Map([...iterate(args.required('keys'))].map((key) => [dictKey(key), data(args.any('value') ?? null)])),
  ],
};

export const numberMethods: MethodTable<number | bigint | Float> = {
  is_integer: [[], (number) => Number.isInteger(number instanceof Float ? number.value : Number(number))],
  bit_length: [
    [],
    (number) =>
      number instanceof Float ? new Undefined('bit_length') : BigInt(number).toString(2).replace('-', '').replace(/^0$/, '').length,
  ],
  conjugate: [[], (number) => number],
};

function indexOf(list: readonly Value[], value: Value, otherwise: string): number {
  const at = list.findIndex((item) => equals(item, value));
  if (at === -1) throw new TemplateError(otherwise);
  return at;
}
