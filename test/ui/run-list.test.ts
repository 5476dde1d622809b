// Lists of runs for the page: newest first, live ones before all, and what cannot be read beside them.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { JournalWriter } from '#src/journal/journal-writer';
import { RunDirectory } from '#src/journal/run-directory';
import { drift, historyOf, listRuns } from '#src/ui/run-list';
import { runListChanges } from '#src/ui/run-list-changes';
import { description, directoryFor, finished, recap, task, taskFinished, written } from '../journal/sample-runs.ts';

describe('the list of runs', () => {
  it('has those that go on first, and says what cannot be read', async (t) => {
    const directory = await directoryFor(t);
    const live = await JournalWriter.create({ directory, run: description({ subject: 'sleep' }), mask: (text) => text, now: () => 1_000 });
    t.after(async () => await live.abandon());
    await written(directory, [finished('web01'), finished('web02', { status: 'failed' })], { atMs: 5_000, exitCode: 2 });
    await writeFile(path.join(directory, '20990101-000000.000-abcdef.jsonl'), '{"kind":"header","format":99}\n');

    const { runs, faults } = await listRuns(new RunDirectory(directory), {});

    assert.deepEqual(
      runs.map(({ subject, state, counts }) => [subject, state, counts]),
      [
        ['sleep', 'running', { unfinished: 2 }],
        ['uptime', 'ended', { ok: 1, failed: 1 }],
      ],
    );
    assert.deepEqual(
      faults.map(({ code }) => code),
      ['JOURNAL_NEWER'],
    );
  });

  it('knows the history of a host, with its tasks', async (t) => {
    const directory = await directoryFor(t);
    const events = [taskFinished(task(0, 'Install'), 'web01', 'changed'), recap({ web01: { changed: 1 }, web02: { ok: 1 } })];
    await written(directory, events, { run: { verb: 'play', subject: 'site.yml' } });

    const { runs } = await historyOf(new RunDirectory(directory), 'web01', {});

    assert.deepEqual(
      runs.map(({ status, tasks }) => [status, tasks]),
      [['changed', [{ name: 'Install', mark: 'c', tookMs: 7 }]]],
    );
  });

  it('makes of plays points in time, the oldest first', async (t) => {
    const directory = await directoryFor(t);
    for (const [atMs, changed] of [
      [1_000, 1],
      [2_000, 0],
    ] as const) {
      await written(directory, [recap({ web01: { changed }, web02: { ok: 1 } })], { run: { verb: 'play', subject: 'site.yml' }, atMs });
    }

    const { points } = await drift(new RunDirectory(directory), { verb: 'play' });

    assert.deepEqual(
      points.map(({ atMs, counts }) => [atMs, counts]),
      [
        [1_000, { ok: 1, changed: 1 }],
        [2_000, { ok: 2 }],
      ],
    );
  });

  it('is said to have changed when a run begins', async (t) => {
    const directory = await directoryFor(t);
    const watching = new AbortController();
    const changes = runListChanges(new RunDirectory(directory), watching.signal);
    const next = changes.next();
    // The first look is taken when it is asked; what comes later is news.
    await new Promise((resolve) => setImmediate(resolve));
    await written(directory, [finished('web01')]);

    const { value } = await next;

    watching.abort();
    assert.deepEqual(value, { kind: 'changed' });
    assert.equal((await changes.next()).done, true);
  });
});
