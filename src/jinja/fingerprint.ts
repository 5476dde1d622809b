// One text for all values that Python calls equal, so that many can be compared at once.
import { Float, isDict, type Value } from '../base/value.ts';
import { isTuple, numeric } from './values.ts';

/** Two values have the same fingerprint exactly when they are equal: `1`, `1.0` and `True` are, `'1'` is not. */
export function fingerprint(value: Value): string {
  if (value === null) return 'n';
  if (typeof value === 'string') return JSON.stringify(value);
  const number = numeric(value);
  if (number !== undefined) return value instanceof Float && !Number.isFinite(value.value) ? `f${value.value}` : whole(number);
  if (Array.isArray(value)) return `${isTuple(value) ? '(' : '['}${value.map(fingerprint).join(',')}]`;
  if (!isDict(value)) return '';
  return `{${[...value]
    .map(([key, item]) => `${fingerprint(key)}:${fingerprint(item)}`)
    .sort()
    .join(',')}}`;
}

/** Whether an item is in a list, answered quickly for many items. */
export function membership(list: readonly Value[]): (item: Value) => boolean {
  const prints = new Set(list.map(fingerprint));
  return (item) => prints.has(fingerprint(item));
}

function whole(number: number | bigint): string {
  return typeof number === 'number' && Number.isInteger(number) ? BigInt(number).toString() : String(number);
}
