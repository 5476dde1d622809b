// Commands that are run when a run is over, with the real sh.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { boundedNames, type HookOptions, runHook } from '#src/observe/hook';
import { isAlive } from '../support/alive.js';

describe('a hook', () => {
  let cwd = '';
  before(async () => {
    cwd = await mkdtemp(path.join(tmpdir(), 'sshoal-hook-'));
  });
  after(async () => await rm(cwd, { recursive: true }));

  const run = async (command: string, more: Partial<HookOptions> = {}) => {
    let shown = '';
    const show = (text: string): void => {
      shown += text;
    };
    const env = { PATH: process.env.PATH, SSHOAL_EXIT: '2' };
    const error = await runHook({ command, name: '--on-failure' }, { cwd, env, input: '{"v":1}', deadlineMs: 30_000, show, ...more });
    return { error, shown };
  };

  it('gets its environment and its input, and what it writes is shown', async () => {
    const { error, shown } = await run('echo "exit $SSHOAL_EXIT"; cat; echo; echo oops >&2; pwd');

    assert.equal(error, undefined);
    assert.deepEqual(shown.trimEnd().split('\n').sort(), ['exit 2', cwd, 'oops', '{"v":1}'].sort());
  });

  it('may leave its input unread, however long it is', async () => {
    const { error } = await run('exec <&-; true', { input: 'x'.repeat(4_000_000) });

    assert.equal(error, undefined);
  });

  it('that fails says so, and how', async () => {
    const [failed, killed, missing] = [await run('exit 7'), await run('kill -9 $$'), await run('no-such-command-here')];

    assert.equal(failed.error?.code, 'HOOK_FAILED');
    assert.equal(failed.error.message, '--on-failure ended with 7');
    assert.equal(killed.error?.message, '--on-failure ended by SIGKILL');
    assert.equal(missing.error?.message, '--on-failure ended with 127');
    assert.match(missing.shown, /not found/);
  });

  it('that takes too long is ended, with all that it started', async () => {
    const { error } = await run('sleep 300 & echo $! > child; wait', { deadlineMs: 300 });

    assert.match(error?.message ?? '', /took too long/);
    const child = Number(await readFile(path.join(cwd, 'child'), 'utf8'));
    assert.equal(isAlive(child), false);
  });

  it('may leave something in the background, which keeps nobody waiting', async () => {
    const { error, shown } = await run('sleep 300 & echo $!');

    const left = Number(shown.trim());
    process.kill(left);
    assert.equal(error, undefined);
  });

  it('cannot be run in a directory that is gone', async () => {
    const { error } = await run('true', { cwd: path.join(cwd, 'gone') });

    assert.match(error?.message ?? '', /cannot be run/);
  });
});

describe('names for a variable', () => {
  it('are whole, and no more than it can hold', () => {
    const names = Array.from({ length: 10_000 }, (_, n) => `host-${n}`);

    const text = boundedNames(names);

    assert.ok(text.length <= 32 * 1024);
    assert.deepEqual(text.split(','), names.slice(0, text.split(',').length));
    assert.equal(boundedNames(['a', 'b']), 'a,b');
  });
});
