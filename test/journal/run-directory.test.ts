// The journals of many runs: listed, found, asked, and taken away.
import assert from 'node:assert/strict';
import { readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { SshoalError } from '#src/base/errors';
import { prune, pruneIfDue } from '#src/journal/retention';
import { RunDirectory } from '#src/journal/run-directory';
import type { RunFilter } from '#src/journal/run-filter';
import { hostsNotWell, summaryFile } from '#src/journal/summary';
import { DAY_MS, directoryFor, finished, linesOf, NOW, recap, task, taskFinished, threeRuns, written } from './sample-runs.ts';

async function selected(runs: RunDirectory, filter: RunFilter, faults: SshoalError[] = []): Promise<string[]> {
  const found: string[] = [];
  for await (const { id } of runs.select(filter, (fault) => faults.push(fault))) found.push(id);
  return found;
}

describe('the runs of a directory', () => {
  it('are listed the newest first, and are none where there is no directory', async (t) => {
    const { runs, ids } = await threeRuns(t);

    assert.deepEqual(await runs.ids(), ids.toReversed());
    assert.deepEqual(await new RunDirectory(path.join(runs.directory, 'none')).ids(), []);
  });

  it('are found as last, by name, by its beginning, and by its end', async (t) => {
    const { runs, ids } = await threeRuns(t);
    const [first = '', , last = ''] = ids;

    assert.equal(await runs.find('last'), last);
    assert.equal(await runs.find(first), first);
    assert.equal(await runs.find('20260804'), first);
    assert.equal(await runs.find('last~0'), last);
    assert.equal(await runs.find('last~2'), first);
    await assert.rejects(runs.find('last~3'), { code: 'RUN_NOT_FOUND' });
    assert.equal(await runs.find(first.slice(-6)), first);
    await assert.rejects(runs.find('2026'), { code: 'RUN_AMBIGUOUS' });
    await assert.rejects(runs.find('1999'), { code: 'RUN_NOT_FOUND' });
    await assert.rejects(new RunDirectory(path.join(runs.directory, 'none')).find('last'), { code: 'RUN_NOT_FOUND' });
  });

  it('answer the same from the journals, when the summaries are gone, old or broken', async (t) => {
    const { runs, ids } = await threeRuns(t);
    const before = await Promise.all(ids.map(async (id) => await runs.run(id)));
    const [first = '', second = '', third = ''] = ids.map((id) => summaryFile(runs.fileOf(id)));
    await rm(first);
    await writeFile(second, '{"format":2,');
    await writeFile(third, (await readFile(third, 'utf8')).replace(/"bytes":\d+/, '"bytes":1').replace('web01', 'liar'));

    const after = await Promise.all(ids.map(async (id) => await runs.run(id)));

    assert.deepEqual(after, before);
    assert.deepEqual((await readdir(runs.directory)).length, 6);
  });

  it('leave out one that is being begun, and name one that stayed empty', async (t) => {
    const { runs, ids } = await threeRuns(t);
    const [young, old] = ['20260807-142502.000-abcdef', '20260807-142503.000-abcdef'].map((id) => runs.fileOf(id));
    await writeFile(young ?? '', '');
    await writeFile(old ?? '', '');
    await utimes(old ?? '', 1, 1);
    const faults: SshoalError[] = [];

    const found = await selected(runs, {}, faults);

    assert.deepEqual(found, ids.toReversed());
    assert.deepEqual(
      faults.map(({ where }) => where),
      [`${old}:1`],
    );
  });

  it('are not held up by a journal that cannot be read', async (t) => {
    const { runs, ids } = await threeRuns(t);
    await writeFile(path.join(runs.directory, '20260807-142502.000-abcdef.jsonl'), 'no journal\n');
    const faults: SshoalError[] = [];

    const found = await selected(runs, {}, faults);

    assert.deepEqual(found, ids.toReversed());
    assert.deepEqual(
      faults.map(({ code }) => code),
      ['JOURNAL_DAMAGED'],
    );
  });
});

describe('where a run stands', () => {
  it('is running while its process lives, interrupted after that, and ended with an end', async (t) => {
    const directory = await directoryFor(t);
    const running = await written(directory, [finished('web01')], { atMs: Date.now(), exitCode: undefined });
    const runs = new RunDirectory(directory);
    const id = path.basename(running, '.jsonl');

    const alive = await runs.run(id);
    const lines = await linesOf(running);
    await writeFile(running, `${lines.join('\n').replace(/"started":"[^"]*"/, '"started":"another boot:1"')}\n`);
    const dead = await runs.run(id);
    await writeFile(running, `${lines.join('\n').replace(/"machine":"[^"]*"/, '"machine":"elsewhere.example"')}\n`);
    const away = await runs.run(id);

    assert.deepEqual([alive.state, dead.state, away.state], ['running', 'interrupted', 'elsewhere']);
    assert.deepEqual(hostsNotWell(dead), ['web02']);
    assert.deepEqual(await selected(runs, { outcome: 'interrupted' }), []);
  });

  it('leaves the hosts of an interrupted play unfinished, whatever they had done by then', async (t) => {
    const directory = await directoryFor(t);
    const file = await written(directory, [taskFinished(task(0), 'web01', 'ok'), recap({ web01: { ok: 1 }, web02: { failed: 1 } })], {
      run: { verb: 'play', hosts: ['web01', 'web02', 'web03'] },
      exitCode: 130,
    });

    const run = await new RunDirectory(directory).run(path.basename(file, '.jsonl'));

    assert.deepEqual(run.hosts, { unfinished: ['web01', 'web03'], failed: ['web02'] });
  });

  it('counts a host that was rescued as well, and one whose failure is ignored', async (t) => {
    const directory = await directoryFor(t);
    const ignored = { ...taskFinished(task(1), 'web02', 'failed'), ignored: true } as ReturnType<typeof taskFinished>;
    const file = await written(
      directory,
      [taskFinished(task(0), 'web01', 'failed'), ignored, recap({ web01: { rescued: 1 }, web02: { ignored: 1 } })],
      {
        run: { verb: 'play' },
      },
    );

    const run = await new RunDirectory(directory).run(path.basename(file, '.jsonl'));

    assert.deepEqual(run.hosts, { ok: ['web01', 'web02'] });
  });
});

describe('retention', () => {
  it('takes away what is too old, with its summary, and nothing else', async (t) => {
    const { runs, ids } = await threeRuns(t);

    const gone = await prune(runs, { keepMs: 2 * DAY_MS, maxBytes: 1e9 }, NOW);

    assert.equal(gone.runs, 1);
    assert.deepEqual(await runs.ids(), ids.slice(1).toReversed());
    assert.equal((await readdir(runs.directory)).length, 4);
  });

  it('takes away the oldest beyond a size', async (t) => {
    const { runs, ids } = await threeRuns(t);
    const newest = (await readFile(runs.fileOf(ids[2] ?? ''))).length;

    await prune(runs, { keepMs: 90 * DAY_MS, maxBytes: newest + 10 }, NOW);

    assert.deepEqual(await runs.ids(), ids.slice(2));
  });

  it('never takes a run that is going on, and takes what nobody can read', async (t) => {
    const directory = await directoryFor(t);
    const running = await written(directory, [], { atMs: NOW, exitCode: undefined });
    await writeFile(path.join(directory, '20200101-000000.000-abcdef.jsonl'), '');
    const runs = new RunDirectory(directory);

    await prune(runs, { keepMs: 0, maxBytes: 0 }, NOW + DAY_MS);

    assert.deepEqual(await runs.ids(), [path.basename(running, '.jsonl')]);
  });

  it('never takes a play of the last days that can be resumed, whatever the limits are', async (t) => {
    const directory = await directoryFor(t);
    const play = async (daysAgo: number, exitCode: number, counts: object): Promise<string> => {
      const file = await written(directory, [recap({ web01: counts })], {
        atMs: NOW - daysAgo * DAY_MS,
        run: { verb: 'play', hosts: ['web01'] },
        exitCode,
      });
      return path.basename(file, '.jsonl');
    };
    const lost = await play(1, 4, { unreachable: 1 });
    const interrupted = await play(2, 130, { ok: 1 });
    await play(3, 0, { ok: 1 });
    await play(8, 130, { ok: 1 });
    const runs = new RunDirectory(directory);

    await prune(runs, { keepMs: 0, maxBytes: 0 }, NOW);

    assert.deepEqual(await runs.ids(), [lost, interrupted]);
  });

  it('is due once a day', async (t) => {
    const { runs } = await threeRuns(t);
    const none = { keepMs: 0, maxBytes: 0 };

    const first = await pruneIfDue(runs, { keepMs: 1e15, maxBytes: 1e15 }, NOW);
    const soon = await pruneIfDue(runs, none, NOW + DAY_MS / 2);
    const later = await pruneIfDue(runs, none, NOW + 9 * DAY_MS);

    assert.deepEqual([first?.runs, soon, later?.runs], [0, undefined, 3]);
  });
});
