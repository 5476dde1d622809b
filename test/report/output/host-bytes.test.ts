// Streams of bytes cut into lines, and bytes as text.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeExactly } from '#src/base/exact-bytes';
import { decodeForPeople, LineGatherer } from '#src/report/output/host-bytes';

const keep = (text: string): string => text;

describe('gathering lines', () => {
  it('passes whole lines on, and the rest at the end', () => {
    const gatherer = new LineGatherer();

    const pieces = ['a', 'b\nc', '\n\nd'].map((chunk) => decodeForPeople(gatherer.push(Buffer.from(chunk))));
    const rest = decodeForPeople(gatherer.flush());

    assert.deepEqual([...pieces, rest], ['', 'ab\n', 'c\n\n', 'd']);
  });

  it('loses nothing and splits no character, however the chunks are cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.array(fc.nat(8), { minLength: 1 }), (text, sizes) => {
        const bytes = Buffer.from(text);
        const gatherer = new LineGatherer();
        const pieces: string[] = [];

        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const size = (sizes[turn % sizes.length] ?? 0) + 1;
          pieces.push(decodeForPeople(gatherer.push(bytes.subarray(at, at + size))));
          at += size;
        }
        pieces.push(decodeForPeople(gatherer.flush()));

        assert.equal(pieces.join(''), text);
      }),
    );
  });

  it('cuts an endless line where a character ends', () => {
    const gatherer = new LineGatherer();
    const bytes = Buffer.from('é'.repeat(40_000));

    const piece = gatherer.push(bytes.subarray(0, 70_001));
    const rest = gatherer.push(bytes.subarray(70_001));

    assert.equal(piece.length, 70_000);
    assert.equal(decodeForPeople(Buffer.concat([piece, rest, gatherer.flush()])), bytes.toString());
  });
});

describe('decoding for machines', () => {
  it('keeps text as text, byte order mark included', () => {
    assert.deepEqual(decodeExactly(Buffer.from('\ufeffé'), keep), { data: '\ufeffé', encoding: 'utf8' });
  });

  it('gives base64 of what is not UTF-8, with secrets masked in it', () => {
    const bytes = Buffer.from([0xff, ...Buffer.from('hunter2')]);

    const { data, encoding } = decodeExactly(bytes, (text) => text.replace('hunter2', '****'));

    assert.equal(encoding, 'base64');
    assert.deepEqual(Buffer.from(data, 'base64'), Buffer.from([0xff, ...Buffer.from('****')]));
  });
});
