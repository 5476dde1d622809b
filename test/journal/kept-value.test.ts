// Values that go through a journal and come back.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { dict, Float, type Value } from '#src/base/value';
import { keepValue, readValue } from '#src/journal/kept-value';

const plain = (text: string): string => text;
const hideHunter = (text: string): string => text.replaceAll('hunter2', '********');
const roundTrip = (value: Value): Value => readValue(JSON.parse(JSON.stringify(keepValue(value, plain).data)));

const { value: anyValue } = fc.letrec<{ value: Value; key: string | number | bigint | boolean | null }>((tie) => ({
  key: fc.oneof(
    fc.string(),
    fc.constantFrom('$float', '$dict', '__proto__', '10', ''),
    fc.integer().filter((n) => !Object.is(n, -0)),
    fc.boolean(),
    fc.constant(null),
  ),
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'binary' }),
    fc.integer().filter((n) => !Object.is(n, -0)),
    fc.bigInt({ min: 2n ** 60n }),
    fc.double().map((number) => new Float(number)),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.array(fc.tuple(tie('key'), tie('value')), { maxLength: 5 }).map((entries) => new Map(entries) as Value),
  ),
}));

describe('a value in a journal', () => {
  it('comes back as the same value, whatever it is', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        assert.deepEqual(roundTrip(value), value);
        assert.equal(keepValue(value, plain).lost, false);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps 7.0 apart from 7, and keys in their order', () => {
    const value: Value = new Map<string, Value>([
      ['10', 1],
      ['9', new Float(7)],
      ['b', 2],
    ]);

    assert.deepEqual(
      [...(roundTrip(value) as Map<string, Value>)],
      [
        ['10', 1],
        ['9', new Float(7)],
        ['b', 2],
      ],
    );
  });

  it('has no secret in texts, keys or numbers, and says that it lost them', () => {
    const pin = (text: string): string => hideHunter(text).replaceAll('4711', '****');

    const kept = keepValue(dict({ 'is hunter2': 'so hunter2', pin: 4711, more: [new Float(4711.5)] }), pin);

    assert.doesNotMatch(JSON.stringify(kept.data), /hunter2|4711/);
    assert.equal(kept.lost, true);
    assert.equal(keepValue(dict({ a: 'nothing' }), pin).lost, false);
  });

  it('is bounded, and says what is missing', () => {
    const one = keepValue('x'.repeat(100_000), plain);
    const many = keepValue(
      Array.from({ length: 1_000 }, () => 'y'.repeat(10_000)),
      plain,
    );
    const endless = keepValue(
      Array.from({ length: 1_000_000 }, () => null),
      plain,
    );

    assert.match(one.data as string, /^x{65536}… \(34464 characters more are not kept\)$/);
    assert.ok(JSON.stringify(many.data).length < 400_000);
    assert.ok((endless.data as unknown[]).length < 300_000);
    assert.deepEqual([one.lost, many.lost, endless.lost], [true, true, true]);
  });
});
