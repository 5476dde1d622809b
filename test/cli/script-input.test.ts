// What is piped in, kept for every host.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { UsageError } from '#src/cli/errors';
import { readScript, ScriptInput } from '#src/cli/script-input';
import { fakeContext } from './fake-context.ts';

const piped = (...chunks: (Buffer | string)[]): { stdin: Readable } => ({ stdin: Readable.from(chunks) });
const usageError = (code: string) => (error: unknown) => error instanceof UsageError && error.code === code;

describe('the input of scripts', () => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-script-input-'));
    await writeFile(path.join(directory, 'file'), 'in a file');
  });
  after(async () => await rm(directory, { recursive: true, force: true }));

  it('is nothing unless it is asked for: stdin may belong to a loop', async () => {
    await using input = new ScriptInput({ stdin: false }, fakeContext(piped('for somebody else')));

    assert.equal(await input.read(), undefined);
  });

  it('is kept in memory while it is small', async () => {
    await using input = new ScriptInput({ stdin: true }, fakeContext(piped('one ', Buffer.from('two'))));

    assert.deepEqual(await input.read(), { kind: 'bytes', bytes: Buffer.from('one two') });
  });

  it('is kept in a private file when it is large, and taken away in the end', async () => {
    const large = Buffer.alloc(3_000_000, 'large ');
    const input = new ScriptInput({ stdin: false, input: '-' }, fakeContext(piped(large.subarray(0, 999_999), large.subarray(999_999))));

    const kept = await input.read();

    assert.ok(kept?.kind === 'file');
    assert.ok(readFileSync(kept.path).equals(large));
    assert.equal(statSync(kept.path).mode & 0o777, 0o600);
    assert.equal(statSync(path.dirname(kept.path)).mode & 0o777, 0o700);
    await input[Symbol.asyncDispose]();
    assert.equal(existsSync(path.dirname(kept.path)), false);
  });

  it('is a file where it lies, which stays', async () => {
    const file = path.join(directory, 'file');
    const input = new ScriptInput({ stdin: false, input: 'file' }, fakeContext({ cwd: directory }));

    assert.deepEqual(await input.read(), { kind: 'file', path: file });
    await input[Symbol.asyncDispose]();
    assert.ok(existsSync(file));
  });

  it('refuses what cannot be read, what is asked for twice, and a terminal', async () => {
    const context = fakeContext({ cwd: directory });
    const terminal = Object.assign(Readable.from([]), { isTTY: true });

    for (const name of ['missing', '.'])
      await assert.rejects(async () => await new ScriptInput({ stdin: false, input: name }, context).read(), usageError('BAD_LOCAL_PATH'));
    assert.throws(() => new ScriptInput({ stdin: true, input: 'file' }, context), usageError('BAD_FLAG'));
    assert.throws(() => new ScriptInput({ stdin: true, script: '-' }, context), usageError('BAD_FLAG'));
    assert.throws(() => new ScriptInput({ stdin: true }, { ...context, stdin: terminal }), usageError('BAD_FLAG'));
  });

  it('is not waited for beyond Ctrl-C', async () => {
    const abort = new AbortController();
    const silent = new Readable({ read: () => {} });
    await using input = new ScriptInput({ stdin: true }, fakeContext({ stdin: silent, signal: abort.signal }));

    const reading = input.read();
    abort.abort(new Error('left'));

    await assert.rejects(reading, /left/);
    silent.destroy();
  });
});

describe('a script of this machine', () => {
  it('is read from a file or from stdin, up to a bound', async () => {
    const most = 100;
    const own = import.meta.filename;

    assert.equal(Buffer.from(await readScript('-', most, fakeContext(piped('echo ', 'hi')))).toString(), 'echo hi');
    assert.ok(Buffer.from(await readScript(own, 1_000_000, fakeContext())).equals(readFileSync(own)));
    await assert.rejects(async () => await readScript(own, most, fakeContext()), /too large/);
    await assert.rejects(async () => await readScript('/no/such', most, fakeContext()), usageError('BAD_LOCAL_PATH'));
  });
});
