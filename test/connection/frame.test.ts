// How scripts are framed, and their outputs told apart wherever the network cuts them.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FrameSplitter, frameReadingScript, frameScript, READY } from '#src/connection/frame';
import { findProgram } from '../support/real.ts';

const MARK = 'sshoal-0123456789abcdef';

/** What comes out of a splitter when `bytes` arrive cut at `cuts`. */
function split(bytes: Buffer, cuts: readonly number[]): { outputs: string[]; words: string[] } {
  const splitter = new FrameSplitter(MARK);
  const outputs: Buffer[][] = [[]];
  const words: string[] = [];
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  let from = 0;
  for (const to of [...places, bytes.length]) {
    for (const part of splitter.push(bytes.subarray(from, to))) {
      if (part.kind === 'bytes') outputs.at(-1)?.push(Buffer.from(part.bytes));
      else {
        words.push(part.word);
        outputs.push([]);
      }
    }
    from = to;
  }
  outputs.at(-1)?.push(Buffer.from(splitter.flush()));
  return { outputs: outputs.map((parts) => Buffer.concat(parts).toString('latin1')), words };
}

describe('FrameSplitter', () => {
  it('gives back any output and code, however the stream is cut', () => {
    const output = fc.oneof(
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
      // Pieces that look like the beginning of a mark are the hard ones.
      fc.array(fc.constantFrom('\x1e', MARK, `\x1e${MARK}`, MARK.slice(0, 7), '\n', 'x'), { maxLength: 8 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(output, fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat(400), { maxLength: 12 }),
        (frames, cuts) => {
          const stream = frames.map(([text, code]) => `${text}\x1e${MARK} ${code}\n`).join('');

          const { outputs, words } = split(Buffer.from(stream, 'latin1'), cuts);

          assert.deepEqual(outputs, [...frames.map(([text]) => text), '']);
          assert.deepEqual(
            words,
            frames.map(([, code]) => String(code)),
          );
        },
      ),
    );
  });

  it('passes on at once what cannot be the beginning of a mark', () => {
    const splitter = new FrameSplitter(MARK);

    const parts = splitter.push(Buffer.from('progress 10%\nprogress 20%\n'));

    assert.deepEqual(
      parts.map((part) => (part.kind === 'bytes' ? Buffer.from(part.bytes).toString() : part.word)),
      ['progress 10%\nprogress 20%\n'],
    );
  });
});

const SHELLS = [['dash'], ['bash', '--posix'], ['busybox', 'ash'], ['ksh'], ['zsh', '--emulate', 'sh']];

describe('a script that reads the stdin of its shell', () => {
  for (const [program = '', ...flags] of SHELLS.filter(([name = '']) => findProgram(name) !== undefined)) {
    it(`gets what comes once it is ready, and what it leaves is not run, by ${program}`, async () => {
      const child = spawn(program, [...flags, '-s'], { stdio: ['pipe', 'pipe', 'ignore'] });
      let said = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (text.includes(READY)) child.stdin.end('first\necho taken for a command\n');
      });
      const closed = once(child, 'close');

      child.stdin.write(`${frameScript('echo before', MARK)}${frameReadingScript('read -r line; echo "got $line"; exit 7', MARK)}`);

      assert.deepEqual(await closed, [7, null]);
      assert.equal(said, `before\n\x1e${MARK} 0\n\x1e${MARK} ${READY}\ngot first\n\x1e${MARK} 7\n`);
    });
  }
});
