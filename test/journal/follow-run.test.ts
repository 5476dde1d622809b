// Journals watched while they are written.
import assert from 'node:assert/strict';
import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { entriesFrom, type FollowEnd, type FollowedEntry, followRun } from '#src/journal/follow-run';
import { JournalWriter } from '#src/journal/journal-writer';
import {
  description,
  directoryFor,
  entriesOf,
  finished,
  linesOf,
  listOf,
  task,
  taskFinished,
  taskStarted,
  written,
} from './sample-runs.ts';

const { signal } = new AbortController();

async function followed(
  file: string,
  from = 0,
  onEntry = (_told: FollowedEntry, _count: number): unknown => undefined,
  until = signal,
): Promise<{ readonly told: readonly FollowedEntry[]; readonly end: FollowEnd }> {
  const told: FollowedEntry[] = [];
  const following = followRun(file, { from, signal: until });
  for (let step = await following.next(); ; step = await following.next()) {
    if (step.done === true) return { told, end: step.value };
    told.push(step.value);
    await onEntry(step.value, told.length);
  }
}

describe('following a run', () => {
  it('tells what has happened, then what happens, and ends with the run', async (t) => {
    const directory = await directoryFor(t);
    const writer = await JournalWriter.create({ directory, run: description(), mask: (text) => text, now: () => 1_000 });
    await writer.fleetEvent(finished('web01'));

    const { told, end } = await followed(writer.file, 0, async (_entry, count) => {
      if (count === 1) await writer.fleetEvent(finished('web02'));
      if (count === 2) await writer.finish(0);
    });

    assert.equal(end, 'ended');
    assert.deepEqual(
      told.map(({ entry }) => entry),
      (await entriesOf(writer.file)).entries,
    );
  });

  it('goes on at every place it has told of, and still knows the tasks that were named before', async (t) => {
    const directory = await directoryFor(t);
    const label = task(7, 'Install nginx');
    const file = await written(directory, [
      taskStarted(label, ['web01', 'web02']),
      taskFinished(label, 'web01', 'ok'),
      taskFinished(label, 'web02', 'changed'),
    ]);
    const { told: all } = await followed(file);

    for (const [index, { next }] of all.entries()) {
      const { told } = await followed(file, next);

      assert.deepEqual(told, all.slice(index + 1));
    }
    const last = all[2]?.entry;
    assert.ok(last?.kind === 'play' && last.event.kind === 'task-finished');
    assert.equal(last.event.task.name, 'Install nginx');
  });

  it('waits for the rest of a line', async (t) => {
    const directory = await directoryFor(t);
    const file = await written(directory, [finished('web01')]);
    const lines = await readFile(file);
    await truncate(file, lines.length - 10);

    const { told, end } = await followed(file, 0, async (_entry, count) => {
      if (count === 1) await appendFile(file, lines.subarray(lines.length - 10));
    });

    assert.deepEqual([told.length, end], [2, 'ended']);
  });

  it('waits for the first line of a journal that was made just now', async (t) => {
    const directory = await directoryFor(t);
    const text = await readFile(await written(directory, [finished('web01')]));
    const file = path.join(directory, 'young.jsonl');
    await writeFile(file, '');

    const following = followRun(file, { signal });
    const first = following.next();
    await writeFile(file, text);

    assert.equal((await first).done, false);
    assert.deepEqual((await following.next()).done, false);
    assert.deepEqual(await following.next(), { done: true, value: 'ended' });
  });

  it('ends as interrupted where the process is gone, whatever the last line is', async (t) => {
    const directory = await directoryFor(t);
    const file = await written(directory, [finished('web01'), finished('web02')], { exitCode: undefined });
    const lines = (await linesOf(file)).join('\n').replace(/"started":"[^"]*"/, '"started":"another boot:1"');
    await writeFile(file, lines.slice(0, -5));

    const { told, end } = await followed(file);

    assert.deepEqual([told.length, end], [1, 'interrupted']);
  });

  it('stops without a word when it is told to', async (t) => {
    const directory = await directoryFor(t);
    const file = await written(directory, [finished('web01')], { exitCode: undefined });
    const controller = new AbortController();

    const { told, end } = await followed(file, 0, () => controller.abort(), controller.signal);

    assert.deepEqual([told.length, end], [1, 'aborted']);
  });

  it('refuses a journal that is damaged in the middle, and one of a later sshoal', async (t) => {
    const directory = await directoryFor(t);
    const file = await written(directory, [finished('web01'), finished('web02')]);
    const text = await readFile(file, 'utf8');
    const newer = path.join(directory, 'newer.jsonl');
    await writeFile(newer, text.replace('"format":1', '"format":99'));
    const broken = path.join(directory, 'broken.jsonl');
    await writeFile(broken, text.replace('{"kind":"host-finished"', '{"kind":\u0000'));

    await assert.rejects(followed(newer), { code: 'JOURNAL_NEWER' });
    await assert.rejects(followed(broken), { code: 'JOURNAL_DAMAGED', where: `${broken}:2` });
  });
});

describe('the entries from a place on', () => {
  it('are those that are there now', async (t) => {
    const directory = await directoryFor(t);
    const file = await written(directory, [finished('web01'), finished('web02')], { exitCode: undefined });

    const all = await listOf(entriesFrom(file));
    const rest = await listOf(entriesFrom(file, all[0]?.next));

    assert.equal(all.length, 2);
    assert.deepEqual(rest, all.slice(1));
  });
});
