// Values on their way to another isolate arrive as they were; what cannot travel is refused, with its place.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { StateError } from '#src/runtime/errors';
import { Lock } from '#src/runtime/process/primitives';
import { decode, encode } from '#src/runtime/wire/codec';
import { fromWire, toWire } from '#src/runtime/wire/convert';
import { FunctionRef, ref, resolveRef, task } from '#src/runtime/wire/function-ref';
import { OwnError } from './targets.ts';

const there = (value: unknown): unknown => fromWire(decode(encode(toWire(value))));

describe('a value', () => {
  it('arrives as it was, whatever it is made of', () => {
    const anything = fc.anything({
      withDate: false,
      withMap: true,
      withSet: true,
      withBigInt: true,
      withTypedArray: true,
      withSparseArray: false,
      withNullPrototype: false,
      withBoxedValues: false,
      key: fc.string().filter((key) => key !== '__proto__'),
    });

    fc.assert(
      fc.property(anything, (value) => assert.deepStrictEqual(there(value), value)),
      { numRuns: 500 },
    );
  });

  it('keeps what JSON would lose', () => {
    const value = [
      undefined,
      Number.NaN,
      -0,
      Number.POSITIVE_INFINITY,
      { a: undefined },
      new Date(0),
      Object.assign([1], { 2: 3 }),
      { toJSON: 1 },
      { $sshoal: 'error' },
      Buffer.from([0, 255]),
      new Map([[{ toString: undefined }, [{ $sshoal: 1 }]]]),
    ];

    assert.deepStrictEqual(there(value), value);
  });

  it('keeps its circles', () => {
    const value: Record<string, unknown> = { name: 'loop' };
    value.self = [value];

    const copy = there(value) as { self: unknown[] };

    assert.equal(copy.self[0], copy);
  });

  it('is refused with its place when it cannot travel', () => {
    const cases: [unknown, RegExp][] = [
      [{ a: [1, { b: Symbol('x') }] }, /symbol cannot travel/],
      [Promise.resolve(1), /Promise cannot travel/],
      [{ f: () => 1 }, /functions travel by name/],
      [new WeakMap(), /WeakMap cannot travel/],
    ];

    for (const [value, message] of cases) assert.throws(() => toWire(value), message);
    assert.throws(() => toWire({ a: [1, { b: Symbol('x') }] }), { where: 'the value.a[1].b' });
    assert.throws(() => toWire({ lock: new Lock() }), StateError);
  });
});

describe('bytes that are no data', () => {
  it('are refused, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          decode(Buffer.from(bytes));
        } catch (error) {
          assert.match((error as Error).message, /These bytes are no data/);
        }
      }),
    );
  });
});

describe('an error', () => {
  it('arrives with class, fields, stack, cause and inner errors', () => {
    const error = Object.assign(new OwnError('no', { at: new Date(5) }), {
      cause: new RangeError('why', { cause: new TypeError('deep') }),
    });

    const copy = there(error) as OwnError;
    const many = there(new AggregateError([new TypeError('one'), 'two'], 'many')) as AggregateError;

    assert.ok(copy instanceof OwnError && copy.cause instanceof RangeError && copy.cause.cause instanceof TypeError);
    assert.deepEqual([copy.message, copy.detail, copy.stack, copy.name], ['no', { at: new Date(5) }, error.stack, error.name]);
    assert.ok(many.errors[0] instanceof TypeError);
    assert.deepEqual([many.message, many.errors[1]], ['many', 'two']);
  });

  it('of a class nobody knows here is an Error that keeps its name, and what cannot travel in it is told as text', () => {
    class Strange extends Error {
      override readonly name = 'Strange';
      readonly secret = Symbol('x');
    }

    const copy = there(new Strange('odd')) as Error & { secret: unknown };

    assert.deepEqual([copy.name, copy.message, copy.secret], ['Strange', 'odd', 'Symbol(x)']);
    assert.ok(copy instanceof Error && !(copy instanceof Strange));
  });
});

describe('a function', () => {
  it('travels by module and name, and is found there', async () => {
    const work = task(import.meta, function square() {});
    const url = new URL('targets.js', import.meta.url).href;

    const copy = there([work, ref(url, 'square')]) as FunctionRef[];
    const found = (await resolveRef(copy[1] as FunctionRef)) as (n: number) => number;

    assert.deepEqual(copy[0], new FunctionRef(import.meta.url, 'square'));
    assert.equal(found(3), 9);
    await assert.rejects(resolveRef(ref(url, 'nothing')), /has no export 'nothing'/);
    await assert.rejects(resolveRef(ref('file:///no/such/module.js', 'x')), /cannot be loaded/);
    assert.throws(() => task(import.meta, () => 1), /functions travel by name/);
  });
});
