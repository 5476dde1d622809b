// Expressions made by chance, the same ones in every run: whatever the grammar allows, over values of every kind.
import fc from 'fast-check';

const ATOMS = [
  '0',
  '1',
  '-2',
  '3.5',
  '""',
  '"ab"',
  '"a,b"',
  'true',
  'none',
  '[]',
  '[1, 2]',
  '["b", "a"]',
  '{}',
  '{"a": 1}',
  'numbers',
  'words',
  'db',
  'name',
  'five',
  'half',
  'users',
  'nested',
  'missing',
];
const FILTERS = [
  'length',
  'upper',
  'string',
  'int',
  'float',
  'list',
  'first',
  'last',
  'sort',
  'unique',
  'reverse | list',
  'join(",")',
  'default("d")',
  'abs',
  'sum',
  'bool',
  'to_json',
  'type_debug',
  'flatten',
  'min',
  'max',
  'round',
  'map("string") | list',
  'select | list',
  'trim',
  'quote',
];
const TESTS = ['defined', 'none', 'string', 'number', 'mapping', 'sequence', 'iterable', 'even', 'in [1, "a"]', 'eq 1', 'truthy'];
const STEPS = [
  '.a',
  '["a"]',
  '[0]',
  '[-1]',
  '[1:]',
  '[::-1]',
  '[:1]',
  '.nope',
  '.upper()',
  '.items() | list',
  '.split(",")',
  '.get("a")',
  '.port',
];
const BINARY = ['+', '-', '*', '/', '//', '%', '~', '==', '!=', '<', '<=', '>', '>=', 'in', 'not in', 'and', 'or'];

// A list that holds what is not there fails at once here, and only when it is looked at in Python.
const present = (source: string): string => `(${source}) | default(0)`;

const { expression } = fc.letrec<{ expression: string }>((tie) => {
  const one = tie('expression');
  const of = (list: readonly string[]) => fc.constantFrom(...list);
  return {
    expression: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      of(ATOMS),
      fc.tuple(one, of(BINARY), one).map(([a, operator, b]) => `${a} ${operator} ${b}`),
      fc.tuple(one, of(FILTERS)).map(([value, filter]) => `${value} | ${filter}`),
      fc.tuple(one, of(FILTERS)).map(([value, filter]) => `(${value}) | ${filter}`),
      fc.tuple(one, of(TESTS)).map(([value, test]) => `(${value} is ${test})`),
      fc.tuple(one, of(TESTS)).map(([value, test]) => `(${value} is not ${test})`),
      fc.tuple(one, of(STEPS)).map(([value, step]) => `(${value})${step}`),
      fc.tuple(one, one, one).map(([a, test, b]) => `${a} if ${test} else ${b}`),
      fc.tuple(one, one, one).map(([a, b, c]) => `(${a}) < (${b}) <= (${c})`),
      one.map((value) => `not ${value}`),
      one.map((value) => `-${value}`),
      fc.array(one, { maxLength: 3 }).map((items) => `[${items.map(present).join(', ')}]`),
      fc.tuple(one, one).map(([a, b]) => `{"k": ${present(a)}, "l": ${present(b)}}`),
      one.map((value) => `(${value})`),
    ),
  };
});

/** What Jinja2 evaluates while it compiles, and so fails on what would never have been reached; and slices of dicts, which only fail there. */
export const RANDOM_DIFFERENCES: readonly RegExp[] = [/^"" if half else 3\.5 if/, /^nested if nested else/, /\(db\)\[1:\]/];

export const RANDOM: readonly string[] = [...new Set(fc.sample(expression, { seed: 20_231_114, numRuns: 3_000 }))];
