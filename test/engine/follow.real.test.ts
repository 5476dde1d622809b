// Following a run when there is nobody left to tell of it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BullmqEngine } from '#src/engine/bullmq';
import type { RunEvent } from '#src/engine/seam';
import { needs } from '../support/real.ts';
import { adHoc, collect, recordOf, VERSION } from './contract.ts';
import { type CrewHere, crewHere } from './crew-here.ts';

const PATIENCE_MS = 1_500;

/** Starts a run that would take long, does something when all hosts have begun, and says how the hosts ended. */
async function interrupted(crew: CrewHere, interrupt: () => void): Promise<string[]> {
  await using engine = await BullmqEngine.open({ address: crew.redis.address, key: crew.key, version: VERSION, patienceMs: PATIENCE_MS });
  const record = recordOf(adHoc(crew.fleet, { kind: 'script', script: 'sleep 30' }), [...crew.fleet.hosts.keys()]);
  let begun = 0;
  const each = (one: RunEvent): void => {
    if (one.kind !== 'fleet' || one.event.kind !== 'started') return;
    begun += 1;
    if (begun === crew.fleet.hosts.size) interrupt();
  };
  const events = await collect(engine.carryOut(record, { signal: new AbortController().signal }), each);
  return events.flatMap((one) =>
    one.kind === 'fleet' && one.event.kind === 'finished' ? [`${one.event.outcome.status} ${one.event.outcome.error?.code}`] : [],
  );
}

describe('a run that nobody tells of any more', needs('redis-server'), () => {
  it('has an end for every host when Redis stays away', async () => {
    const crew = await crewHere(['ali'], { patienceMs: PATIENCE_MS });
    crew.ending.catch(() => {});

    const ends = await interrupted(crew, () => void crew.redis.kill());

    assert.deepEqual(ends, Array(4).fill('unreachable ENGINE_LOST'));
    await assert.rejects(crew.ending, { code: 'ENGINE_LOST' });
    await assert.rejects(async () => await crew[Symbol.asyncDispose](), { code: 'ENGINE_LOST' });
  });

  it('begins nowhere without a worker', async () => {
    await using crew = await crewHere([]);

    await assert.rejects(
      interrupted(crew, () => {}),
      { code: 'ENGINE_NO_WORKERS' },
    );
  });
});
