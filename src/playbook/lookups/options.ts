// Options of lookups, read as modules read their parameters. It knows no lookup.
import type { Value } from '../../base/value.ts';
import { readParams } from '../../modules/parameters/params.ts';
import type { ParamSpecs, Params } from '../../modules/seam.ts';
import { TaskError } from '../errors.ts';

/** @throws TaskError BAD_PARAMETER, which names the first fault, on options that are unknown, refused, or of the wrong type. */
export function readOptions(name: string, specs: ParamSpecs, given: ReadonlyMap<string, Value> | ReadonlyMap<unknown, Value>): Params {
  const compile = (): never => {
    throw new TypeError('Lookups are not compiled');
  };
  const raw = new Map([...given].map(([key, value]) => [String(key), value]));
  const { params, faults } = readParams({ name, summary: '', params: specs, compile, checkMode: 'inspects' }, raw);
  const [first] = faults;
  if (first === undefined) return params;
  throw new TaskError('BAD_PARAMETER', `The lookup ${name}: ${first.message}`, { fix: first.fix });
}
