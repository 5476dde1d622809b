// Bytes of a host as text and back, without losing any: Python's surrogateescape. It does not know what the bytes mean.
import { Sealed, typeName, type Value } from '../../base/value.ts';

/** A byte that is not UTF-8 stands as this plus its value, as in CPython's `surrogateescape`. */
const ESCAPED_BYTE = 0xdc00;

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/**
 * Text of any bytes: UTF-8, every byte that is not becoming a lone surrogate U+DC80..U+DCFF, as CPython 3.11 decodes file names.
 * {@link encodeText} gives the same bytes back.
 */
export function decodeText(bytes: Uint8Array): string {
  const whole = tryUtf8(bytes);
  if (whole !== undefined) return whole;
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    const char = length === 0 ? undefined : tryUtf8(bytes.subarray(at, at + length));
    text += char ?? String.fromCharCode(ESCAPED_BYTE + (bytes[at] ?? 0));
    at += char === undefined ? 1 : length;
  }
  return text;
}

/** The bytes of a text that {@link decodeText} may have made. */
export function encodeText(text: string): Uint8Array {
  if (!isByteText(text)) return encoder.encode(text);
  const parts: Uint8Array[] = [];
  for (const part of text.split(/([\udc80-\udcff])/u)) {
    const code = part.charCodeAt(0);
    const lone = part.length === 1 && code >= 0xdc80 && code <= 0xdcff;
    parts.push(lone ? Uint8Array.of(code - ESCAPED_BYTE) : encoder.encode(part));
  }
  return Buffer.concat(parts);
}

/** Whether the text holds bytes that are not UTF-8, so that it cannot be sent as it is. */
export function isByteText(text: string): boolean {
  return /\p{Surrogate}/u.test(text);
}

/** Lines without their ends, as CPython's `str.splitlines`. */
export function splitLines(text: string): string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Python ends lines at these
  const lines = text.split(/\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Lines without their ends, where only a newline ends one: a file of configuration on a host. */
export function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/**
 * A scalar as Python's `str()` prints it: `True`, `None`, `1.0`.
 *
 * @throws TypeError on a list or a dict.
 */
export function scalarText(value: Value): string {
  if (typeof value === 'string') return value;
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (value instanceof Sealed) return value.open();
  if (Array.isArray(value) || value instanceof Map) throw new TypeError(`A ${typeName(value)} is no text`);
  return Number.isInteger(value.value) && Math.abs(value.value) < 1e16 ? `${value.value}.0` : String(value.value);
}

/** JSON as Python's `json.dumps` prints it by default: `{"a": [1, 2]}`, everything beyond ASCII escaped. */
export function pythonJson(value: Value): string {
  if (typeof value === 'string') {
    return JSON.stringify(value).replace(/[\x7f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  }
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (value instanceof Map) {
    const key = (name: string | number | bigint | boolean | null): string => (typeof name === 'string' ? name : pythonJson(name));
    return `{${[...value].map(([name, item]) => `${pythonJson(key(name))}: ${pythonJson(item)}`).join(', ')}}`;
  }
  return value === null || typeof value === 'boolean' ? String(value) : scalarText(value);
}

function tryUtf8(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

// How long the sequence that begins here claims to be; 0 for a byte that begins none.
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  if (first < 0xc2) return 0;
  if (first < 0xe0) return 2;
  if (first < 0xf0) return 3;
  return first < 0xf5 ? 4 : 0;
}
