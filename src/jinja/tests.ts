// Tests of `is`: Jinja2's, and Ansible's about results, patterns and versions.
import { Float, isDict } from '../base/value.ts';
import { type Bound, bind } from './call-arguments.ts';
import type { Filter, Test } from './compile-expression.ts';
import { TemplateError } from './errors.ts';
import { textOf } from './filters/define.ts';
import { splitUrl } from './filters/paths.ts';
import { regexOf } from './filters/patterns.ts';
import { membership } from './fingerprint.ts';
import type { Run } from './frame.ts';
import type { Machine } from './machine.ts';
import { binary } from './operators.ts';
import { str } from './printing.ts';
import {
  type Any,
  asDict,
  compare,
  contains,
  dictKey,
  equals,
  IterableObject,
  isTruthy,
  isTuple,
  items,
  JinjaObject,
  numeric,
  Undefined,
} from './values.ts';
import { compareVersions } from './versions.ts';

/** What a test may look at besides its arguments. */
interface TestContext {
  readonly run: Run;
  readonly machine: Machine;
}

type TestTable = Readonly<
  Record<string, readonly [parameters: readonly string[], body: (value: Any, read: Bound, context: TestContext) => boolean]>
>;

/** A flag of a task's result. @throws TemplateError on what is no result. */
const flag = (value: Any, name: string, otherwise = false): boolean => {
  const result = asDict(value, `The test about a task's result`);
  return isTruthy(result.get(name) ?? otherwise);
};

const changed = (value: Any): boolean => flag(value, 'changed') || anyItem(value, 'changed');
const anyItem = (value: Any, name: string): boolean => {
  const results = isDict(value) && !value.has(name) ? value.get('results') : undefined;
  return Array.isArray(results) && results.some((one) => isDict(one) && isTruthy(one.get(name) ?? false));
};

const regexTest = (anchor: 'start' | 'none'): TestTable[string] => [
  ['pattern', 'ignorecase', 'multiline'],
  (value, args, { run }) => {
    const match = regexOf(args, 'pattern').search(str(value), run);
    return match !== null && (anchor === 'none' || match.index === 0);
  },
];

/** Ansible's words for true and false; anything else stays what it is. */
const converted = (value: Any, args: Bound): Any => {
  if (!args.truth('convert_bool', false)) return value;
  const word = typeof value === 'string' ? value.trim().toLowerCase() : str(value);
  if (/^(?:y|yes|on|1|true|t|1\.0)$/i.test(word)) return true;
  return /^(?:n|no|off|0|false|f|0\.0)$/i.test(word) ? false : value;
};

// As Ansible: every text is a URI, unless schemes are given.
const isUri = (value: Any, args: Bound): boolean => {
  if (typeof value !== 'string') return false;
  const schemes = args.any('schemes') ?? null;
  return !isTruthy(schemes) || contains(schemes, splitUrl(value).scheme);
};

