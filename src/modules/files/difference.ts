// What a change looks like before and after, as text. It does not know how differences are shown.
import { isDict, toJson, type Value } from '../../base/value.ts';
import type { Report } from '../script/answer.ts';
import type { Difference } from '../seam.ts';
import { noted } from './attributes.ts';

/** Contents beyond this are named by their size only, as ansible 2.14's `max_diff_size`. */
export const SHOWN_LIMIT_BYTES = 104_448;

/** Content for a difference: the text, or in one line why it is not shown. */
export function shownContent(bytes: Uint8Array): string {
  if (bytes.length > SHOWN_LIMIT_BYTES) return notShown(bytes.length, 'too large to show');
  return bytes.includes(0) ? notShown(bytes.length, 'binary') : new TextDecoder().decode(bytes);
}

/** One line in place of a content that is not shown. */
export function notShown(sizeBytes: number, why: string): string {
  return `(${sizeBytes} bytes, ${why})\n`;
}

/** Two states as Ansible prints them: JSON with sorted keys, indented by four. */
export function stateDifference(before: Value, after: Value, header = ''): Difference {
  const print = (value: Value): string => `${JSON.stringify(toJson(sorted(value)), undefined, 4)}\n`;
  return { beforeHeader: header, afterHeader: header, before: print(before), after: print(after) };
}

/** What `ensure_attrs` changed or would change, or nothing. */
export function attributeDifferences(report: Report, path: string): Difference[] {
  const [before, after] = [noted(report, 'before'), noted(report, 'after')];
  return before.size === 0 ? [] : [stateDifference(before, after, `${path} (file attributes)`)];
}

function sorted(value: Value): Value {
  if (!isDict(value)) return value;
  return new Map([...value].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)).map(([key, item]) => [key, sorted(item)]));
}
