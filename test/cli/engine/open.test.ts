// What --engine, worker and attach need before anything is told to anybody.
import assert from 'node:assert/strict';
import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Secrets } from '#src/base/secrets';
import { withoutAsides } from '#src/cli/engine/open';
import { asCalled, type PlayCall } from '#src/cli/engine/play-call';
import type { RunEvent } from '#src/engine/seam';
import type { PlayEvent } from '#src/playbook/events';
import { newDirectory } from '../../engine/contract.ts';
import { call, fakeContext } from '../fake-context.ts';

describe('--engine', () => {
  let cwd: string;
  const nowhere = ['--engine', 'redis://127.0.0.1:1', '--engine-key-file', 'key'];

  before(async () => {
    cwd = await newDirectory();
    await call(['worker', '--new-key', 'key'], { cwd });
  });
  after(async () => await rm(cwd, { recursive: true, force: true }));

  it('is told with a key that only its owner may read, made once', async () => {
    assert.equal((await stat(path.join(cwd, 'key'))).mode & 0o777, 0o600);

    const again = await call(['worker', '--new-key', 'key'], { cwd });

    assert.equal(again.code, 1);
    assert.match(again.stderr, /ENGINE_KEY_UNREADABLE/);
  });

  it('needs a key, and says how to make one', async () => {
    for (const words of [
      ['run', 'web01', '-i', 'web01,', '--engine', 'redis://127.0.0.1:1', '--', 'id'],
      ['worker', 'redis://127.0.0.1:1'],
    ]) {
      const { code, stderr } = await call(words, { cwd });

      assert.equal(code, 1);
      assert.match(stderr, /--engine-key-file[\s\S]*sshoal worker --new-key/);
    }
  });

  it('says where no Redis is', async () => {
    for (const words of [
      ['run', 'web01', '-i', 'web01,', ...nowhere, '--', 'id'],
      ['worker', 'redis://127.0.0.1:1', '--engine-key-file', 'key'],
      ['attach', 'some-run', ...nowhere],
    ]) {
      const { code, stderr } = await call(words, { cwd });

      assert.equal(code, 1, words[0]);
      assert.match(stderr, /ENGINE_UNREACHABLE[\s\S]*redis:\/\/127\.0\.0\.1:1/);
    }
  });

  it('refuses what only a person at the terminal could answer', async () => {
    const { code, stderr } = await call(['run', 'web01', '-i', 'web01,', '--host-key', 'ask', ...nowhere, '--', 'id'], { cwd });

    assert.equal(code, 1);
    assert.match(stderr, /--host-key ask cannot be used with --engine[\s\S]*accept-new/);
  });

  it('shows no password of the address', async () => {
    const { stderr } = await call(['worker', 'redis://ali:open-sesame@127.0.0.1:1', '--engine-key-file', 'key'], { cwd });

    assert.doesNotMatch(stderr, /sesame/);
  });

  it('needs an address, a run, and a lease that can be held', async () => {
    for (const [words, told] of [
      [['worker'], /MISSING_ARGUMENT/],
      [['worker', 'http://here', '--engine-key-file', 'key'], /ENGINE_BAD_ADDRESS/],
      [['attach'], /MISSING_ARGUMENT/],
      [['attach', 'some-run'], /BAD_FLAG[\s\S]*--engine redis/],
      [['worker', 'redis://x', '--lease', '10ms'], /BAD_FLAG/],
    ] as const)
      assert.match((await call(words, { cwd })).stderr, told, words.join(' '));
  });
});

describe('what comes of a run elsewhere', () => {
  it('is masked from the moment that a secret is told, and notes are for stderr', () => {
    const secrets = new Secrets();
    const context = fakeContext({ secrets });
    const events: RunEvent[] = [
      { kind: 'secret', text: 'open-sesame' },
      { kind: 'note', text: 'it is open-sesame' },
      { kind: 'fleet', event: { kind: 'started', host: 'web01', atMs: 0 } },
    ];

    const shown = withoutAsides(events, context);

    assert.deepEqual(
      shown.map(({ kind }) => kind),
      ['fleet'],
    );
    assert.equal(context.err(), 'note: it is ********\n');
  });

  it('names files as its starter has named them', () => {
    const event = {
      kind: 'task-started',
      task: { position: { file: '/srv/site.yml', line: 1, column: 1 } },
      hosts: [],
      atMs: 0,
    } as unknown as PlayEvent;
    const named = (call_: Partial<PlayCall>): string =>
      (asCalled(event, call_ as PlayCall) as unknown as { task: { position: { file: string } } }).task.position.file;

    assert.equal(named({ isRelative: true, cwd: '/srv' }), 'site.yml');
    assert.equal(named({ isRelative: true, cwd: '/sr' }), '/srv/site.yml');
    assert.equal(named({ isRelative: false, cwd: '/srv' }), '/srv/site.yml');
  });
});
