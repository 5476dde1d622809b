// Words of shells in the midst of writing.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bashWords, plainWords, unquoted } from '#src/cli/completion/shell-words';

describe('words of a shell', () => {
  it('lose their quotes, those that are still open too', () => {
    const cases: readonly (readonly [string, string])[] = [
      ['web', 'web'],
      ["'web:!d", 'web:!d'],
      ["'a b'c", 'a bc'],
      ['"a \\" b', 'a " b'],
      ['a\\ b', 'a b'],
      ["it\\'s", "it's"],
      ['"', ''],
      ['a\\', 'a'],
    ];

    for (const [given, expected] of cases) assert.equal(unquoted(given), expected, given);
  });

  it('are put together again where bash cut them', () => {
    const cases: readonly (readonly [pieces: string[], words: string[], dropped: number])[] = [
      [['run', 'web', ':', 'd'], ['run', 'web:d'], 4],
      [['run', 'web', ':'], ['run', 'web:'], 4],
      [['run', "'web:!d"], ['run', 'web:!d'], 0],
      [['run', '--output', '=', 'j'], ['run', '--output=j'], 9],
      [['run', '--output', '='], ['run', '--output='], 9],
      [['run', 'a', ':', 'b', ':', ''], ['run', 'a:b:'], 4],
      [['run', ''], ['run', ''], 0],
      [[], [], 0],
    ];

    for (const [pieces, words, dropped] of cases) assert.deepEqual(bashWords(pieces), { words, dropped }, pieces.join(' '));
  });

  it('are never more than they were, and keep plain text', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (pieces) => {
        const { words, dropped } = bashWords(pieces);
        assert.ok(words.length <= pieces.length && dropped >= 0);
        assert.equal(plainWords(pieces).words.length, pieces.length);
      }),
    );
    fc.assert(fc.property(fc.stringMatching(/^[a-z0-9 :!]*$/), (text) => assert.equal(unquoted(`'${text}'`), text)));
  });
});
