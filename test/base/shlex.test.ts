// Words as a shell splits them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { shellJoin } from '#src/base/quote';
import { splitFirstWord, splitWords } from '#src/base/shlex';

describe('splitting words', () => {
  const CASES: readonly [line: string, words: string[]][] = [
    ['', []],
    ['  a  b\tc\n', ['a', 'b', 'c']],
    [`a='x y' "b c"d`, ['a=x y', 'b cd']],
    [`'' ""`, ['', '']],
    [String.raw`a\ b "\"\n" '\'`, ['a b', String.raw`"\n`, '\\']],
  ];
  for (const [line, words] of CASES) {
    it(`reads ${JSON.stringify(line)}`, () => {
      assert.deepEqual(splitWords(line), words);
    });
  }

  it('gives back what was quoted', () => {
    const word = fc.string().filter((text) => !text.includes('\0'));

    fc.assert(fc.property(fc.array(word), (words) => assert.deepEqual(splitWords(shellJoin(words)), words)));
  });

  it('takes the first word off, and leaves the rest as it is written', () => {
    assert.deepEqual(splitFirstWord(` 'a b'.sh "$HOME"  'c`), ['a b.sh', ` "$HOME"  'c`]);
    assert.deepEqual(splitFirstWord('one'), ['one', '']);
    assert.deepEqual(splitFirstWord(' '), ['', '']);
  });
});
