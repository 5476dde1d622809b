// Filters over dicts, and lists of dicts.
import { type Dict, isDict, type Value } from '../../base/value.ts';
import { item } from '../access.ts';
import { repr, str } from '../printing.ts';
import { type Any, asDict, contains, data, dictKey, isTruthy, items, tuple, typeOf, Undefined } from '../values.ts';
import { type FilterTable, fail } from './define.ts';
import { flatten } from './sequences.ts';

export const dictFilters: FilterTable = {
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

// Never a method of the dict: `keys` is a usual name for such a list.
function keyOf(element: Dict, step: Any): Any {
  return element.get(dictKey(data(step))) ?? new Undefined(`item.${String(step as string)}`);
}

function subelements(value: Any, path: Any, skipMissing: boolean): Value[] {
  const elements = isDict(value) ? [...value.values()] : needList(value, 'subelements');
  const steps = typeof path === 'string' ? path.split('.') : items(path);
  return elements.flatMap((element) => {
    const found = steps.reduce<Any>((at, step) => (at instanceof Undefined ? at : keyOf(asDict(at, 'subelements'), step)), element);
    if (found instanceof Undefined) return skipMissing ? [] : found.fail();
    return items(found).map((one) => tuple([element, one]));
  });
}
