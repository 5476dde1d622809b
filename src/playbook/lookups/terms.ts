// What lookups are asked for, read and refused alike. It knows no lookup.
import { type Dict, isDict, typeName, type Value } from '../../base/value.ts';
import { parseKeyValue, RAW_PARAMS } from '../../modules/parameters/key-value.ts';
import { TaskError } from '../errors.ts';

/** How long a pattern may take over all that it is asked about. */
export const MOST_PATTERN_MS = 2_000;

/** The error of a lookup that found nothing, or cannot do what it was asked for. */
export function failed(lookup: string, message: string, fix?: string, cause?: unknown): TaskError {
  return new TaskError('LOOKUP_FAILED', `The lookup ${lookup}: ${message}`, { fix, cause });
}

/** A term that must be text; numbers are taken for it. @throws TaskError LOOKUP_FAILED. */
export function textTerm(lookup: string, term: Value): string {
  if (typeof term === 'string') return term;
  if (typeof term === 'number' || typeof term === 'bigint') return String(term);
  throw failed(lookup, `a term must be text, and is a ${typeName(term)}`, 'Unpack a list with a loop, or with map');
}

/** A term as Ansible's lookups take lists: a list is itself, a dict its keys, anything else a list of one. */
export function listTerm(term: Value): Value[] {
  if (Array.isArray(term)) return term;
  return isDict(term) ? [...term.keys()] : [term];
}

/** One level of lists flattened. */
export function flattenOnce(terms: readonly Value[]): Value[] {
  return terms.flatMap((term) => (Array.isArray(term) ? term : [term]));
}

/** `key` and `value` of every entry. */
export function pairsOf(map: Dict): Dict[] {
  return [...map].map(
    ([key, value]): Dict =>
      new Map<string, Value>([
        ['key', key],
        ['value', value],
      ]),
  );
}

/**
 * A term with options in its text, as `key file=users.csv delimiter=,`.
 *
 * @param known - The options there are.
 * @returns The text before them, undefined when there is none, and the options.
 * @throws TaskError LOOKUP_FAILED on an option that is not known.
 */
export function inlineOptions(
  lookup: string,
  term: string,
  known: Iterable<string>,
): { key: string | undefined; given: Map<string, string> } {
  const given = parseKeyValue(term);
  const key = given.get(RAW_PARAMS);
  given.delete(RAW_PARAMS);
  const names = new Set(known);
  const stray = [...given.keys()].find((name) => !names.has(name));
  if (stray !== undefined) throw failed(lookup, `${stray} is not an option`, `Known: ${[...names].join(', ')}`);
  return { key, given };
}
