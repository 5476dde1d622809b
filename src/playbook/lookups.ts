// The lookups of templates: lookup('env', 'HOME'), query('items', list). They read this machine, never a host.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { didYouMean } from '../base/suggest.ts';
import type { Dict, Value } from '../base/value.ts';
import type { Scope } from '../jinja/frame.ts';
import { type CallArguments, data, isTruthy, NativeFunction } from '../jinja/values.ts';
import { TaskError } from './errors.ts';
import { flattenOnce, nestedItems, togetherItems } from './loop-items.ts';
import type { Templar } from './templar.ts';

/** What a lookup may look at. */
export interface LookupContext {
  readonly templar: Templar;
  readonly scope: Scope;
  /** Where files are looked for, one after another. */
  readonly directories: readonly string[];
  readonly names: () => string[];
}

type Lookup = (terms: readonly Value[], options: ReadonlyMap<string, Value>, context: LookupContext) => Value[];

const LOOKUPS: Readonly<Record<string, Lookup>> = {
  env: (terms, options) => terms.map((term) => process.env[text(term)] ?? options.get('default') ?? ''),
  file: (terms, options, context) => terms.map((term) => trimmed(readFor(text(term), ['files'], context), options)),
  template: (terms, _options, context) =>
    terms.map((term) => context.templar.jinja.compileTemplate(readFor(text(term), ['templates'], context)).render(context.scope)),
  vars: (terms, options, { scope }) =>
    terms.map((term) => {
      const value = scope.get(text(term)) ?? options.get('default');
      if (value === undefined)
        throw new TaskError('LOOKUP_FAILED', `There is no variable ${text(term)}`, {
          fix: "Give a default: lookup('vars', name, default='')",
        });
      return data(value);
    }),
  varnames: (terms, _options, { names }) => names().filter((name) => terms.some((term) => new RegExp(text(term)).test(name))),
  items: (terms) => flattenOnce(terms),
  list: (terms) => [...terms],
  dict: (terms) =>
    terms.flatMap((term) =>
      [...(term as Dict)].map(
        ([key, value]) =>
          new Map<string, Value>([
            ['key', key],
            ['value', value],
          ]) as Dict,
      ),
    ),
  indexed_items: (terms) => flattenOnce(terms).map((item, i) => [i, item]),
  nested: (terms) => nestedItems(terms),
  together: (terms) => togetherItems(terms),
  lines: (terms, _options, context) => terms.flatMap((term) => readFor(text(term), ['files'], context).replace(/\n$/, '').split('\n')),
};

export const LOOKUP_NAMES: readonly string[] = Object.keys(LOOKUPS);

/** `lookup`, `query` and `q`, bound to the variables of one host. */
export const lookupFunctions: ReadonlyMap<string, (context: LookupContext) => NativeFunction> = new Map([
  ['lookup', (context: LookupContext) => new NativeFunction((args) => run(args, context, false))],
  ['query', (context: LookupContext) => new NativeFunction((args) => run(args, context, true))],
  ['q', (context: LookupContext) => new NativeFunction((args) => run(args, context, true))],
]);

/** What a lookup finds, as a list. @throws TaskError LOOKUP_FAILED, FILE_NOT_FOUND. */
export function lookUp(name: string, terms: readonly Value[], options: ReadonlyMap<string, Value>, context: LookupContext): Value[] {
  const short = name.replace(/^ansible\.builtin\./, '');
  const lookup = Object.hasOwn(LOOKUPS, short) ? LOOKUPS[short] : undefined;
  if (lookup === undefined)
    throw new TaskError('LOOKUP_FAILED', `There is no lookup \`${name}\``, { fix: didYouMean(short, Object.keys(LOOKUPS)) });
  return lookup(
    short === 'items' || short === 'nested' || short === 'together'
      ? terms
      : terms.flatMap((term) => (Array.isArray(term) ? term : [term])),
    options,
    context,
  );
}

function run(args: CallArguments, context: LookupContext, wantList: boolean): Value {
  const [name = '', ...terms] = args.positional.map(data);
  const options = new Map([...args.keywords].map(([key, value]) => [key, data(value)]));
  const results = lookUp(text(name), terms, options, context);
  if (wantList || isTruthy(options.get('wantlist') ?? false)) return results;
  const [only] = results;
  // One result stands for itself; several become text with commas, as in Ansible.
  if (results.length === 1 && only !== undefined) return only;
  return results.every((item) => typeof item === 'string') ? results.join(',') : results;
}

function readFor(name: string, below: readonly string[], { directories }: LookupContext): string {
  const candidates = path.isAbsolute(name)
    ? [name]
    : directories.flatMap((directory) => [...below.map((one) => path.join(directory, one, name)), path.join(directory, name)]);
  for (const candidate of candidates) {
    try {
      return readFileSync(candidate, 'utf8');
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))) throw error;
    }
  }
  throw new TaskError('FILE_NOT_FOUND', `There is no file ${name}`, {
    where: candidates.join(', '),
    fix: 'Check the name; it is looked for beside the playbook',
  });
}

function trimmed(content: string, options: ReadonlyMap<string, Value>): string {
  const right = isTruthy(options.get('rstrip') ?? true) ? content.trimEnd() : content;
  return isTruthy(options.get('lstrip') ?? false) ? right.trimStart() : right;
}

function text(value: Value): string {
  return String(value as string);
}
