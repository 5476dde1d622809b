// Data as people read it: like YAML, with long texts as they are. It is not meant to be parsed again.
import { Float, isDict, Sealed, type Value } from '../../base/value.ts';

const INDENT = '  ';
/** Text that would look like another type, or like nothing, without quotes. */
const NEEDS_QUOTES = /^(?:|~|null|true|false|yes|no|on|off|[-+]?[\d.][\d._]*|\s.*|.*\s|[[{].*[\]}])$/i;

/**
 * Renders a value in lines. A text by itself is shown as it is, without quotes.
 *
 * @example
 * ```text
 * path: /etc/motd
 * mode: "0644"
 * lines:
 *   - one
 *   - two
 * ```
 */
export function valueLines(value: Value): string[] {
  return typeof value === 'string' ? value.replace(/\n$/, '').split('\n') : partLines(value);
}

function partLines(value: Value): string[] {
  if (Array.isArray(value)) {
    return value.length === 0 ? ['[]'] : value.flatMap((item) => hang('- ', INDENT, item));
  }
  if (isDict(value)) {
    if (value.size === 0) return ['{}'];
    return [...value].flatMap(([key, item]) => entry(String(key), item));
  }
  if (typeof value === 'string') return NEEDS_QUOTES.test(value) ? [JSON.stringify(value)] : valueLines(value);
  if (value instanceof Float) return [Number.isInteger(value.value) ? value.value.toFixed(1) : String(value.value)];
  if (value instanceof Sealed) return [value.text];
  return [String(value)];
}

function entry(key: string, value: Value): string[] {
  if (isInline(value)) return [`${key}: ${partLines(value)[0] ?? ''}`];
  const head = typeof value === 'string' ? `${key}: |` : `${key}:`;
  return [head, ...partLines(value).map((line) => INDENT + line)];
}

function hang(bullet: string, indent: string, value: Value): string[] {
  return partLines(value).map((line, index) => (index === 0 ? bullet : indent) + line);
}

function isInline(value: Value): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isDict(value)) return value.size === 0;
  return typeof value !== 'string' || !value.includes('\n');
}
