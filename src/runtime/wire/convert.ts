// Values into data that can be cloned, and back: what a structured clone keeps, and errors, functions, Buffers and handles as well.
// It does not know how the data travels.
import { Float } from '../../base/value.ts';
import { NotSerializableError } from '../errors.ts';
import { isJson, MARK } from './codec.ts';
import { errorFromWire, errorToWire, type WireError } from './error.ts';
import { FunctionRef, refOf } from './function-ref.ts';
import { type Handle, handleOf, isShareable, revive } from './handle.ts';

export interface Travel {
  /** Whether locks, queues and their kin may go along: only where someone is started with them. Default false. */
  readonly handles?: boolean | undefined;
  /** Whether the receiver sees the same memory: a worker thread. Default false. */
  readonly memory?: boolean | undefined;
  /** Who will hold what is shared, as the broker knows it. */
  readonly receiver?: string | undefined;
}

type Marked =
  | { readonly [MARK]: 'error'; readonly error: WireError }
  | { readonly [MARK]: 'function'; readonly url: string; readonly name: string }
  | { readonly [MARK]: 'buffer'; readonly bytes: Uint8Array }
  | { readonly [MARK]: 'float'; readonly value: number }
  | { readonly [MARK]: 'handle'; readonly handle: Handle }
  | { readonly [MARK]: 'object'; readonly entries: readonly (readonly [string, unknown])[] };

/**
 * @returns The value itself where nothing in it needs help.
 * @throws NotSerializableError for symbols, promises and functions without a name elsewhere; StateError for a lock that may not go along.
 */
export function toWire(value: unknown, travel: Travel = {}): unknown {
  return isJson(value) ? value : new Outward(travel).convert(value, 'the value');
}

/** The value that {@link toWire} was given, rebuilt. */
export function fromWire(value: unknown): unknown {
  return isJson(value) ? value : inward(value, new Map());
}

class Outward {
  readonly #travel: Travel;
  readonly #seen = new Map<object, unknown>();

  constructor(travel: Travel) {
    this.#travel = travel;
  }

  convert(value: unknown, path: string): unknown {
    if (typeof value === 'function') return { [MARK]: 'function', ...refOf(value) } satisfies Marked;
    if (typeof value === 'symbol') throw new NotSerializableError(`A symbol cannot travel`, { where: path });
    if (typeof value !== 'object' || value === null) return value;
    if (this.#seen.has(value)) return this.#seen.get(value);
    return this.#object(value, path);
  }

  #object(value: object, path: string): unknown {
    if (Array.isArray(value)) return this.#array(value, path);
    if (value instanceof FunctionRef) return { [MARK]: 'function', url: value.url, name: value.name } satisfies Marked;
    if (isShareable(value)) return { [MARK]: 'handle', handle: handleOf(value, this.#travel) } satisfies Marked;
    if (value instanceof Error)
      return { [MARK]: 'error', error: errorToWire(value, (inner) => this.convert(inner, `${path} (in an error)`)) } satisfies Marked;
    if (value instanceof Float) return { [MARK]: 'float', value: value.value } satisfies Marked;
    if (Buffer.isBuffer(value)) return { [MARK]: 'buffer', bytes: new Uint8Array(value) } satisfies Marked;
    if (value instanceof Map) return this.#map(value, path);
    if (value instanceof Set) return new Set([...value].map((item) => this.convert(item, `${path} (in a Set)`)));
    if (value instanceof Promise || value instanceof WeakMap || value instanceof WeakSet)
      throw new NotSerializableError(`A ${value.constructor.name} cannot travel`, {
        where: path,
        fix: 'Await it first, and send what it holds',
      });
    if (isNative(value)) return value;
    return this.#fields(value as Record<string, unknown>, path);
  }

  #array(value: readonly unknown[], path: string): unknown {
    this.#seen.set(value, value);
    let copy: unknown[] | undefined;
    for (let i = 0; i < value.length; i++) {
      const item = value[i];
      if (typeof item !== 'object' && typeof item !== 'function' && typeof item !== 'symbol') continue;
      const converted = this.convert(item, `${path}[${i}]`);
      if (converted === item) continue;
      copy ??= [...value];
      copy[i] = converted;
    }
    if (copy !== undefined) this.#seen.set(value, copy);
    return copy ?? value;
  }

  #map(value: ReadonlyMap<unknown, unknown>, path: string): unknown {
    return new Map([...value].map(([key, item]) => [this.convert(key, `${path} (a key)`), this.convert(item, `${path}[${nameOf(key)}]`)]));
  }