const TABLE: TestTable = {
  undefined: [[], (value) => value instanceof Undefined],
  defined: [[], (value) => !(value instanceof Undefined)],
  none: [[], (value) => value === null],
  boolean: [[], (value) => typeof value === 'boolean'],
  true: [[], (value) => value === true],
  false: [[], (value) => value === false],
  string: [[], (value) => typeof value === 'string'],
  integer: [[], (value) => typeof value === 'number' || typeof value === 'bigint'],
  float: [[], (value) => value instanceof Float],
  number: [[], (value) => numeric(value) !== undefined],
  mapping: [[], (value) => isDict(value)],
  sequence: [
    [],
    (value) =>
      typeof value === 'string' || Array.isArray(value) || isDict(value) || (value instanceof IterableObject && value.typeName === 'range'),
  ],
  iterable: [[], (value) => typeof value === 'string' || Array.isArray(value) || isDict(value) || value instanceof IterableObject],
  callable: [[], (value) => value instanceof JinjaObject && !(value instanceof IterableObject)],
  sameas: [
    ['other'],
    (value, args) =>
      value === args.required('other') ||
      (numeric(value) !== undefined && value?.constructor === args.any('other')?.constructor && equals(value, args.required('other'))),
  ],
  escaped: [[], () => false],
  lower: [[], (value) => str(value) === str(value).toLowerCase() && str(value) !== str(value).toUpperCase()],
  upper: [[], (value) => str(value) === str(value).toUpperCase() && str(value) !== str(value).toLowerCase()],
  even: [[], (value) => equals(binary('%', value, 2), 0)],
  odd: [[], (value) => equals(binary('%', value, 2), 1)],
  divisibleby: [['num'], (value, args) => equals(binary('%', value, args.required('num')), 0)],
  in: [['seq'], (value, args) => contains(args.required('seq'), value)],
  contains: [['element'], (value, args) => contains(value, args.required('element'))],
  eq: [['other'], (value, args) => equals(value, args.required('other'))],
  ne: [['other'], (value, args) => !equals(value, args.required('other'))],
  lt: [['other'], (value, args) => compare(value, args.required('other'), '<') < 0],
  le: [['other'], (value, args) => compare(value, args.required('other'), '<=') <= 0],
  gt: [['other'], (value, args) => compare(value, args.required('other'), '>') > 0],
  ge: [['other'], (value, args) => compare(value, args.required('other'), '>=') >= 0],
  truthy: [['convert_bool'], (value, args) => isTruthy(converted(value, args))],
  falsy: [['convert_bool'], (value, args) => !isTruthy(converted(value, args))],
  all: [[], (value) => items(value).every(isTruthy)],
  any: [[], (value) => items(value).some(isTruthy)],
  subset: [['other'], (value, args) => items(value).every(membership(items(args.required('other'))))],
  superset: [['other'], (value, args) => items(args.required('other')).every(membership(items(value)))],
  nan: [[], (value) => value instanceof Float && Number.isNaN(value.value)],
  exists: [[], (value, _args, { machine }) => machine.kind(textOf(value, 'exists')) !== undefined],
  link_exists: [[], (value, _args, { machine }) => machine.kind(textOf(value, 'link_exists'), 'link itself') !== undefined],
  file: [[], (value, _args, { machine }) => machine.kind(textOf(value, 'file')) === 'file'],
  directory: [[], (value, _args, { machine }) => machine.kind(textOf(value, 'directory')) === 'directory'],
  link: [[], (value, _args, { machine }) => machine.kind(textOf(value, 'link'), 'link itself') === 'link'],
  mount: [[], (value, _args, { machine }) => machine.isMount(textOf(value, 'mount'))],
  same_file: [
    ['other'],
    (value, args, { machine }) => {
      const [a, b] = [textOf(value, 'same_file'), args.text('other')];
      const isSame = machine.isSame(a, b);
      if (isSame === undefined) throw new TemplateError(`No such file or directory: ${a} or ${b}`);
      return isSame;
    },
  ],
  vault_encrypted: [[], (value) => typeof value === 'string' && value.startsWith('$ANSIBLE_VAULT;')],
  abs: [[], (value) => textOf(value, 'abs').startsWith('/')],
  uri: [['schemes'], isUri],
  url: [
    ['schemes'],
    (value, args) =>
      isUri(value, args) && typeof value === 'string' && (splitUrl(value).netloc !== '' || splitUrl(value).scheme === 'file'),
  ],
  urn: [[], (value) => typeof value === 'string' && splitUrl(value).scheme === 'urn'],
  match: regexTest('start'),
  search: regexTest('none'),
  regex: regexTest('none'),
  version: [
    ['version', 'operator', 'strict', 'version_type'],
    (value, args) => {
      // As Ansible: the version 0 is as empty as none at all.
      if (!isTruthy(value)) throw new TemplateError('Input version value cannot be empty');
      return compareVersions(
        str(value),
        args.text('version'),
        args.text('operator', 'eq'),
        args.text('version_type', args.truth('strict', false) ? 'strict' : 'loose'),
      );
    },
  ],
  failed: [[], (value) => flag(value, 'failed')],
  succeeded: [[], (value) => !flag(value, 'failed')],
  changed: [[], changed],
  skipped: [[], (value) => flag(value, 'skipped')],
  unreachable: [[], (value) => flag(value, 'unreachable')],
  reachable: [[], (value) => !flag(value, 'unreachable')],
  // What never said so was no background task, and has long been started and finished.
  started: [[], (value) => flag(value, 'started', true)],
  finished: [[], (value) => flag(value, 'finished', true)],
};

const ALIASES: Readonly<Record<string, string>> = {
  '==': 'eq',
  equalto: 'eq',
  '!=': 'ne',
  '<': 'lt',
  lessthan: 'lt',
  '<=': 'le',
  '>': 'gt',
  greaterthan: 'gt',
  '>=': 'ge',
  success: 'succeeded',
  successful: 'succeeded',
  failure: 'failed',
  change: 'changed',
  skip: 'skipped',
  version_compare: 'version',
  is_abs: 'abs',
  is_dir: 'directory',
  is_file: 'file',
  is_link: 'link',
  is_mount: 'mount',
  is_same_file: 'same_file',
  isnan: 'nan',
  issubset: 'subset',
  issuperset: 'superset',
};

/** Tests that take values that are not there; the others fail on one, naming it. */
const TAKES_UNDEFINED = new Set([
  'undefined',
  'defined',
  'none',
  'boolean',
  'true',
  'false',
  'string',
  'integer',
  'float',
  'number',
  'mapping',
  'sameas',
  'sequence',
]);

/** All tests by name. @param filters - For the test `filter`. @param machine - For the tests of files. */
export function buildTests(filters: ReadonlyMap<string, Filter>, machine: Machine): Map<string, Test> {
  const tests = new Map<string, Test>();
  for (const [name, [parameters, body]] of Object.entries(TABLE)) {
    tests.set(name, (value, args, { run }) => {
      if (value instanceof Undefined && !TAKES_UNDEFINED.has(name)) return value.fail();
      return body(value, bind(name, parameters, args), { run, machine });
    });
  }
  for (const [alias, name] of Object.entries(ALIASES)) {
    const test = tests.get(name);
    if (test !== undefined) tests.set(alias, test);
  }
  tests.set('filter', (value) => !isTuple(value) && filters.has(str(dictKey(value))));
  tests.set('test', (value) => !isTuple(value) && tests.has(str(dictKey(value))));
  return tests;
}
