// What was done on one host over many runs.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import type { SshoalError } from '#src/base/errors';
import { hostHistory } from '#src/journal/host-history';
import { finished, listOf, noFault, threeRuns, written } from './sample-runs.ts';

describe('the history of a host', () => {
  it('has each run it took part in, with what was done there, the newest first', async (t) => {
    const { runs, ids } = await threeRuns(t);

    const history = await listOf(hostHistory(runs, 'web02', {}, noFault));

    assert.deepEqual(
      history.map(({ run, status, tasks }) => [run.id, status, tasks.map(({ name, module, status }) => [name, module, status])]),
      [
        [ids[2], 'unreachable', [['Install nginx', 'command', 'unreachable']]],
        [ids[0], 'failed', [['uptime', undefined, 'failed']]],
      ],
    );
  });

  it('is narrowed as a list of runs is', async (t) => {
    const { runs, ids } = await threeRuns(t);

    const ofPlays = await listOf(hostHistory(runs, 'web01', { verb: 'play' }, noFault));
    const older = await listOf(hostHistory(runs, 'web01', { olderThan: ids[2] }, noFault));

    assert.deepEqual(
      ofPlays.map(({ run }) => run.id),
      [ids[2]],
    );
    assert.deepEqual(
      older.map(({ run }) => run.id),
      [ids[0]],
    );
  });

  it('takes the name as it is, and is empty for a stranger', async (t) => {
    const { runs } = await threeRuns(t);
    const odd = ['[::1]', 'wéb"01\u009b'];
    await written(
      runs.directory,
      odd.map((host) => finished(host)),
      { run: { hosts: odd } },
    );

    for (const host of odd) {
      const [only, ...more] = await listOf(hostHistory(runs, host, {}, noFault));
      assert.deepEqual([only?.tasks.length, more], [1, []]);
    }
    assert.equal((await listOf(hostHistory(runs, 'web*', {}, noFault))).length, 0);
  });

  it('goes on where a journal is damaged behind its summary, and says so', async (t) => {
    const { runs, ids } = await threeRuns(t);
    const file = runs.fileOf(ids[2] ?? '');
    await runs.run(ids[2] ?? '');
    const faults: SshoalError[] = [];
    await writeFile(file, Buffer.alloc((await readFile(file)).length, '\n'));

    const history = await listOf(hostHistory(runs, 'web01', {}, (fault) => faults.push(fault)));

    assert.deepEqual(
      history.map(({ run }) => run.id),
      [ids[0]],
    );
    assert.deepEqual(
      faults.map(({ code }) => code),
      ['JOURNAL_DAMAGED'],
    );
  });
});
