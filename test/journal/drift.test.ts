// How much changed and failed from run to run.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { driftOfAll, driftOfHost } from '#src/journal/drift';
import { listOf, noFault, threeRuns } from './sample-runs.ts';

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
