// `lookup`, `query` and `q` of templates, and the lookups behind `with_`: one way to call them all.
import { SshoalError } from '../../base/errors.ts';
import { didYouMean } from '../../base/suggest.ts';
import type { Value } from '../../base/value.ts';
import { UndefinedError } from '../../jinja/errors.ts';
import { str } from '../../jinja/printing.ts';
import { type CallArguments, data, isTruthy, NativeFunction } from '../../jinja/values.ts';
import { TaskError } from '../errors.ts';
import { readOptions } from './options.ts';
import { findLookup, LOOKUPS } from './registry.ts';
import type { LookupContext } from './seam.ts';

/** Options that every lookup has in a template. */
const COMMON = new Set(['wantlist', 'errors', 'allow_unsafe']);

/**
 * What a lookup finds, as a list.
 *
 * @throws TaskError LOOKUP_FAILED, FILE_NOT_FOUND, and BAD_PARAMETER on options; UndefinedError, VaultError.
 */
export function lookUp(name: string, terms: readonly Value[], options: ReadonlyMap<string, Value>, context: LookupContext): Value[] {
  const lookup = findLookup(name);
  if (lookup === undefined)
    throw new TaskError('LOOKUP_FAILED', `There is no lookup \`${name}\``, { fix: didYouMean(name, LOOKUPS.keys()) });
  return lookup.find(terms, readOptions(lookup.name, lookup.options, options), context);
}

/** The functions for templates, bound to the variables of one host. */
export const LOOKUP_FUNCTIONS: ReadonlyMap<string, (context: LookupContext) => NativeFunction> = new Map([
  ['lookup', (context: LookupContext) => new NativeFunction((args) => call(args, context, false))],
  ['query', (context: LookupContext) => new NativeFunction((args) => call(args, context, true))],
  ['q', (context: LookupContext) => new NativeFunction((args) => call(args, context, true))],
]);

function call({ positional, keywords }: CallArguments, context: LookupContext, list: boolean): Value {
  const [name = '', ...terms] = positional.map(data);
  const given = new Map([...keywords].map(([key, value]) => [key, data(value)]));
  const wantsList = list || isTruthy(given.get('wantlist') ?? false);
  if (isTruthy(given.get('allow_unsafe') ?? false))
    throw new TaskError('BAD_PARAMETER', 'allow_unsafe is not supported: what a lookup finds is never taken for a template', {
      fix: 'Leave it out; render files with the lookup template',
    });
  const errors = errorsOf(given.get('errors') ?? 'strict');
  const options = new Map([...given].filter(([key]) => !COMMON.has(key)));
  let found: Value[];
  try {
    found = lookUp(str(name), terms, options, context);
  } catch (error) {
    if (errors === 'strict' || !mayBeIgnored(error)) throw error;
    if (errors === 'warn') context.warn(error.message);
    return wantsList ? [] : null;
  }
  return wantsList ? found : joined(found);
}

// As ansible 2.14: what is undefined, and options that make no sense, are errors whatever `errors` says.
function mayBeIgnored(error: unknown): error is SshoalError {
  return error instanceof SshoalError && !(error instanceof UndefinedError) && error.code !== 'BAD_PARAMETER';
}

function errorsOf(value: Value): 'strict' | 'warn' | 'ignore' {
  if (value === 'strict' || value === 'warn' || value === 'ignore') return value;
  throw new TaskError('BAD_PARAMETER', `errors cannot be \`${str(value)}\``, { fix: 'Write strict, warn or ignore' });
}

/** Texts become one text with commas; else a single result stands for itself. */
function joined(found: readonly Value[]): Value {
  const [only] = found;
  if (found.length > 0 && found.every((item) => typeof item === 'string')) return found.join(',');
  return found.length === 1 && only !== undefined ? only : [...found];
}
