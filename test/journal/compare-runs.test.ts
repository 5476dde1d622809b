// What differs between two runs.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareRuns } from '#src/journal/compare-runs';
import { directoryFor, finished, task, taskFinished, written } from './sample-runs.ts';

const answer = (host: string, text: string) => finished(host, { stdout: Buffer.from(text) });

describe('comparing two runs', () => {
  it('puts hosts with the same change together, with one answer of before and after', async (t) => {
    const directory = await directoryFor(t);
    const hosts = ['web01', 'web02', 'web03', 'web04'];
    const before = await written(
      directory,
      hosts.map((host) => answer(host, 'old\n')),
      { run: { hosts } },
    );
    const after = await written(
      directory,
      [answer('web01', 'new\n'), answer('web02', 'new\n'), answer('web03', 'old\n'), finished('web04', { status: 'failed' })],
      { run: { hosts } },
    );

    const { differences, same } = await compareRuns(before, after);

    assert.equal(same, 1);
    assert.deepEqual(
      differences.map((found) => [found.hosts, found.before, found.after, found.answers?.after.stdout?.toString()]),
      [
        [['web01', 'web02'], 'ok', 'ok', 'new\n'],
        [['web04'], 'ok', 'failed', undefined],
      ],
    );
  });

  it('says who was there only once', async (t) => {
    const directory = await directoryFor(t);
    const before = await written(directory, [answer('web01', '')], { run: { hosts: ['web01'] } });
    const after = await written(directory, [answer('web02', '')], { run: { hosts: ['web02'] } });

    const { differences, same } = await compareRuns(before, after);

    assert.equal(same, 0);
    assert.deepEqual(
      differences.map((found) => [found.hosts, found.before, found.after]),
      [
        [['web01'], 'ok', undefined],
        [['web02'], undefined, 'ok'],
      ],
    );
  });

  it('names the tasks of plays that ended otherwise', async (t) => {
    const directory = await directoryFor(t);
    const run = { verb: 'play', hosts: ['web01'] } as const;
    const before = await written(
      directory,
      [taskFinished(task(0, 'Install'), 'web01', 'changed'), taskFinished(task(1, 'Start'), 'web01', 'ok')],
      { run },
    );
    const after = await written(
      directory,
      [taskFinished(task(0, 'Install'), 'web01', 'ok'), taskFinished(task(1, 'Stop'), 'web01', 'ok')],
      { run },
    );

    const { differences } = await compareRuns(before, after);

    assert.deepEqual(differences[0]?.tasks, [
      { task: 'Install', before: 'changed', after: 'ok' },
      { task: 'Start', before: 'ok', after: undefined },
      { task: 'Stop', before: undefined, after: 'ok' },
    ]);
  });
});
