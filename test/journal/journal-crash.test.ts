// A journal whose writer is killed: everything it had reported is there.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import process from 'node:process';
import { describe, it } from 'node:test';
import { RunDirectory } from '#src/journal/run-directory';
import { hostsNotWell } from '#src/journal/summary';
import { directoryFor } from './sample-runs.ts';

const WRITER = path.join(import.meta.dirname, 'tireless-writer.js');

/** Kills the writer once it has reported some hosts. @returns all it had reported by then. */
async function killed(directory: string, after: number): Promise<string[]> {
  const child = spawn(process.execPath, [WRITER, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (said.split('\n').length > after) child.kill('SIGKILL');
  });
  await once(child, 'close');
  return said.split('\n').slice(0, -1);
}

describe('a run that is killed with SIGKILL', () => {
  it('has lost nothing that was reported, is interrupted, and can be taken up again', async (t) => {
    const directory = await directoryFor(t);

    const reported = await killed(directory, 200);

    const runs = new RunDirectory(directory);
    const run = await runs.run(await runs.find('last'));
    const ok = new Set(run.hosts.ok);
    assert.ok(reported.length >= 200);
    assert.deepEqual(
      reported.filter((host) => !ok.has(host)),
      [],
    );
    assert.equal(run.state, 'interrupted');
    assert.equal(hostsNotWell(run).length, 100_000 - ok.size);
  });
});
