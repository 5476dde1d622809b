// A run told to the page while its journal grows.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { JournalWriter } from '#src/journal/journal-writer';
import { RunDirectory } from '#src/journal/run-directory';
import { liveRun } from '#src/ui/live-run';
import type { GridMessage } from '#src/ui/wire';
import { description, directoryFor, finished, recap, task, taskFinished, taskStarted, written } from '../journal/sample-runs.ts';

const NEVER = new AbortController().signal;

async function all(messages: AsyncIterable<GridMessage>): Promise<GridMessage[]> {
  const told: GridMessage[] = [];
  for await (const message of messages) told.push(message);
  return told;
}

describe('a run that is watched', () => {
  it('is told at once where it has ended', async (t) => {
    const directory = await directoryFor(t);
    await written(directory, [finished('web01'), finished('web02')]);

    const told = await all(liveRun(new RunDirectory(directory), 'last', NEVER));

    assert.deepEqual(
      told.map(({ kind }) => kind),
      ['snapshot', 'over'],
    );
    assert.ok(told[0]?.kind === 'snapshot' && told[0].tasks[0]?.cells === 'oo');
  });

  it('is told as it goes on, to its end', async (t) => {
    const directory = await directoryFor(t);
    const run = description({ verb: 'play', subject: 'site.yml' });
    const writer = await JournalWriter.create({ directory, run, mask: (text) => text, now: () => Date.now() });
    const one = task(0, 'Install');
    await writer.playEvents([taskStarted(one, ['web01', 'web02'])]);

    const cells: string[] = [];
    let isFinished = false;
    for await (const message of liveRun(new RunDirectory(directory), writer.id, NEVER)) {
      if (message.kind === 'snapshot') {
        cells.push(message.tasks[0]?.cells ?? '');
        await writer.playEvents([taskFinished(one, 'web01', 'changed')]);
      } else if (message.kind === 'update') {
        cells.push(...message.cells.map(([column, host, mark]) => `${column} ${host} ${mark}`));
        if (message.row.state === 'ended') cells.push(`exit ${message.row.exitCode}`);
        if (isFinished) continue;
        isFinished = true;
        await writer.playEvents([recap({ web01: { changed: 1 }, web02: { ok: 1 } })]);
        await writer.finish(0);
      } else cells.push(message.kind);
    }

    assert.deepEqual(cells, ['rr', '0 0 c', 'exit 0', 'over']);
  });

  it('ends when nobody watches any more', async (t) => {
    const directory = await directoryFor(t);
    const writer = await JournalWriter.create({ directory, run: description(), mask: (text) => text, now: () => Date.now() });
    t.after(async () => await writer.abandon());
    const watching = new AbortController();

    const kinds: string[] = [];
    for await (const { kind } of liveRun(new RunDirectory(directory), 'last', watching.signal)) {
      kinds.push(kind);
      watching.abort();
    }

    assert.equal(kinds[0], 'snapshot');
    assert.ok(!kinds.includes('fault'));
  });

  it('that is not there, or of a later sshoal, is a fault that says what to do', async (t) => {
    const directory = await directoryFor(t);
    const later = '20990101-000000.000-abcdef';
    await writeFile(path.join(directory, `${later}.jsonl`), '{"kind":"header","format":99}\n');
    const runs = new RunDirectory(directory);

    const [gone] = await all(liveRun(runs, 'nowhere', NEVER));
    const [newer] = await all(liveRun(runs, later, NEVER));

    assert.ok(gone?.kind === 'fault' && gone.fault.code === 'RUN_NOT_FOUND');
    assert.ok(newer?.kind === 'fault' && newer.fault.code === 'JOURNAL_NEWER');
    assert.match(newer.fault.fix ?? '', /later one/);
  });
});
