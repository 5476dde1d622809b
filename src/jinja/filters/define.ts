// How filters are written down: a table of name -> parameters and function. It knows no filter.
import { type Bound, bind } from '../call-arguments.ts';
import type { Filter } from '../compile-expression.ts';
import { TemplateError } from '../errors.ts';
import type { Frame } from '../frame.ts';
import type { Machine } from '../machine.ts';
import { str } from '../printing.ts';
import { type Any, type CallArguments, numeric, typeOf, Undefined } from '../values.ts';

/** What filters may ask of the environment they run in. */
export interface FilterContext {
  readonly frame: Frame;
  readonly args: CallArguments;
  /** Another filter by name, for `map('upper')` and its like. @throws TemplateError on an unknown one. */
  readonly filter: (name: string) => Filter;
  /** What the machine that templates knows, for filters of files. */
  readonly machine: Machine;
  readonly test: (name: string) => (value: Any, args: CallArguments, frame: Frame) => boolean;
}

type FilterBody = (value: Any, args: Bound, context: FilterContext) => Any;
export type FilterTable = Readonly<Record<string, readonly [parameters: readonly string[], body: FilterBody]>>;

/** Filters of this name take values that are not there. */
const TAKES_UNDEFINED = new Set(['default', 'd', 'mandatory', 'type_debug', 'items']);

/** Turns tables into filters. @param lookup - Finds filters and tests by name, all tables together. */
export function filtersOf(tables: readonly FilterTable[], lookup: Pick<FilterContext, 'filter' | 'test' | 'machine'>): Map<string, Filter> {
  const filters = new Map<string, Filter>();
  for (const table of tables) {
    for (const [name, [parameters, body]] of Object.entries(table)) {
      filters.set(name, (value, args, frame) => {
        const given = value instanceof Undefined && !TAKES_UNDEFINED.has(name) ? (value.lenient ? '' : value.fail()) : value;
        return body(given, bind(name, parameters, args), { frame, args, ...lookup });
      });
    }
  }
  return filters;
}

/** The rest of the arguments, behind the first `skip`. */
export function rest(args: CallArguments, skip: number): CallArguments {
  return { positional: args.positional.slice(skip), keywords: args.keywords };
}

/** Text, or what stands for one: numbers and bools, because templates here keep their types. @throws TemplateError on anything else. */
export function textOf(value: Any, use: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || numeric(value) !== undefined) return str(value);
  return fail(`${use} needs text, and got a ${typeOf(value)}`);
}

export function fail(message: string, fix?: string): never {
  throw new TemplateError(message, fix === undefined ? {} : { fix });
}
