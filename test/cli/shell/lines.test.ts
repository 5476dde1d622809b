// Lines that come from a pipe, and lines that go on.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Entry, nextWhole } from '#src/cli/shell/lines';
import { PipedLines } from '#src/cli/shell/piped-lines';

const never = new AbortController().signal;

async function wholeLines(text: string): Promise<string[]> {
  const lines = new PipedLines(Readable.from([text]), never);
  const found: string[] = [];
  for (let entry: Entry = await nextWhole(lines, ''); entry.kind === 'line'; entry = await nextWhole(lines, '')) found.push(entry.text);
  lines.close();
  return found;
}

describe('the lines of a shell', () => {
  it('go on after a backslash at the end, as in sh', async () => {
    assert.deepEqual(await wholeLines('echo a \\\n  b\\\n c\nid\n'), ['echo a   b c', 'id']);
  });

  it('end after an even number of backslashes', async () => {
    assert.deepEqual(await wholeLines('echo \\\\\nid\n'), ['echo \\\\', 'id']);
  });

  it('are given even if the pipe ends in the middle of one', async () => {
    assert.deepEqual(await wholeLines('id\necho a\\\n'), ['id', 'echo a']);
    assert.deepEqual(await wholeLines('no newline'), ['no newline']);
    assert.deepEqual(await wholeLines(''), []);
  });

  it('are what was written, whatever it is, as long as nothing goes on', async () => {
    const line = fc.string().filter((text) => !/[\r\n\u2028\u2029]/.test(text) && !text.endsWith('\\'));
    await fc.assert(
      fc.asyncProperty(fc.array(line), async (lines) => {
        assert.deepEqual(await wholeLines(lines.map((one) => `${one}\n`).join('')), lines);
      }),
      { numRuns: 50 },
    );
  });

  it('are over when the program is', async () => {
    const stop = new AbortController();
    const lines = new PipedLines(new Readable({ read() {} }), stop.signal);

    const next = lines.next();
    stop.abort();

    assert.deepEqual(await next, { kind: 'end' });
  });
});
