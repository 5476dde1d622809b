// Errors on their way to another isolate: with class, fields, stack and cause, which a structured clone loses. It does not know who failed.
import * as errors from '../errors.ts';

/** An error as data. */
export interface WireError {
  readonly cls: string;
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
  readonly errors?: readonly unknown[];
}

type ErrorClass = abstract new (...args: never[]) => Error;

const DEPTH = 8;
const STACK_CHARACTERS = 16_384;
const BUILT_IN: readonly ErrorClass[] = [Error, AggregateError, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError];
const OWN = Object.values(errors) as unknown as readonly ErrorClass[];
const classes = new Map<string, ErrorClass>([...BUILT_IN, ...OWN].map((cls) => [cls.name, cls]));

/** Lets errors of a class arrive as that class; it must be called in both isolates. The constructor does not run again. */
export function registerError(cls: ErrorClass): void {
  classes.set(cls.name, cls);
}

/** @param convert - Turns a field, cause or inner error into data. */
export function errorToWire(error: Error, convert: (value: unknown) => unknown, depth = 0): WireError {
  const { name, message, stack, cause } = error;
  const fields: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(error)) {
    if (key === 'name' || key === 'errors' || key === 'cause') continue;
    fields[key] = attempt(value, convert);
  }
  const wire = { cls: error.constructor.name, name, message, stack: (stack ?? '').slice(0, STACK_CHARACTERS), fields };
  const inner = (value: unknown): unknown => (depth < DEPTH ? attempt(value, convert) : String(value));
  return {
    ...wire,
    ...(cause === undefined ? {} : { cause: inner(cause) }),
    ...(error instanceof AggregateError ? { errors: error.errors.map(inner) } : {}),
  };
}

/** Rebuilds an error: of its class where that is known here, else an Error that keeps the name. */
export function errorFromWire(wire: WireError): Error {
  const cls = classes.get(wire.cls);
  const error = Object.create((cls ?? Error).prototype as object) as Error;
  hide(error, 'message', wire.message);
  hide(error, 'stack', wire.stack);
  if (error.name !== wire.name) hide(error, 'name', wire.name);
  Object.assign(error, wire.fields);
  if (wire.cause !== undefined) hide(error, 'cause', wire.cause);
  if (wire.errors !== undefined) hide(error, 'errors', wire.errors);
  return error;
}

/** Puts where an error happened at the end of its chain of causes. As CPython's RemoteTraceback. */
export function withRemoteTraceback(error: unknown, where: string): unknown {
  if (!(error instanceof Error)) return error;
  let last: Error = error;
  for (let i = 0; i < DEPTH && last.cause instanceof Error; i++) last = last.cause;
  if (last.cause === undefined) hide(last, 'cause', new errors.RemoteTraceback(error.stack ?? String(error), where));
  return error;
}

function hide(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { value, configurable: true, writable: true, enumerable: false });
}

// An error must arrive even when one of its fields cannot.
function attempt(value: unknown, convert: (value: unknown) => unknown): unknown {
  try {
    return convert(value);
  } catch (failure) {
    if (failure instanceof errors.NotSerializableError || failure instanceof errors.StateError) return String(value);
    throw failure;
  }
}
