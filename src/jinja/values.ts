// What expressions work with: data, things that are not there, and things that can be called. Python's truth, equality and order.
import { type Dict, Float, isDict, typeName, type Value } from '../base/value.ts';
import { TemplateError, UndefinedError } from './errors.ts';
import type { Place } from './place.ts';

/** Arguments of a call, as they were given. */
export interface CallArguments {
  readonly positional: readonly Any[];
  readonly keywords: ReadonlyMap<string, Any>;
}

/** A variable or attribute that is not there. Only `is defined`, `default` and their like may touch it. */
export class Undefined {
  /** As it was written: `db.hosts[0]`. */
  readonly path: string;
  readonly hint: string | undefined;
  /** What an inline if without else comes to: it prints as nothing, and is false. */
  readonly lenient: boolean;
  /** Where it was written. */
  readonly place: Place | undefined;

  constructor(path: string, hint?: string, options: { readonly lenient?: boolean; readonly place?: Place | undefined } = {}) {
    this.path = path;
    this.hint = hint;
    this.lenient = options.lenient ?? false;
    this.place = options.place;
  }

  /** Of a thing that is not there, nothing is there either. */
  child(step: string): Undefined {
    return new Undefined(`${this.path}${step}`, this.hint, { place: this.place });
  }

  fail(): never {
    throw new UndefinedError(this.path, this.hint ?? `\`${this.path}\` is undefined`, { place: this.place });
  }
}

/** Something that is no data: a macro, a loop, a namespace, a function. Its attributes are its own, never JavaScript's. */
export abstract class JinjaObject {
  abstract readonly typeName: string;

  attribute(_name: string): Any | undefined {
    return undefined;
  }

  call(_args: CallArguments): Any {
    throw new TemplateError(`'${this.typeName}' object is not callable`);
  }

  iterate(): Iterable<Any> {
    throw new TemplateError(`'${this.typeName}' object is not iterable`);
  }

  text(): string {
    return `<${this.typeName}>`;
  }

  /** What it is as data. @throws TemplateError when it is none. */
  asData(): Value {
    throw new TemplateError(`A ${this.typeName} is not data`);
  }

  /** `this operator other`, or `other operator this` when reflected; undefined where there is no such thing. */
  operate(_operator: string, _other: Any, _reflected: boolean): Any | undefined {
    return undefined;
  }

  /** Negative, zero or positive; undefined where there is no order between the two. */
  order(_other: Any): number | undefined {
    return undefined;
  }
}

/** Anything an expression can come to. */
export type Any = Value | Undefined | JinjaObject;

/** A function for templates. */
export class NativeFunction extends JinjaObject {
  readonly typeName = 'function';
  readonly #call: (args: CallArguments) => Any;

  constructor(call: (args: CallArguments) => Any) {
    super();
    this.#call = call;
  }

  override call(args: CallArguments): Any {
    return this.#call(args);
  }
}

/** Python's tuple differs from a list in printing only. */
const tuples = new WeakSet<Value[]>();

export function tuple(items: Value[]): Value[] {
  tuples.add(items);
  return items;
}

/** What groupby gives: a tuple whose parts also go by the names `grouper` and `list`. */
const groups = new WeakSet<Value[]>();

export function group(key: Value, members: Value[]): Value[] {
  const pair = tuple([key, members]);
  groups.add(pair);
  return pair;
}

/** The place of a named part of a group, or undefined. */
export function groupPart(value: Value[], name: string): number | undefined {
  if (!groups.has(value)) return undefined;
  return name === 'grouper' ? 0 : name === 'list' ? 1 : undefined;
}

export function isTuple(value: unknown): boolean {
  return Array.isArray(value) && tuples.has(value);
}

/** The value as data. @throws UndefinedError, and TemplateError for what is no data. */
export function data(value: Any): Value {
  if (value instanceof Undefined) return value.lenient ? '' : value.fail();
  if (value instanceof JinjaObject) {
    return value.asData();
  }
  return value;
}

/** Something that can be walked through, and becomes a list where data is wanted: a range, the keys of a dict. */
export class IterableObject extends JinjaObject {
  readonly typeName: string;
  /** How many items it has. */
  readonly size: number;
  readonly #items: () => Iterable<Value>;

  constructor(name: string, size: number, items: () => Iterable<Value>) {
    super();
    this.typeName = name;
    this.size = size;
    this.#items = items;
  }

  override iterate(): Iterable<Value> {
    return this.#items();
  }

  override asData(): Value {
    return [...this.#items()];
  }
}

export function typeOf(value: Any): string {
  if (value instanceof Undefined) return 'AnsibleUndefined';
  return value instanceof JinjaObject ? value.typeName : isTuple(value) ? 'tuple' : typeName(value);
}

/** Python's truth: empty text, empty collections, zero, None and False are false. @throws UndefinedError. */
export function isTruthy(value: Any): boolean {
  if (value === null || value === false || value === '' || value === 0 || value === 0n) return false;
  if (value instanceof Undefined) return value.lenient ? false : value.fail();
  if (value instanceof Float) return value.value !== 0;
  if (Array.isArray(value)) return value.length > 0;
  if (isDict(value)) return value.size > 0;
  if (value instanceof IterableObject) return value.size > 0;
  return true;
}

/** The number behind an int, a float or a bool; undefined for anything else. */
export function numeric(value: Any): number | bigint | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  if (value instanceof Float) return value.value;
  return typeof value === 'boolean' ? Number(value) : undefined;
}

