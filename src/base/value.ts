// Data as YAML and Python know it: what variables, parameters and results are made of. It does not know any template syntax.

/**
 * A floating-point number. A plain JavaScript number (or a bigint beyond 2^53) is a Python `int`; the two print differently:
 * `7.0` and `7`.
 */
export class Float {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }

  toJSON(): number {
    return this.value;
  }
}

/** Text that is still encrypted: opened where it is needed, and nowhere else, since nobody may have its password. */
export class Sealed {
  /** As it was written: `$ANSIBLE_VAULT;...`. */
  readonly text: string;
  readonly #read: () => string;
  #opened: string | undefined;

  /** @param read - Throws what opening can be wrong with, with the place of the text. It is asked until it has opened it once. */
  constructor(text: string, read: () => string) {
    this.text = text;
    this.#read = read;
  }

  /** What is inside. It is no template, whatever it looks like. */
  open(): string {
    this.#opened ??= this.#read();
    return this.#opened;
  }
}

/** Text that is no template, whatever it looks like: what YAML calls `!unsafe`. */
export class Verbatim extends Sealed {
  constructor(text: string) {
    super(text, () => text);
  }
}

/** What may stand as a key of a {@link Dict}. `1` and `'1'` are two keys. */
export type Key = string | number | bigint | boolean | null;

/** A Python dict: keeps the order of insertion for every key, which a JavaScript object does not. */
export type Dict = Map<Key, Value>;

/** Any data: what a variable, a parameter or a registered result can be. */
export type Value = null | boolean | number | bigint | Float | string | Sealed | Value[] | Dict;

/** Makes a {@link Dict} of an object's own keys. */
export function dict(entries: Readonly<Record<string, Value | undefined>> = {}): Dict {
  const map: Dict = new Map();
  for (const [key, value] of Object.entries(entries)) if (value !== undefined) map.set(key, value);
  return map;
}

export function isDict(value: unknown): value is Dict {
  return value instanceof Map;
}

/** The Python name of a value's type, for messages: `str`, `int`, `float`, `bool`, `list`, `dict`, `NoneType`. */
export function typeName(value: Value): string {
  if (value === null) return 'NoneType';
  if (Array.isArray(value)) return 'list';
  if (isDict(value)) return 'dict';
  if (value instanceof Float) return 'float';
  if (value instanceof Sealed) return 'str';
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'string':
      return 'str';
    default:
      return 'int';
  }
}

/** What a value that is still closed is shown under. */
export const SEALED_KEY = '__ansible_vault';

/** Plain JSON data of a value: dicts become objects with text keys (`null`, `true` as Python's json prints them); what is sealed stays so. */
export function toJson(value: Value): unknown {
  if (value instanceof Verbatim) return value.text;
  if (value instanceof Sealed) return { [SEALED_KEY]: value.text };
  if (value instanceof Float) return value.value;
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(toJson);
  if (!isDict(value)) return value;
  // A null prototype, so that a key named __proto__ is an ordinary one.
  const object: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [key, item] of value) object[String(key)] = toJson(item);
  return object;
}

/** The value of parsed JSON: objects become dicts; numbers with a fraction become {@link Float}. */
export function fromJson(data: unknown): Value {
  if (data === null || data === undefined) return null;
  if (Array.isArray(data)) return data.map(fromJson);
  if (typeof data === 'object') return new Map(Object.entries(data).map(([key, item]) => [key, fromJson(item)]));
  if (typeof data === 'number') return Number.isInteger(data) ? data : new Float(data);
  if (typeof data === 'string' || typeof data === 'boolean' || typeof data === 'bigint') return data;
  throw new TypeError(`A ${typeof data} is not data`);
}
