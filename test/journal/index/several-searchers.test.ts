// Processes that make and use an index at once, and one that is killed meanwhile.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import process from 'node:process';
import { describe, it, type TestContext } from 'node:test';
import { RunDirectory } from '#src/journal/run-directory';
import { directoryFor, finished, NOW, written } from '../sample-runs.ts';

const SEARCHER = path.join(import.meta.dirname, 'searcher.js');
const RUNS = 80;

/** Of which each second has a host that failed. */
async function manyRuns(t: TestContext): Promise<string> {
  const directory = await directoryFor(t);
  for (let number = 0; number < RUNS; number++) {
    const web02 = finished('web02', number % 2 === 0 ? {} : { status: 'failed' });
    await written(directory, [finished('web01'), web02], { atMs: NOW + number * 1_000 });
  }
  return directory;
}

/** @returns What it said. */
async function searched(directory: string, times: number, killAfter = times): Promise<string[]> {
  const child = spawn(process.execPath, [SEARCHER, directory, String(times)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (said.split('\n').length > killAfter) child.kill('SIGKILL');
  });
  await once(child, 'close');
  return said.split('\n').slice(0, -1);
}

describe('searches at once', () => {
  it('all find what there is, though each makes the index anew under the others', async (t) => {
    const directory = await manyRuns(t);

    const said = await Promise.all(Array.from({ length: 3 }, async () => await searched(directory, 4, 100)));

    for (const lines of said) {
      assert.deepEqual(
        lines.filter((line) => !line.startsWith('note: the index of runs')),
        Array.from({ length: 4 }, () => String(RUNS / 2)),
      );
    }
  });

  it('are not led astray by one that was killed on the way', async (t) => {
    const directory = await manyRuns(t);
    await searched(directory, 1_000, 2);

    const runs = new RunDirectory(directory);
    const found: string[] = [];
    for await (const { id } of runs.select({ host: 'web02', outcome: 'failed' }, assert.ifError)) found.push(id);

    assert.equal(found.length, RUNS / 2);
  });
});
