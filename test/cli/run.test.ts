// What run gives a command to run with, on hosts that are this machine.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { call } from './fake-context.ts';

const LOCAL = ['-e', 'ansible_connection=local'] as const;
const ONE = ['run', 'web01', '-i', 'web01,', ...LOCAL] as const;
const TWO = ['run', 'all', '-i', 'web01,web02,', ...LOCAL] as const;

describe('run', () => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-run-'));
    await writeFile(path.join(directory, 'script'), 'echo "script $1|$2"; cat; exit 3\n');
  });
  after(async () => await rm(directory, { recursive: true, force: true }));

  it('sends a local script with its arguments, and stdin to all hosts', async () => {
    const words = [...TWO, '--stdin', '--script', path.join(directory, 'script'), '--', 'a  b', '--flag'];

    const { code, stdout } = await call(words, { stdin: Readable.from(['for all\n']) });

    assert.equal(code, 2);
    assert.match(stdout, /web\[01-02\] \(2\) · failed, exit code 3\nscript a {2}b\|--flag\nfor all\n/);
  });

  it('reads a script from stdin, for an interpreter that is asked for', async () => {
    const { stdout } = await call([...TWO, '--script', '-', '--shell', 'cat'], { stdin: Readable.from(['#!/bin/sh\nexit 1\n']) });

    assert.match(stdout, /web\[01-02\] \(2\) · ok\n#!\/bin\/sh\nexit 1\n/);
  });

  it('gives every host all of a large input, on threads of their own too', async () => {
    const hosts = Array.from({ length: 66 }, (_, index) => `h${index}`).join(',');
    const input = Readable.from([Buffer.alloc(1_000_000, 'x'), Buffer.alloc(500_000, 'y')]);

    const { code, stdout } = await call(['run', 'all', '-i', `${hosts},`, ...LOCAL, '--stdin', 'wc -c'], { stdin: input });

    assert.equal(code, 0);
    assert.match(stdout, /\(66\) · ok\n\s*1500000\n/);
  });

  it('gives a command a file to read, and nothing where nothing is asked for', async () => {
    const file = await call([...ONE, '--input', path.join(directory, 'script'), '--', 'cat']);
    const nothing = await call([...ONE, 'cat; echo end'], { stdin: Readable.from(['of a loop\n']) });

    assert.equal(file.stdout, 'echo "script $1|$2"; cat; exit 3\n');
    assert.equal(nothing.stdout, 'end\n');
  });

  it('sets variables, a directory and a shell, whatever is in their names', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (text) => {
        const value = text.replaceAll(/[\0\p{Cc}\p{Cf}]/gu, '');
        const words = ['--env', `VALUE=${value}`, '--env', 'OTHER=x', '--chdir', directory, '--shell', 'sh', '-o', 'json'];

        const { stdout } = await call([...ONE, ...words, 'printf %s "$VALUE|$OTHER|$PWD"']);

        const { hosts } = JSON.parse(stdout) as { hosts: { web01: { stdout: string } } };
        assert.equal(hosts.web01.stdout, `${value}|x|${directory}`);
      }),
      { numRuns: 10 },
    );
  });

  it('has a line read by bash when asked, and says which shell is missing', async () => {
    const bash = await call([...ONE, '--shell', 'bash', 'echo {a,b}']);
    const missing = await call([...ONE, '--shell', '/no/such/shell', 'echo hi']);

    assert.equal(bash.stdout, 'a b\n');
    assert.match(missing.stdout, /\/no\/such\/shell.*not found/);
    assert.equal(missing.code, 2);
  });

  it('fails on a host that has no such directory, rather than running the line elsewhere', async () => {
    const { code, stdout } = await call([...ONE, '--chdir', '/no/such', '--', 'touch', path.join(directory, 'made')]);

    assert.equal(code, 2);
    assert.match(stdout, /\/no\/such/);
  });

  it('refuses a variable that sh could not hold, a missing script, and no command at all', async () => {
    for (const name of ['1A=x', 'A-B=x', 'A', '=x']) {
      const { code, stderr } = await call([...ONE, '--env', name, 'true']);

      assert.equal(code, 1);
      assert.match(stderr, /BAD_FLAG/);
    }
    const missing = await call([...ONE, '--script', '/no/such']);
    const nothing = await call([...ONE]);

    assert.match(missing.stderr, /BAD_LOCAL_PATH/);
    assert.match(nothing.stderr, /MISSING_ARGUMENT/);
  });
});
