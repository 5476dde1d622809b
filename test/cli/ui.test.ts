// The verb ui, in this process: an address is printed, answers, and is gone after Ctrl-C.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runProgram } from '#src/cli/program';
import { directoryFor } from '../journal/sample-runs.ts';
import { call, fakeContext } from './fake-context.ts';

describe('sshoal ui', () => {
  it('prints an address that lets in, until Ctrl-C, which is no failure', async (t) => {
    const root = new AbortController();
    const context = fakeContext({ env: { XDG_STATE_HOME: await directoryFor(t) }, signal: root.signal });

    const running = runProgram(['ui'], context);
    while (context.out() === '') await new Promise((resolve) => setTimeout(resolve, 20));
    const url = context.out().trim();
    const { status } = await fetch(url, { redirect: 'manual' });
    root.abort();

    assert.equal(await running, 0);
    assert.equal(status, 303);
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/);
    await assert.rejects(fetch(url));
  });

  it('refuses what others could reach without a proxy, and a directory that is none', async (t) => {
    const more = { env: { XDG_STATE_HOME: await directoryFor(t) } };

    const open = await call(['ui', '--bind', '0.0.0.0'], more);
    const none = await call(['ui', '--allow-run', '/dev/null'], more);

    assert.equal(open.code, 1);
    assert.match(open.stderr, /UI_NEEDS_PROXY/);
    assert.match(none.stderr, /`\/dev\/null` is no directory/);
  });
});
