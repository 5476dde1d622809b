// What find chooses from a listing, and how names, ages and sizes are read.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { holds, readAge, readListing, readSize } from '#src/modules/files/find-entries';
import { matchesGlob } from '#src/modules/regex/glob';

describe('what find reads', () => {
  it('ages and sizes have units, and a minus means at most', () => {
    assert.deepEqual(['30', '2m', '-1W', '4 d', 'x', ''].map(readAge), [30, 120, -604_800, undefined, undefined, undefined]);
    assert.deepEqual(['100', '1k', '-2G', '3b', '1w'].map(readSize), [100, 1024, -2_147_483_648, 3, undefined]);
  });

  it('a listing may hold any name', () => {
    const name = fc
      .array(fc.constantFrom('a', ' ', '\n', '//x 1', "'", '$', 'é', '.'), { minLength: 1, maxLength: 6 })
      .map((parts) => parts.join(''));

    fc.assert(
      fc.property(fc.array(name, { maxLength: 4 }), (names) => {
        const text = names.map((one) => `/d/x${one}//tok 81a4 0 0 5 1 7 2 1.5 2.5 3.5 root UNKNOWN\n`).join('');

        const entries = readListing(text, 'tok');

        assert.equal(entries.length, names.length);
        for (const { values, size, times } of entries)
          assert.deepEqual([values.isreg, values.gr_name, size, times.mtime], [true, '', 5, 2.5]);
      }),
    );
  });

  it('text is read as Python reads it: line by line, and never what is no UTF-8', () => {
    assert.deepEqual(
      [holds('a\r\nbc\n', 'b', false), holds('abc', 'b', false), holds('abc', 'b', true), holds('b\udcff', 'b', true)],
      [true, false, true, false],
    );
  });

  it('globs match whole names', () => {
    const table: readonly (readonly [string, string, boolean])[] = [
      ['a.log', '*.log', true],
      ['a.log.1', '*.log', false],
      ['b', '[!a]', true],
      [']', '[]]', true],
      ['a+b', 'a+b', true],
      ['a\nb', 'a?b', true],
    ];

    for (const [name, glob, expected] of table) assert.equal(matchesGlob(name, glob), expected, glob);
  });
});
