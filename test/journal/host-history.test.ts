// Hosts over many runs: what was done on one, and how much changed and failed.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { SshoalError } from '#src/base/errors';
import { driftOfAll, driftOfHost } from '#src/journal/drift';
import { hostHistory } from '#src/journal/host-history';
import { queryRuns } from '#src/journal/query-runs';
import { RunDirectory } from '#src/journal/run-directory';
import { directoryFor, finished, listOf, threeRuns, written } from './sample-runs.ts';

const noFault = (fault: SshoalError): never => {
  throw fault;
};

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
    await written(runs.directory, [finished('[::1]')], { run: { hosts: ['[::1]'] } });

    assert.equal((await listOf(hostHistory(runs, '[::1]', {}, noFault))).length, 1);
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

describe('drift', () => {
  it('counts the hosts of each run by how they ended, and the tasks of one host', async (t) => {
    const { runs } = await threeRuns(t);

    const all = await listOf(driftOfAll(runs, {}, noFault));
    const one = await listOf(driftOfHost(runs, 'web01', {}, noFault));

    assert.deepEqual(
      all.map(({ counts }) => counts),
      [{ ok: 1, changed: 1, unreachable: 1 }, { ok: 1 }, { ok: 1, failed: 1 }],
    );
    assert.deepEqual(
      one.map(({ counts }) => counts),
      [{ changed: 1 }, { ok: 1 }],
    );
  });
});

describe('runs by the page', () => {
  it('come so many at a time, and each once', async (t) => {
    const { runs, ids } = await threeRuns(t);

    const first = await queryRuns(runs, {}, 2);
    const second = await queryRuns(runs, { olderThan: first.next }, 2);

    assert.deepEqual(
      [first, second].map((page) => page.runs.map(({ id }) => id)),
      [[ids[2], ids[1]], [ids[0]]],
    );
    assert.equal(second.next, undefined);
  });

  it('tell of journals that cannot be read, and are none where there is no directory', async (t) => {
    const directory = await directoryFor(t);
    const { runs } = await threeRuns(t);
    await writeFile(path.join(runs.directory, '20260807-142502.000-abcdef.jsonl'), 'no journal\n');

    const page = await queryRuns(runs, {}, 10);
    const none = await queryRuns(new RunDirectory(path.join(directory, 'none')), {}, 10);

    assert.deepEqual([page.runs.length, page.faults.map(({ code }) => code)], [3, ['JOURNAL_DAMAGED']]);
    assert.deepEqual([none.runs, none.next, none.faults], [[], undefined, []]);
  });
});
