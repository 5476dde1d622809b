// Scripts that travel as text, run by the shells of real hosts.
import assert from 'node:assert/strict';
import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { type CarriedScript, carriedScript } from '#src/cli/carried-script';
import { findProgram } from '../support/real.ts';

const SHELLS = [['dash'], ['bash'], ['busybox', 'ash'], ['ksh'], ['zsh', '--emulate', 'sh']].filter(
  ([program = '']) => findProgram(program) !== undefined,
);

describe('a carried script', () => {
  let directory: string;
  before(() => {
    directory = mkdtempSync(path.join(os.tmpdir(), 'sshoal-carried-'));
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  const textOf = (script: Partial<Omit<CarriedScript, 'bytes'>> & { readonly bytes: string | Uint8Array }): string =>
    carriedScript({ name: 'script', args: [], ...script, bytes: Buffer.from(script.bytes as string) }, 'n0nce');
  // The framed shells of hosts run every script in a subshell, with eval.
  const run = (text: string, [program = 'sh', ...flags]: readonly string[] = ['sh'], input = ''): SpawnSyncReturns<Buffer> =>
    spawnSync(program, [...flags, '-c', '(eval "$1")', 'sh', text], { input, env: { ...process.env, TMPDIR: directory } });

  for (const shell of SHELLS) {
    it(`arrives byte for byte, with its arguments, and leaves nothing, in ${shell.join(' ')}`, () => {
      const anything = fc.oneof(
        fc.uint8Array({ maxLength: 300 }),
        fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
      );
      fc.assert(
        fc.property(anything, (bytes) => {
          // cat is the interpreter, and shows the file that it was given.
          const whole = Buffer.concat([Buffer.from('#!/bin/cat\n'), bytes]);

          const { stdout, stderr } = run(textOf({ bytes: whole }), shell);

          assert.ok(stdout.equals(whole), `${stdout.toString('latin1')} ${stderr.toString()}`);
        }),
        { numRuns: 4 },
      );
      fc.assert(
        fc.property(
          fc.array(
            fc.string({ unit: 'grapheme' }).map((word) => word.replaceAll('\0', '')),
            { maxLength: 4 },
          ),
          (args) => {
            const { stdout } = run(textOf({ bytes: 'printf "<%s>" "$@"', args }), shell);

            assert.equal(stdout.toString(), args.length === 0 ? '<>' : args.map((word) => `<${word}>`).join(''));
          },
        ),
        { numRuns: 4 },
      );
      assert.deepEqual(readdirSync(directory), []);
    });

    it(`has the stdin, streams and exit code of the script in ${shell.join(' ')}`, () => {
      const { stdout, stderr, status } = run(textOf({ bytes: 'cat; echo err >&2; exit 7' }), shell, 'read\n');

      assert.deepEqual([stdout.toString(), stderr.toString(), status], ['read\n', 'err\n', 7]);
    });
  }

  it('takes a large script, of text and of any bytes', () => {
    for (const filling of ['ü', '\0']) {
      const bytes = `#!/bin/cat\n${filling.repeat(100_000)}`;

      const { stdout, stderr } = spawnSync('sh', ['-s'], { input: textOf({ bytes }), maxBuffer: 10_000_000 });

      assert.equal(stdout.toString(), bytes, stderr.toString().slice(0, 300));
    }
  });

  it('is run by what its first line says, with all that follows as one argument, or by sh, or by what was asked for', () => {
    const own = run(textOf({ bytes: '#! /usr/bin/env -S sh -e\necho "$-"; false; echo not reached' }));
    const none = run(textOf({ bytes: 'echo "$0"', name: "it's -x.sh" }));
    const asked = run(textOf({ bytes: '#!/bin/sh\nx', interpreter: 'cat' }));

    assert.match(own.stdout.toString(), /e/);
    assert.equal(own.status, 1);
    assert.match(none.stdout.toString(), /\/sshoal-n0nce\/it's -x\.sh\n$/);
    assert.equal(asked.stdout.toString(), '#!/bin/sh\nx');
  });

  it('runs a program that is no script', { skip: !readFileSync('/bin/echo').subarray(0, 4).equals(Buffer.from('\x7fELF')) }, () => {
    const { stdout } = spawnSync('sh', ['-s'], { input: textOf({ bytes: readFileSync('/bin/echo'), args: ['a  b'] }) });

    assert.equal(stdout.toString(), 'a  b\n');
  });

  it('can be seen by nobody else, and the same on every host', () => {
    const { stdout } = run(textOf({ bytes: 'd=$(dirname "$0"); ls -ld "$d" "$0" | cut -c1-10; echo "$d"' }));

    assert.equal(stdout.toString(), `drwx------\n-rwx------\n${directory}/sshoal-n0nce\n`);
  });

  it('goes elsewhere where it cannot be written', { skip: process.getuid?.() === 0 ? 'root may write everywhere' : false }, () => {
    chmodSync(directory, 0o500);
    const { stdout } = run(textOf({ bytes: 'echo "$0"' }));
    chmodSync(directory, 0o700);

    assert.match(stdout.toString(), /^\/tmp\/sshoal-n0nce-\d+\//);
  });

  it('is gone when the script is ended, even one that will not listen', async () => {
    const text = textOf({ bytes: 'trap "" TERM; echo begun; sleep 30' });
    const child = spawn('sh', ['-c', '(eval "$1")', 'sh', text], { detached: true, env: { ...process.env, TMPDIR: directory } });
    await once(child.stdout, 'data');

    process.kill(-(child.pid ?? 0), 'SIGTERM');
    while (readdirSync(directory).length > 0) await delay(20);

    assert.equal(spawnSync('kill', ['-0', '--', `-${child.pid}`]).status, 0, 'the script itself heard nothing');
    process.kill(-(child.pid ?? 0), 'SIGKILL');
  });
});
