// Values as JSON that reads back as the same values, without secrets and within bounds. It does not know what they are results of.
import { type Dict, Float, isDict, type Key, Sealed, type Value } from '../base/value.ts';

/** Characters kept of one text, and of all texts of one value. */
const MOST_OF_TEXT = 64 * 1024;
const MOST_OF_VALUE = 256 * 1024;

type Mask = (text: string) => string;

export interface KeptValue {
  readonly data: unknown;
  /** Whether it reads back as something else: a secret was in it, or it was too large. */
  readonly lost: boolean;
}

/**
 * Makes JSON data of a value.
 *
 * What JSON has no word for is an object with one key that begins with `$`: `{"$float": "7"}`, `{"$int": "…"}`, `{"$dict": [[k, v]]}`.
 */
export function keepValue(value: Value, mask: Mask): KeptValue {
  const keeper = new Keeper(mask);
  const data = keeper.keep(value);
  return { data, lost: keeper.lost };
}

/** The value that {@link keepValue} has made data of. */
export function readValue(data: unknown): Value {
  if (Array.isArray(data)) return data.map(readValue);
  if (typeof data !== 'object' || data === null)
    return typeof data === 'number' && !Number.isInteger(data) ? new Float(data) : (data as Value);
  const entries = Object.entries(data);
  const [name, content] = entries[0] ?? [];
  if (name === '$float') return new Float(Number(content));
  if (name === '$int') return BigInt(content as string);
  if (name === '$dict') return new Map((content as [unknown, unknown][]).map(([key, item]) => [readValue(key) as Key, readValue(item)]));
  return new Map(entries.map(([key, item]) => [key, readValue(item)]));
}

class Keeper {
  readonly #mask: Mask;
  #left = MOST_OF_VALUE;
  lost = false;

  constructor(mask: Mask) {
    this.#mask = mask;
  }

  keep(value: Value): unknown {
    if (value === null || typeof value === 'boolean') return value;
    if (typeof value === 'string') return this.#text(value);
    if (Array.isArray(value)) return this.#within(value).map((item) => this.keep(item));
    if (isDict(value)) return this.#dict(value);
    if (value instanceof Sealed) return this.#text(value.text);
    return this.#number(value);
  }

  /** A number may spell a secret, such as a PIN. */
  #number(value: number | bigint | Float): unknown {
    const plain = value instanceof Float ? value.value : value;
    const text = Object.is(plain, -0) ? '-0' : String(plain);
    if (this.#mask(text) !== text) return this.#text(text);
    this.#left -= text.length;
    if (typeof plain === 'bigint') return { $int: text };
    return value instanceof Float && (Number.isInteger(plain) || !Number.isFinite(plain)) ? { $float: text } : plain;
  }

  #dict(value: Dict): unknown {
    const entries = this.#within([...value]).map(([key, item]) => [this.keep(key), this.keep(item)] as const);
    if (!entries.every(([key]) => isPlainKey(key))) return { $dict: entries };
    return Object.fromEntries(entries);
  }

  #text(text: string): string {
    const masked = this.#mask(text);
    const most = Math.max(0, Math.min(MOST_OF_TEXT, this.#left));
    this.#left -= Math.min(masked.length, most) + 1;
    if (masked !== text || masked.length > most) this.lost = true;
    return masked.length > most ? `${masked.slice(0, most)}… (${masked.length - most} characters more are not kept)` : masked;
  }

  /** The items there is room for. */
  #within<T>(items: readonly T[]): readonly T[] {
    const room = Math.max(0, this.#left);
    this.#left -= Math.min(items.length, room);
    if (items.length <= room) return items;
    this.lost = true;
    return items.slice(0, room);
  }
}

/** Whether an object keeps the key as it is, and where it stands: whole numbers would come first. */
function isPlainKey(key: unknown): key is string {
  return typeof key === 'string' && !key.startsWith('$') && !/^\d+$/.test(key) && key !== '__proto__';
}
