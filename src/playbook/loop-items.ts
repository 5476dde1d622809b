// What a loop goes over, made into a list: Ansible's `loop` and the lookups behind `with_`. It runs nothing.
import { type Dict, isDict, type Key, type Value } from '../base/value.ts';
import { TaskError } from './errors.ts';

/** Loops that are made here; all others are lookups. */
export const OWN_LOOPS = ['loop', 'items', 'list', 'dict', 'sequence', 'indexed_items', 'flattened', 'together', 'nested', 'cartesian'];

/**
 * The items of a loop.
 *
 * @param source - Its value, templated.
 * @param lookUp - The lookup of any other name after `with_`.
 * @throws TaskError BAD_PARAMETER on a value of the wrong type; what the lookup throws.
 */
export function loopItems(kind: string, source: Value, lookUp: (name: string, terms: readonly Value[]) => Value[]): Value[] {
  const terms: readonly Value[] = Array.isArray(source) ? source : [source];
  switch (kind) {
    case 'loop':
      if (Array.isArray(source)) return source;
      throw new TaskError('BAD_PARAMETER', `\`loop\` needs a list, and got ${describe(source)}`, {
        fix: 'Use query() instead of lookup(), or | list; for a dict: | dict2items',
      });
    case 'list':
      return [...terms];
    case 'items':
      return flattenOnce(terms);
    case 'flattened':
      return flattenAll(terms);
    case 'indexed_items':
      return flattenOnce(terms).map((item, i) => [i, item]);
    case 'dict':
      return terms.flatMap((term) => {
        if (!isDict(term))
          throw new TaskError('BAD_PARAMETER', `\`with_dict\` needs a dict, and got ${describe(term)}`, {
            fix: 'Give it a map of keys and values',
          });
        return [...term].map(
          ([key, value]): Dict =>
            new Map<Key, Value>([
              ['key', key],
              ['value', value],
            ]),
        );
      });
    case 'nested':
    case 'cartesian':
      return nestedItems(terms);
    case 'together':
      return togetherItems(terms);
    case 'sequence':
      return terms.flatMap((term) => sequence(term));
    default:
      return lookUp(kind, terms);
  }
}

/** One level of lists flattened, as with_items does. */
export function flattenOnce(terms: readonly Value[]): Value[] {
  return terms.flatMap((term) => (Array.isArray(term) ? term : [term]));
}

function flattenAll(terms: readonly Value[]): Value[] {
  return terms.flatMap((term) => (Array.isArray(term) ? flattenAll(term) : term === null || term === 'None' ? [] : [term]));
}

/** Every combination of the lists' items. */
export function nestedItems(terms: readonly Value[]): Value[] {
  const lists = terms.map((term) => (Array.isArray(term) ? term : [term]));
  return lists.reduce<Value[][]>((rows, list) => rows.flatMap((row) => list.map((item) => [...row, item])), [[]]);
}

/** The first items of all lists, the second items, and so on; a short list gives nothing. */
export function togetherItems(terms: readonly Value[]): Value[] {
  const lists = terms.map((term) => (Array.isArray(term) ? term : [term]));
  return Array.from({ length: Math.max(0, ...lists.map((list) => list.length)) }, (_, i) => lists.map((list) => list[i] ?? null));
}

// `start=1 end=10 stride=2 format=web%02d`, `count=4`, or `1-10`.
function sequence(term: Value): Value[] {
  const text = String(term as string);
  const given = new Map([...text.matchAll(/(\w+)=(\S+)/g)].map(([, key = '', value = '']) => [key, value]));
  const short = /^(?:(\d+)-)?(\d+)(?:\/(\d+))?(?::(.+))?$/.exec(text);
  const read = (key: string, otherwise: number): number => Number(given.get(key) ?? otherwise);
  const start = short === null ? read('start', 1) : Number(short[1] ?? 1);
  const stride = short === null ? read('stride', 1) : Number(short[3] ?? 1);
  const count = given.get('count');
  const end = count === undefined ? (short === null ? read('end', Number.NaN) : Number(short[2])) : start + stride * (Number(count) - 1);
  const format = given.get('format') ?? short?.[4] ?? '%d';
  if (![start, stride, end].every(Number.isInteger) || (stride === 0 && start !== end)) {
    throw new TaskError('BAD_PARAMETER', `\`with_sequence\` cannot read \`${text}\``, {
      fix: 'Write for instance start=1 end=10 stride=2 format=web%02d',
    });
  }
  const length = count === '0' ? 0 : Math.max(0, Math.floor((end - start) / (stride || 1)) + 1);
  if (length > 1_000_000) throw new TaskError('BAD_PARAMETER', `A sequence of ${length} items is surely a slip`, {});
  return Array.from({ length }, (_, i) => formatNumber(format, start + i * stride));
}

function formatNumber(format: string, value: number): string {
  return format.replace(/%(0?)(\d*)([dxo])/, (_all, zero: string, width: string, base: string) =>
    value.toString(base === 'x' ? 16 : base === 'o' ? 8 : 10).padStart(Number(width || 0), zero === '' ? ' ' : '0'),
  );
}

function describe(value: Value): string {
  return isDict(value) ? 'a dict' : typeof value === 'string' ? `the text \`${value.slice(0, 40)}\`` : String(value as number);
}
