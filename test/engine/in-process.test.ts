// The engine that is this process, as every engine; and from where a coordinator before has left a run.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { playerOf } from '#src/cli/engine/player';
import { InProcess } from '#src/engine/in-process';
import type { RunEvent } from '#src/engine/seam';
import { EmbeddedFleet } from '#src/testing/embedded-fleet';
import { fakeContext } from '../cli/fake-context.ts';
import { adHoc, collect, engineContract, newDirectory, recordOf, removed } from './contract.ts';

const engine = new InProcess(playerOf(fakeContext()));

engineContract(
  'in this process',
  async () => {
    const [fleet, directory] = [await EmbeddedFleet.start({ hosts: 4 }), await newDirectory()];
    const end = async (): Promise<void> => {
      await fleet.stop();
      await removed(directory);
    };
    return { engine, fleet, directory, [Symbol.asyncDispose]: end };
  },
  { skip: false },
);

describe('a run that another coordinator had begun', () => {
  it('is done only where it has no end, and what was under way is done again and named', async () => {
    await using fleet = await EmbeddedFleet.start({ hosts: 3 });
    const record = recordOf(adHoc(fleet, { kind: 'script', script: 'echo again' }), [...fleet.hosts.keys()]);
    const atMs = 0;
    const before: RunEvent[] = [
      { kind: 'fleet', event: { kind: 'started', host: 'web01', atMs } },
      { kind: 'fleet', event: { kind: 'started', host: 'web02', atMs } },
      { kind: 'fleet', event: { kind: 'finished', host: 'web01', outcome: { host: 'web01', status: 'ok', startedAtMs: 0, endedAtMs: 1 } } },
    ];

    const events = await collect(engine.carryOut(record, { signal: new AbortController().signal, before }));

    const told = events.flatMap((one) => (one.kind === 'fleet' ? [`${one.event.kind} ${one.event.host}`] : []));
    assert.deepEqual(told.toSorted(), ['finished web02', 'finished web03', 'started web03']);
    assert.deepEqual(
      events.filter(({ kind }) => kind === 'note'),
      [{ kind: 'note', text: 'web02: done again, since its coordinator was lost' }],
    );
  });

  it('begins nothing more where too many had failed before', async () => {
    await using fleet = await EmbeddedFleet.start({ hosts: 3 });
    const record = recordOf(adHoc(fleet, { kind: 'script', script: ':' }, { course: { maxFailures: 0 } }), [...fleet.hosts.keys()]);
    const outcome = { host: 'web01', status: 'failed', startedAtMs: 0, endedAtMs: 1 } as const;
    const before: RunEvent[] = [{ kind: 'fleet', event: { kind: 'finished', host: 'web01', outcome } }];

    const events = await collect(engine.carryOut(record, { signal: new AbortController().signal, before }));

    const statuses = events.flatMap((one) => (one.kind === 'fleet' && one.event.kind === 'finished' ? [one.event.outcome.status] : []));
    assert.deepEqual(statuses, ['cancelled', 'cancelled']);
  });
});