/** Python's `==`: 1 == 1.0 == True, containers by content. */
export function equals(a: Any, b: Any): boolean {
  if (a === b) return true;
  if (a instanceof Undefined || b instanceof Undefined) return (a instanceof Undefined ? a : (b as Undefined)).fail();
  const [x, y] = [numeric(a), numeric(b)];
  // biome-ignore lint/suspicious/noDoubleEquals: a bigint and a number are compared by value
  if (x !== undefined && y !== undefined) return x == y;
  if (a instanceof IterableObject || b instanceof IterableObject)
    return a instanceof IterableObject && b instanceof IterableObject && equals(data(a), data(b));
  if (a instanceof JinjaObject) return a.order(b) === 0;
  if (Array.isArray(a) && Array.isArray(b))
    return isTuple(a) === isTuple(b) && a.length === b.length && a.every((item, i) => equals(item, b[i] ?? null));
  if (isDict(a) && isDict(b)) {
    if (a.size !== b.size) return false;
    for (const [key, item] of a) if (!b.has(key) || !equals(item, b.get(key) ?? null)) return false;
    return true;
  }
  return false;
}

/** Python's order: negative, zero or positive. @throws TemplateError where Python has none, as between text and numbers. */
export function compare(a: Any, b: Any, operator: string): number {
  if (a instanceof Undefined || b instanceof Undefined) return (a instanceof Undefined ? a : (b as Undefined)).fail();
  const [x, y] = [numeric(a), numeric(b)];
  if (x !== undefined && y !== undefined) return x < y ? -1 : x > y ? 1 : x >= y ? 0 : Number.NaN;
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  const order = a instanceof JinjaObject ? a.order(b) : undefined;
  if (order !== undefined) return order;
  if (Array.isArray(a) && Array.isArray(b) && isTuple(a) === isTuple(b)) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      const [left, right] = [a[i] ?? null, b[i] ?? null];
      if (!equals(left, right)) return compare(left, right, operator);
    }
    return a.length - b.length;
  }
  throw new TemplateError(`'${operator}' not supported between instances of '${typeOf(a)}' and '${typeOf(b)}'`);
}

// Python orders by code point; JavaScript by UTF-16 unit, which differs beyond the first plane.
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const [left, right] = [[...a], [...b]];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** Python's `in`. @throws TemplateError where Python has none. */
export function contains(container: Any, item: Any): boolean {
  if (container instanceof Undefined) return container.fail();
  if (typeof container === 'string') {
    if (typeof item === 'string') return container.includes(item);
    if (item instanceof Undefined) return item.fail();
    throw new TemplateError(`'in <string>' requires string as left operand, not ${typeOf(item)}`);
  }
  // A tuple could be a key in Python, where no dict of ours has one.
  if (isDict(container)) return !(item instanceof Undefined) && !isTuple(item) && container.has(dictKey(item));
  for (const candidate of iterate(container, 'argument of type')) if (equals(candidate, item)) return true;
  return false;
}

/** Walks through a list, text (by character), the keys of a dict, or an iterable object. @throws TemplateError otherwise. */
export function iterate(value: Any, _use?: string): Iterable<Any> {
  if (Array.isArray(value)) return value;
  if (typeof value === 'string') return value;
  if (isDict(value)) return value.keys();
  if (value instanceof Undefined) return value.lenient ? [] : value.fail();
  if (value instanceof JinjaObject) return value.iterate();
  throw new TemplateError(`'${typeOf(value)}' object is not iterable`);
}

/** The items as a list of data. */
export function items(value: Any): Value[] {
  return Array.isArray(value) ? value : [...iterate(value)].map(data);
}

/** The number of items. @throws TemplateError for what has no length. */
export function lengthOf(value: Any): number {
  if (typeof value === 'string') return [...value].length;
  if (Array.isArray(value)) return value.length;
  if (isDict(value)) return value.size;
  if (value instanceof Undefined) return value.fail();
  if (value instanceof IterableObject) return value.size;
  throw new TemplateError(`object of type '${typeOf(value)}' has no len()`);
}

/** A value as the key of a dict: True and 1.0 are the key 1, as in Python. @throws TemplateError on a list or dict. */
export function dictKey(value: Any): string | number | bigint | boolean | null {
  if (value instanceof Float) return value.value;
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return value;
  if (value instanceof Undefined) return value.fail();
  throw new TemplateError(`unhashable type: '${typeOf(value)}'`);
}

export function asDict(value: Any, use: string): Dict {
  if (isDict(value)) return value;
  if (value instanceof Undefined) return value.fail();
  throw new TemplateError(`${use} needs a dict, and got a ${typeOf(value)}`);
}
