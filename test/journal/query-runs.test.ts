// Runs a page at a time.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { queryRuns } from '#src/journal/query-runs';
import { RunDirectory } from '#src/journal/run-directory';
import { directoryFor, threeRuns } from './sample-runs.ts';

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
