// Data as bytes: JSON where that keeps it whole, else V8's own format, which is slower. It does not know what the data means.
import { deserialize, serialize } from 'node:v8';
import { NotSerializableError } from '../errors.ts';

const JSON_TAG = 0x4a;
const V8_TAG = 0x56;
const DEEPEST = 64;

/** One tag byte, then the data. @param data - As made by toWire. @throws NotSerializableError. */
export function encode(data: unknown): Buffer {
  if (isJson(data)) {
    const text = JSON.stringify(data);
    const bytes = Buffer.allocUnsafe(1 + Buffer.byteLength(text));
    bytes[0] = JSON_TAG;
    bytes.write(text, 1);
    return bytes;
  }
  try {
    return Buffer.concat([Buffer.of(V8_TAG), serialize(data)]);
  } catch (cause) {
    throw new NotSerializableError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** @throws NotSerializableError on bytes that are no data. */
export function decode(bytes: Buffer): unknown {
  try {
    if (bytes[0] === JSON_TAG) return JSON.parse(bytes.toString('utf8', 1)) as unknown;
    if (bytes[0] === V8_TAG) return deserialize(bytes.subarray(1)) as unknown;
  } catch (cause) {
    throw new NotSerializableError('These bytes are no data', { cause, fix: 'Both ends must run the same version' });
  }
  throw new NotSerializableError('These bytes are no data', { fix: 'Both ends must run the same version' });
}

/** The key by which converted values are known; data of others that has it needs help on the way. */
export const MARK = '$sshoal';

/** Whether JSON gives the same back, without help: no undefined, NaN, -0, dates, maps, holes, classes, marks, and not too deep. */
export function isJson(value: unknown, depth = 0): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0);
    case 'object':
      return value === null || (depth < DEEPEST && isJsonObject(value, depth + 1));
    default:
      return false;
  }
}

function isJsonObject(value: object, depth: number): boolean {
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) if (!isJson(value[i], depth)) return false;
    return true;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype || 'toJSON' in value || Object.hasOwn(value, '__proto__')) return false;
  for (const key in value) if (key === MARK || !isJson((value as Record<string, unknown>)[key], depth)) return false;
  return true;
}
