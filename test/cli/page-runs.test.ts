// Runs that the page starts: real processes of this same program.
import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import process from 'node:process';
import { describe, it } from 'node:test';
import { PageRuns } from '#src/cli/page-runs';

const SURROUNDINGS = { cwd: tmpdir(), env: { PATH: process.env.PATH, HOME: '/dev/null' } };

describe('a run from the page', () => {
  it('is a process of this program, and tells how it ended and what it complained of', async () => {
    await using runs = new PageRuns(SURROUNDINGS);

    const { pid, ended } = runs.start(['nonsense']);

    assert.ok(pid > 0);
    const { exitCode, stderr } = await ended;
    assert.equal(exitCode, 1);
    assert.match(stderr, /UNKNOWN_VERB/);
  });

  it('is stopped in order when the page ends', async () => {
    const runs = new PageRuns(SURROUNDINGS);
    const { ended } = runs.start(['run', 'localhost', '-c', 'local', '-i', 'localhost,', '--', 'sleep 60']);

    await runs[Symbol.asyncDispose]();

    assert.notEqual((await ended).exitCode, 0);
  });
});
