// What hosts wrote, made safe to look at.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { diffPieces, piecesOf } from '#src/ui/page/output-text';

const PLAIN = { isBold: false };

describe('output', () => {
  it('keeps the colours of a terminal, as colours of the page', () => {
    const pieces = piecesOf('\u001b[1;32mup\u001b[0m 3 \u001b[91mdays\u001b[39m');

    assert.deepEqual(pieces, [
      { text: 'up', isBold: true, tone: 'green' },
      { text: ' 3 ', ...PLAIN },
      { text: 'days', tone: 'red', ...PLAIN },
    ]);
  });

  it('does not take the parts of a colour of many for colours', () => {
    assert.deepEqual(piecesOf('\u001b[38;5;31;1mx'), [{ text: 'x', isBold: true }]);
    assert.deepEqual(piecesOf('\u001b[48;2;31;32;33mx'), [{ text: 'x', ...PLAIN }]);
  });

  it('shows what would move a cursor, set a title or turn text around', () => {
    const text = piecesOf('a\u001b[2Jb\u001b]0;title\u0007c\u202ed')
      .map((piece) => piece.text)
      .join('');

    assert.equal(text, 'a\\x1b[2Jb\\x1b]0;title\\x07c\\u202ed');
  });

  it('never lets a control character through but tab and newline', () => {
    const hostile = fc
      .array(fc.constantFrom('\u001b', '[', ']', '3', '1', ';', 'm', '\u0007', '\u009b', '\r', '\n', '\t', '\u202e', '<'))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(hostile, (text) => {
        for (const piece of [...piecesOf(text), ...diffPieces(text)]) {
          // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
          assert.doesNotMatch(piece.text, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
        }
      }),
    );
  });

  it('of a difference has the colours of what came and went', () => {
    const tones = diffPieces('--- before\n+++ after\n@@ -1 +1 @@\n-a\n+b\n c').map(
      ({ tone, isBold }) => tone ?? (isBold ? 'bold' : 'plain'),
    );

    assert.deepEqual(tones, ['bold', 'bold', 'cyan', 'red', 'green', 'plain']);
  });
});
