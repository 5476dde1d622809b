// The same play again and again: the clock, SIGTERM, and what happens when a run is late, locked out or broken.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { LockedError, NobodyError } from '#src/cli/errors';
import { EXIT, type ExitCode } from '#src/cli/exit-code';
import { completeFlags } from '#src/cli/flag-options';
import { Observation } from '#src/cli/observing';
import { checkSchedule, nextBeat, repeat } from '#src/cli/repeat';
import { call, type FakeContext, fakeContext } from './fake-context.js';
import { sshoal } from './program-run.js';

describe('the next beat', () => {
  it('is on the grid, not in the past, and as early as can be', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.integer({ min: 1, max: 100_000 }), fc.nat(1_000_000), (lastMs, everyMs, tookMs) => {
        const nowMs = lastMs + tookMs;

        const { atMs, missed } = nextBeat(lastMs, everyMs, nowMs);

        assert.equal(atMs, lastMs + (missed + 1) * everyMs);
        assert.ok(atMs >= nowMs);
        assert.ok(missed === 0 || atMs - everyMs < nowMs);
      }),
    );
  });

  it('counts those that a long run has cost', () => {
    assert.deepEqual(nextBeat(0, 10, 9), { atMs: 10, missed: 0 });
    assert.deepEqual(nextBeat(0, 10, 10), { atMs: 10, missed: 0 });
    assert.deepEqual(nextBeat(0, 10, 25), { atMs: 30, missed: 2 });
  });

  it('does not wait for a clock that was set back', () => {
    assert.deepEqual(nextBeat(100, 10, 50), { atMs: 60, missed: 0 });
  });
});

describe('a schedule', () => {
  it('refuses what makes no sense with it', () => {
    for (const [flags, where] of [
      [{ splay: 5 }, '--splay'],
      [{ every: 5, splay: 6 }, '--splay'],
      [{ every: 5, resumedRun: 'last' }, '--resume'],
      [{ every: 5, step: true }, '--step'],
      [{ every: 5, askPass: true }, '--ask-pass'],
      [{ every: 5, listTasks: true }, '--list-tasks'],
    ] as const)
      assert.throws(() => checkSchedule(completeFlags(flags)), { code: 'BAD_FLAG', where });
    checkSchedule(completeFlags({ every: 5, splay: 5 }));
    checkSchedule(completeFlags({}));
  });
});

describe('a play that is repeated', () => {
  /** Plays in turn what it is given, and is stopped after the last. */
  async function repeated(...runs: (() => ExitCode)[]): Promise<{ code: ExitCode; err: string; played: number }> {
    let stop = (): void => {};
    const onTermination = (given: () => void): (() => void) => {
      stop = given;
      return () => {};
    };
    const context: FakeContext = fakeContext({ now: () => Date.now(), onTermination });
    await using observation = await Observation.open('site.yml', completeFlags({}), context);
    let played = 0;
    const play = async (): Promise<ExitCode> => {
      const run = runs[played++];
      if (played === runs.length) stop();
      return await Promise.resolve(run?.() ?? EXIT.ok);
    };
    const code = await repeat(play, { every: 5 }, observation, context);
    return { code, err: context.err(), played };
  }
  const broken = (): never => {
    throw new NobodyError('NO_HOSTS', 'No host matches', {});
  };
  const locked = (): never => {
    throw new LockedError('site.yml is being played', {});
  };

  it('ends with the code of the last run, and says when the next begins', async () => {
    const { code, err, played } = await repeated(
      () => EXIT.ok,
      () => EXIT.ok,
      () => EXIT.failed,
    );

    assert.deepEqual([code, played], [EXIT.failed, 3]);
    assert.match(err, /^note: next start \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/m);
  });

  it('goes on after a run that could not begin, unless it is the first', async () => {
    const { code, err } = await repeated(
      () => EXIT.ok,
      broken,
      () => EXIT.ok,
    );

    assert.equal(code, EXIT.ok);
    assert.match(err, /\[NO_HOSTS\]/);
    await assert.rejects(repeated(broken), { code: 'NO_HOSTS' });
  });

  it('leaves out a run while another process plays, also the first', async () => {
    const { code, err, played } = await repeated(locked, () => EXIT.drift, locked);

    assert.deepEqual([code, played], [EXIT.drift, 3]);
    assert.match(err, /^note: left out: site\.yml is being played$/m);
  });
});

describe('sshoal play --every', () => {
  let cwd = '';
  before(async () => {
    cwd = await mkdtemp(path.join(tmpdir(), 'sshoal-every-'));
    const tasks = '    - shell: echo x >> {{ playbook_dir }}/runs; sleep 0.3\n';
    await writeFile(path.join(cwd, 'site.yml'), `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks}`);
  });
  after(async () => await rm(cwd, { recursive: true }));

  it('lets a run come to its end on SIGTERM, and exits with its code', async () => {
    const words = ['play', 'site.yml', '-i', 'web01,', '-c', 'local', '--every', '100ms', '-o', 'jsonl'];
    let killed = 0;

    const { code, stdout, stderr } = await sshoal(words, {
      cwd,
      env: { XDG_STATE_HOME: cwd },
      onStdout: (text, kill) => {
        // In the middle of the second run.
        if (text.split('"event":"task-started"').length !== 3 || killed++ > 0) return;
        kill('SIGTERM');
      },
    });

    assert.equal(code, 0, stderr);
    assert.equal(stdout.split('"event":"recap"').length, 3);
    assert.equal(await readFile(path.join(cwd, 'runs'), 'utf8'), 'x\nx\n');
    assert.match(stderr, /note: next start/);
    assert.match(stderr, /left out: the run took longer than the period/);
    assert.match(stderr, /Ending with this run/);
  });

  it('is stopped by Ctrl-C at once', async () => {
    const words = ['play', 'site.yml', '-i', 'web01,', '-c', 'local', '--every', '1h', '-o', 'jsonl'];
    let killed = 0;

    const { code } = await sshoal(words, {
      cwd,
      env: { XDG_STATE_HOME: cwd },
      onStdout: (text, kill) => {
        if (text.includes('run-finished') && killed++ === 0) kill('SIGINT');
      },
    });

    assert.equal(code, 130);
  });

  it('refuses at the first run what is wrong with it', async () => {
    const { code, stderr } = await call(['play', 'none.yml', '-i', 'a,', '--every', '1h'], { cwd, env: { XDG_STATE_HOME: cwd } });

    assert.equal(code, 1);
    assert.match(stderr, /none\.yml/);
  });
});
