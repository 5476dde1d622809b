// Lines of chunks, wherever the chunks are cut.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { jsonObjectOf, LineSplitter } from '#src/journal/line-splitter';

it('lines are the same however they are cut into chunks, each with where the next one begins', () => {
  const text = fc.array(fc.stringMatching(/^[a-zé€]{0,6}$/), { maxLength: 8 }).map((lines) => Buffer.from(lines.join('\n')));
  const cuts = fc.array(fc.nat(40), { maxLength: 6 });

  fc.assert(
    fc.property(text, cuts, (bytes, places) => {
      const splitter = new LineSplitter('some.jsonl');
      const ends = [...new Set([...places.filter((place) => place < bytes.length), bytes.length])].sort((a, b) => a - b);
      const found = ends.flatMap((end, index) => [...splitter.push(bytes.subarray(ends[index - 1] ?? 0, end))]);

      const lines = bytes.toString().split('\n');
      const rest = lines.pop() ?? '';
      assert.deepEqual(
        found.map((line) => line.bytes.toString()),
        lines,
      );
      assert.equal(splitter.isWithin, rest !== '');
      for (const [index, { end }] of found.entries())
        assert.equal(bytes.subarray(end).toString(), [...lines.slice(index + 1), rest].join('\n'));
    }),
  );
});

it('a line that never ends is refused before it fills the memory', () => {
  const splitter = new LineSplitter('some.jsonl');
  const chunk = Buffer.alloc(33 * 1024 * 1024, 'x');

  assert.deepEqual([...splitter.push(chunk)], []);
  assert.throws(() => [...splitter.push(chunk)], { code: 'JOURNAL_DAMAGED', where: 'some.jsonl' });
});

it('what is no object is no line of a journal', () => {
  assert.deepEqual(jsonObjectOf(Buffer.from('{"a":1}')), { a: 1 });
  for (const text of ['', '1', 'null', '{"a"', '\0\0']) assert.equal(jsonObjectOf(Buffer.from(text)), undefined, text);
});
