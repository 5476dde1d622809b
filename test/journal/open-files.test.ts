// What reading journals leaves open: nothing, however much of them was read.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { describe, it } from 'node:test';
import { headerOf, readJournal } from '#src/journal/read-journal';
import { directoryFor, finished, written } from './sample-runs.ts';

const OPEN_FILES = '/proc/self/fd';

/** How often this process has a file open. */
function timesOpen(file: string): number {
  return readdirSync(OPEN_FILES).filter((fd) => existsSync(`${OPEN_FILES}/${fd}`) && readlinkSync(`${OPEN_FILES}/${fd}`) === file).length;
}

describe('a journal', { skip: existsSync(OPEN_FILES) ? false : 'no /proc on this machine' }, () => {
  it('is closed when only its header was asked for, and when somebody leaves in the middle', async (t) => {
    const file = await written(await directoryFor(t), [finished('web01'), finished('web02')]);

    await headerOf(file);
    for await (const _entry of (await readJournal(file)).entries()) break;

    // A stream closes its file a moment after it was told to.
    for (let turn = 0; turn < 100 && timesOpen(file) > 0; turn++) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(timesOpen(file), 0);
  });
});