  #fields(value: Record<string, unknown>, path: string): unknown {
    this.#seen.set(value, value);
    let copy: Record<string, unknown> | undefined;
    for (const key of Object.keys(value)) {
      const item = value[key];
      if (typeof item !== 'object' && typeof item !== 'function' && typeof item !== 'symbol') continue;
      const converted = this.convert(item, `${path}.${key}`);
      if (converted === item) continue;
      copy ??= { ...value };
      copy[key] = converted;
    }
    const result = copy ?? value;
    const safe = Object.hasOwn(result, MARK) ? ({ [MARK]: 'object', entries: Object.entries(result) } satisfies Marked) : result;
    if (safe !== value) this.#seen.set(value, safe);
    return safe;
  }
}

/** A key of a Map, for a message; an object among them need not even have a toString. */
function nameOf(key: unknown): string {
  return typeof key === 'object' && key !== null ? 'an object' : String(key);
}

/** What a structured clone carries whole. */
function isNative(value: object): boolean {
  return (
    value instanceof Date ||
    value instanceof RegExp ||
    ArrayBuffer.isView(value) ||
    value instanceof ArrayBuffer ||
    value instanceof SharedArrayBuffer ||
    value instanceof MessagePort ||
    value instanceof Number ||
    value instanceof String ||
    value instanceof Boolean
  );
}

// Data that has just arrived is ours: it is changed in place.
function inward(value: unknown, seen: Map<object, unknown>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (seen.has(value)) return seen.get(value);
  seen.set(value, value);
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) if (typeof value[i] === 'object') value[i] = inward(value[i], seen);
    return value;
  }
  if (value instanceof Map) return refill(value, seen);
  if (value instanceof Set) {
    const items = [...value].map((item) => inward(item, seen));
    value.clear();
    for (const item of items) value.add(item);
    return value;
  }
  if (isNative(value)) return value;
  const fields = value as Record<string, unknown>;
  if (fields[MARK] !== undefined) return unmark(fields as unknown as Marked, seen);
  for (const key of Object.keys(fields)) if (typeof fields[key] === 'object') fields[key] = inward(fields[key], seen);
  return value;
}

function refill(map: Map<unknown, unknown>, seen: Map<object, unknown>): Map<unknown, unknown> {
  const entries = [...map].map(([key, item]) => [inward(key, seen), inward(item, seen)] as const);
  map.clear();
  for (const [key, item] of entries) map.set(key, item);
  return map;
}

function unmark(marked: Marked, seen: Map<object, unknown>): unknown {
  switch (marked[MARK]) {
    case 'error': {
      const { error } = marked;
      const fields = inward(error.fields, seen) as Record<string, unknown>;
      const errors = error.errors === undefined ? {} : { errors: error.errors.map((one) => inward(one, seen)) };
      const cause = error.cause === undefined ? {} : { cause: inward(error.cause, seen) };
      return errorFromWire({ ...error, fields, ...errors, ...cause });
    }
    case 'function':
      return new FunctionRef(marked.url, marked.name);
    case 'buffer':
      return Buffer.from(marked.bytes.buffer, marked.bytes.byteOffset, marked.bytes.byteLength);
    case 'float':
      return new Float(marked.value);
    case 'handle':
      return revive(marked.handle);
    case 'object':
      return Object.fromEntries(marked.entries.map(([key, item]) => [key, inward(item, seen)]));
  }
}
