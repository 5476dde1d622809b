// Filters that make rows of lists: pairs, products, combinations.
import type { Value } from '../../base/value.ts';
import { BudgetError } from '../errors.ts';
import { data, items, lengthOf, tuple } from '../values.ts';
import type { FilterTable } from './define.ts';

export const rowFilters: FilterTable = {
  zip: [['*lists'], (value, _args, { args }) => zip([value, ...args.positional].map(items), undefined)],
  zip_longest: [
    ['*lists', 'fillvalue'],
    (value, _args, { args }) => zip([value, ...args.positional].map(items), data(args.keywords.get('fillvalue') ?? null)),
  ],
  product: [
    ['*lists', 'repeat'],
    (value, read, { args }) => {
      const lists = [value, ...args.positional].map(items);
      const times = read.int('repeat', 1);
      checkRows(lists.reduce((count, list) => count * list.length, 1) ** Math.max(0, times));
      return product(Array.from({ length: Math.max(0, times) }, () => lists).flat());
    },
  ],
  combinations: [['r'], (value, args) => combinations(items(value), args.int('r', 2))],
  permutations: [['r'], (value, args) => permutations(items(value), args.int('r', lengthOf(value)))],
};

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
