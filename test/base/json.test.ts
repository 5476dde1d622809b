// JSON whose numbers keep their kind.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseJson } from '#src/base/json';
import { Float, fromJson } from '#src/base/value';

describe('parseJson', () => {
  it('tells floats from whole numbers of any size', () => {
    const found = parseJson('[1, 1.0, 1e3, -12345678901234567890, "1.0", {"a": [2.50]}]');

    assert.deepEqual(found, [1, new Float(1), new Float(1000), -12345678901234567890n, '1.0', new Map([['a', [new Float(2.5)]]])]);
  });

  it('reads texts as JSON.parse does', () => {
    const data = fc.jsonValue().filter((value) => !/\d\.\d|e[+-]\d|\d{16}|__proto__/.test(JSON.stringify(value)));

    fc.assert(
      fc.property(data, (value) => assert.deepEqual(parseJson(JSON.stringify(value)), fromJson(JSON.parse(JSON.stringify(value))))),
    );
  });

  it('throws a SyntaxError on anything else', () => {
    for (const text of ['', '{', '1.', 'NaN', "{'a': 1}"]) assert.throws(() => parseJson(text), SyntaxError, text);
  });
});
