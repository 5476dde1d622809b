// Data as Python's pprint lays it out: within 80 columns where it can, keys in order.
import { isDict, type Value } from '../base/value.ts';
import { repr } from './printing.ts';
import { compareText, isTuple, tuple } from './values.ts';

const WIDTH = 80;

/** As `pprint.pformat(value)`, but for long texts, which it would cut. */
export function prettyPrint(value: Value): string {
  return laidOut(sorted(value), 0, 0);
}

/** @param indent - Columns before it. @param allowance - Columns that must stay free behind it. */
function laidOut(value: Value, indent: number, allowance: number): string {
  const plain = repr(value);
  if (plain.length <= WIDTH - indent - allowance) return plain;
  if (Array.isArray(value) && value.length > 0) {
    const end = isTuple(value) ? (value.length === 1 ? ',)' : ')') : ']';
    const rows = value.map((item, i) => laidOut(item, indent + 1, i === value.length - 1 ? allowance + end.length : 1));
    return `${isTuple(value) ? '(' : '['}${rows.join(`,\n${' '.repeat(indent + 1)}`)}${end}`;
  }
  if (!isDict(value) || value.size === 0) return plain;
  const last = value.size - 1;
  const rows = [...value].map(([key, item], i) => {
    const name = repr(key);
    return `${name}: ${laidOut(item, indent + name.length + 3, i === last ? allowance + 1 : 1)}`;
  });
  return `{${rows.join(`,\n${' '.repeat(indent + 1)}`)}}`;
}

function sorted(value: Value): Value {
  if (Array.isArray(value)) {
    const items = value.map(sorted);
    return isTuple(value) ? tuple(items) : items;
  }
  if (!isDict(value)) return value;
  return new Map([...value].map(([key, item]) => [key, sorted(item)] as const).sort(([a], [b]) => compareText(repr(a), repr(b))));
}
