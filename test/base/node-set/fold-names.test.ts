// Folding of host names.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { foldNames } from '#src/base/node-set/fold-names';
import { parseNodeSet } from '#src/base/node-set/read';

describe('foldNames', () => {
  const cases: readonly [string, readonly string[], string][] = [
    ['a single name stays as it is', ['db'], 'db'],
    ['neighbours become a range', ['web1', 'web2', 'web3', 'web7'], 'web[1-3,7]'],
    ['padding is kept', ['web08', 'web09', 'web10', 'web12'], 'web[08-10,12]'],
    ['order of arrival does not matter', ['web10', 'web09', 'web08'], 'web[08-10]'],
    ['different padding stays apart', ['n1', 'n01', 'n2'], 'n[1-2,01]'],
    ['text behind the number is kept', ['a1.lan', 'a2.lan', 'b1.lan'], 'a[1-2].lan,b1.lan'],
    ['every number may vary', ['r1c1', 'r1c2', 'r2c1', 'r2c2', 'r3c1'], 'r[1-2]c[1-2],r3c1'],
    ['patterns come in order', ['web1', 'db1', 'web2'], 'db1,web[1-2]'],
    ['duplicates count once', ['x1', 'x1'], 'x1'],
    ['addresses fold too', ['10.0.0.1', '10.0.0.2'], '10.0.0.[1-2]'],
    ['nothing is nothing', [], ''],
    [
      'numbers too large to be exact stay text',
      ['n12345678901234567890', 'n12345678901234567891'],
      'n12345678901234567890,n12345678901234567891',
    ],
  ];
  for (const [name, names, folded] of cases) it(name, () => assert.equal(foldNames(names), folded));

  it('can always be expanded to the same names', () => {
    const number = fc.tuple(fc.nat(120), fc.constantFrom(0, 2, 3)).map(([n, width]) => String(n).padStart(width, '0'));
    const name = fc
      .tuple(fc.constantFrom('web', 'db-', 'r1c', '%s'), number, fc.constantFrom('', '.lan', '-ib1'))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(name, { maxLength: 30 }), (names) => {
        const folded = foldNames(names);

        assert.deepEqual(new Set(parseNodeSet(folded)), new Set(names));
      }),
    );
  });
});
