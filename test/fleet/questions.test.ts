// Hosts that wait for a person, over servers that listen.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { HostKeyQuestion } from '#src/connection/seam';
import { Fleet } from '#src/fleet/fleet';
import type { Target } from '#src/fleet/target';
import { EmbeddedFleet } from '#src/testing/embedded-fleet';

describe('a fleet whose hosts wait for a person', () => {
  let directory = '';
  let servers: EmbeddedFleet;
  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'sshoal-questions-'));
    servers = await EmbeddedFleet.start({ hosts: 3 });
  });
  after(async () => {
    await servers.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const targets = (known: string, connectTimeoutMs: number): Target[] =>
    [...servers.hosts].map(([name, { host, port, user }]) => ({
      name,
      spec: {
        ...{ kind: 'ssh', name, address: host, port, user, privateKeyFile: servers.privateKeyFile },
        ...{ hostKeyPolicy: 'ask', knownHostsFiles: [path.join(directory, known)], connectTimeoutMs },
      },
    }));

  it('lets the others have their turn, so that one question can be about all, and takes no time from them', async () => {
    const asked: (string | undefined)[] = [];
    let answer = (_accepted: boolean): void => {};
    const answered = new Promise<boolean>((resolve) => {
      answer = resolve;
    });
    const hostKey = async ({ name }: HostKeyQuestion): Promise<boolean> => {
      asked.push(name);
      if (asked.length === 3) {
        // Longer than they have to connect.
        await setTimeout(1_100);
        answer(true);
      }
      return await answered;
    };
    await using fleet = new Fleet(targets('all', 1_000), { forks: 1, questions: { hostKey } });

    const outcomes = await fleet.run('echo hi').outcomes();

    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['ok', 'ok', 'ok'],
    );
    assert.deepEqual(new Set(asked), new Set(['web01', 'web02', 'web03']));
    assert.equal((await readFile(path.join(directory, 'all'), 'utf8')).trimEnd().split('\n').length, 3);
  });

  it('goes on with other jobs after those who asked were cancelled, and their answer came too late', async () => {
    let answer = (_accepted: boolean): void => {};
    const stop = new AbortController();
    const asking: Promise<boolean>[] = [];
    const hostKey = async (): Promise<boolean> => {
      const late = new Promise<boolean>((resolve) => {
        answer = resolve;
      });
      asking.push(late);
      stop.abort();
      return await late;
    };
    await using fleet = new Fleet(targets('none', 10_000), { forks: 1, questions: { hostKey } });
    const [host = ''] = fleet.hosts;
    const job = [{ host, instruction: { kind: 'ping' } }] as const;

    const cancelled = await fleet.perform(job, { signal: stop.signal }).outcomes();
    answer(false);
    await Promise.all(asking);
    const again = fleet.perform(job).outcomes();
    while (asking.length < 2) await setTimeout(5);
    answer(true);

    assert.equal(cancelled[0]?.status, 'cancelled');
    assert.equal((await again)[0]?.status, 'ok');
  });
});
