// Folding of host names.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { foldNames } from '#src/base/node-set';

describe('foldNames', () => {
  const cases: readonly [string, readonly string[], string][] = [
    ['a single name stays as it is', ['db'], 'db'],
    ['neighbours become a range', ['web1', 'web2', 'web3', 'web7'], 'web[1-3,7]'],
    ['padding is kept', ['web08', 'web09', 'web10', 'web12'], 'web[08-10,12]'],
    ['order of arrival does not matter', ['web10', 'web09', 'web08'], 'web[08-10]'],
    ['different padding stays apart', ['n1', 'n01'], 'n1,n01'],
    ['text behind the number is kept', ['a1.lan', 'a2.lan', 'b1.lan'], 'a[1-2].lan,b1.lan'],
    ['the last number varies', ['r1c1', 'r1c2', 'r2c1'], 'r1c[1-2],r2c1'],
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
    const name = fc.tuple(fc.constantFrom('web', 'db-', 'r1c'), fc.nat(120), fc.constantFrom(0, 2, 3), fc.constantFrom('', '.lan'));
    fc.assert(
      fc.property(fc.array(name, { maxLength: 30 }), (parts) => {
        const names = new Set(parts.map(([prefix, n, width, suffix]) => `${prefix}${String(n).padStart(width, '0')}${suffix}`));

        const folded = foldNames(names);

        assert.deepEqual(new Set(expand(folded)), names);
      }),
    );
  });
});

// The inverse, written the plain way.
function expand(folded: string): string[] {
  if (folded === '') return [];
  return folded.split(/,(?![^[]*\])/).flatMap((set) => {
    const match = /^(.*)\[(.*)\](.*)$/.exec(set);
    if (match === null) return [set];
    const [, prefix = '', ranges = '', suffix = ''] = match;
    return ranges.split(',').flatMap((range) => {
      const [from = '', to = from] = range.split('-');
      const count = Number(to) - Number(from) + 1;
      const width = from.startsWith('0') || from.length === to.length ? from.length : 0;
      return Array.from({ length: count }, (_, i) => `${prefix}${String(Number(from) + i).padStart(width, '0')}${suffix}`);
    });
  });
}
