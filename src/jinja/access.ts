// What `a.b`, `a['b']`, `a[1:2]` and `a.b(...)` reach. Only data, Python's methods and objects of this engine: never a JavaScript property.
import { Float, isDict, type Value } from '../base/value.ts';
import { bind } from './call-arguments.ts';
import { TemplateError } from './errors.ts';
import { dictMethods, listMethods, numberMethods } from './methods/collections.ts';
import type { MethodTable } from './methods/table.ts';
import { textMethods } from './methods/text.ts';
import type { Place } from './place.ts';
import { repr, str } from './printing.ts';
import {
  type Any,
  data,
  dictKey,
  groupPart,
  IterableObject,
  isTuple,
  JinjaObject,
  NativeFunction,
  numeric,
  tuple,
  typeOf,
  Undefined,
} from './values.ts';

/** How a thing was named where it was looked for, for an error about its absence. */
export interface Reference {
  readonly path: () => string;
  readonly place?: Place | undefined;
}

/** `object.name`: a method of its type first, then an item, as Jinja2 does. Nothing there is an {@link Undefined}. */
export function attribute(object: Any, name: string, reference: Reference): Any {
  if (isDict(object)) {
    // Data is asked first when no method is named so: that is nearly always.
    if (!Object.hasOwn(dictMethods, name)) return object.get(name) ?? (object.has(name) ? null : missing(object, name, reference));
    return method(dictMethods, object, name) ?? null;
  }
  if (object instanceof Undefined) return object.child(`.${name}`);
  if (object instanceof JinjaObject) return object.attribute(name) ?? missing(object, name, reference);
  const part = Array.isArray(object) ? groupPart(object, name) : undefined;
  if (part !== undefined && Array.isArray(object)) return object[part] ?? null;
  // A tuple cannot be changed.
  if (isTuple(object) && name !== 'count' && name !== 'index') return missing(object, name, reference);
  const bound =
    typeof object === 'string'
      ? method(textMethods, object, name)
      : Array.isArray(object)
        ? method(listMethods, object, name)
        : numberMethod(object, name);
  return bound ?? missing(object, name, reference);
}

/** `object[key]`: an item first, then a method. */
export function item(object: Any, key: Any, reference: Reference): Any {
  if (object instanceof Undefined) return object.child(`[${key instanceof Undefined ? key.path : repr(key)}]`);
  if (key instanceof Undefined) return key.fail();
  if (isDict(object)) {
    const found = object.get(dictKey(key));
    if (found !== undefined) return found;
    return object.has(dictKey(key))
      ? null
      : typeof key === 'string'
        ? attributeMethod(object, key, reference)
        : missing(object, repr(key), reference);
  }
  if (Array.isArray(object) || typeof object === 'string') {
    const index = numeric(key);
    if (index !== undefined && !(key instanceof Float)) {
      const list = typeof object === 'string' ? [...object] : object;
      const at = Number(index) < 0 ? list.length + Number(index) : Number(index);
      return list[at] ?? (at in list ? null : missing(object, repr(key), reference));
    }
  }
  if (object instanceof IterableObject && object.typeName === 'range' && typeof key === 'number')
    return item([...object.iterate()].map(data), key, reference);
  return typeof key === 'string' ? attribute(object, key, reference) : missing(object, repr(key), reference);
}

function attributeMethod(object: Any, name: string, reference: Reference): Any {
  return isDict(object) && Object.hasOwn(dictMethods, name)
    ? (method(dictMethods, object, name) ?? null)
    : missing(object, name, reference);
}

/** `object[start:stop:step]`, with Python's rules for what is left out or negative. */
export function slice(
  object: Any,
  [start, stop, step]: readonly [Any | undefined, Any | undefined, Any | undefined],
  reference: Reference,
): Any {
  if (object instanceof Undefined) return object.child('[:]');
  const source = object instanceof IterableObject ? [...object.iterate()].map(data) : object;
  if (typeof source !== 'string' && !Array.isArray(source)) return missing(source, 'slices', reference);
  const list: readonly Value[] = typeof source === 'string' ? [...source] : source;
  const by = bound(step) ?? 1;
  if (by === 0) throw new TemplateError('slice step cannot be zero');
  const clamp = (value: number | undefined, otherwise: number, least: number, most: number): number =>
    value === undefined ? otherwise : Math.min(Math.max(value < 0 ? value + list.length : value, least), most);
  const picked: Value[] = [];
  if (by > 0) {
    const end = clamp(bound(stop), list.length, 0, list.length);
    for (let i = clamp(bound(start), 0, 0, list.length); i < end; i += by) picked.push(list[i] ?? null);
  } else {
    const end = clamp(bound(stop), -1, -1, list.length - 1);
    for (let i = clamp(bound(start), list.length - 1, -1, list.length - 1); i > end; i += by) picked.push(list[i] ?? null);
  }
  if (typeof source === 'string') return picked.map(str).join('');
  return isTuple(source) ? tuple(picked) : picked;
}

function bound(value: Any | undefined): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (value instanceof Undefined) return value.fail();
  if (typeof value === 'number') return value;
  throw new TemplateError('slice indices must be integers or None');
}

function method<Self>(table: MethodTable<Self>, self: Self, name: string): NativeFunction | undefined {
  const entry = Object.hasOwn(table, name) ? table[name] : undefined;
  return entry && new NativeFunction((args) => entry[1](self, bind(name, entry[0], args), args));
}

function numberMethod(object: Any, name: string): NativeFunction | undefined {
  return typeof object === 'number' || typeof object === 'bigint' || object instanceof Float
    ? method(numberMethods, object, name)
    : undefined;
}

function missing(object: Any, name: string, reference: Reference): Undefined {
  const full = reference.path();
  return new Undefined(full, `\`${full}\` is undefined: a ${typeOf(object)} has no ${name}`, { place: reference.place });
}
