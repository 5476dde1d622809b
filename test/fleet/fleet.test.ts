// Many hosts at once, over real local shells.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { FleetEvent } from '#src/fleet/events';
import { Fleet } from '#src/fleet/fleet';
import type { Target } from '#src/fleet/target';

const local = (name: string): Target => ({ name, spec: { kind: 'local', name } });
const names = (n: number): string[] => Array.from({ length: n }, (_, i) => `h${i + 1}`);
const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString();

describe('a fleet', () => {
  let directory: string;

  before(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-fleet-'));
  });
  after(async () => await rm(directory, { recursive: true, force: true }));

  it('gives every host exactly one outcome, and one failure spoils no other', async () => {
    await using fleet = new Fleet(names(4).map(local));

    const outcomes = await fleet
      .perform(
        fleet.hosts.map((host) => ({
          host,
          instruction: { kind: 'script', script: host === 'h3' ? 'echo no >&2; exit 3' : `echo ${host}` },
        })),
      )
      .outcomes();

    const byHost = new Map(outcomes.map((outcome) => [outcome.host, outcome]));
    assert.deepEqual([...byHost.keys()].sort(), names(4));
    assert.equal(outcomes.length, 4);
    assert.deepEqual([byHost.get('h3')?.status, text(byHost.get('h3')?.stderr)], ['failed', 'no\n']);
    assert.deepEqual([byHost.get('h4')?.status, text(byHost.get('h4')?.stdout)], ['ok', 'h4\n']);
  });

  it('works on no more hosts at once than it has forks', async () => {
    await using fleet = new Fleet(names(12).map(local), { forks: 3 });
    const place = path.join(directory, 'slots');
    // Each host counts who else is inside; the highest count is the fan-out that really happened.
    const script = `mkdir -p '${place}'; : >'${place}'/$$; ls '${place}' | wc -l; sleep 0.05; rm '${place}'/$$`;

    const outcomes = await fleet.run(script).outcomes();

    const counts = outcomes.map((outcome) => Number(text(outcome.stdout)));
    assert.equal(counts.length, 12);
    assert.ok(Math.max(...counts) <= 3, `saw ${counts.join(' ')}`);
  });

  it('ends every host as cancelled when aborted, started or not, and leaves nothing running', async () => {
    await using fleet = new Fleet(names(4).map(local), { forks: 2 });
    const abort = new AbortController();
    const place = await mkdtemp(path.join(directory, 'cancel-'));
    const events: FleetEvent[] = [];

    for await (const event of fleet.run(`trap 'rm -f ${place}/'$$ EXIT; : >'${place}'/$$; echo up; sleep 60 & wait`, {
      live: true,
      signal: abort.signal,
    })) {
      events.push(event);
      if (events.filter((seen) => seen.kind === 'output').length === 2) abort.abort();
    }

    const finished = events.flatMap((event) => (event.kind === 'finished' ? [event.outcome] : []));
    assert.deepEqual(
      finished.map((outcome) => outcome.status),
      ['cancelled', 'cancelled', 'cancelled', 'cancelled'],
    );
    assert.equal(events.filter((event) => event.kind === 'started').length, 2);
    assert.ok((await readdir(place)).length <= 2);
  });

  it('cancels what runs when its reader leaves early', async () => {
    await using fleet = new Fleet(names(2).map(local));

    for await (const event of fleet.run('echo up; sleep 60', { live: true })) if (event.kind === 'output') break;

    const [next] = await fleet.run('echo still here').outcomes();
    assert.equal(text(next?.stdout), 'still here\n');
  });

  it('says timed-out with what was written, within the deadline of the command', async () => {
    await using fleet = new Fleet([local('h1')]);

    const [outcome] = await fleet.run('echo begun; sleep 60', { timeoutMs: 300 }).outcomes();

    assert.deepEqual([outcome?.status, text(outcome?.stdout), outcome?.error?.code], ['timed-out', 'begun\n', 'TIMED_OUT']);
  });

  it('holds hosts back while nobody reads', async () => {
    await using fleet = new Fleet([local('h1')]);
    const run = fleet.run('i=0; while [ $i -lt 2000 ]; do echo $i; i=$((i+1)); done', { live: true });

    let seen = '';
    for await (const event of run) {
      if (event.kind === 'output') seen += text(event.chunk);
      await new Promise((resolve) => setImmediate(resolve));
    }

    assert.equal(seen.split('\n').length, 2_001);
  });

  it('refuses an assignment to a host it does not have before it starts any', () => {
    const fleet = new Fleet([local('h1')]);

    assert.throws(() => fleet.perform([{ host: 'h9', instruction: { kind: 'ping' } }]), { code: 'UNKNOWN_HOST' });
  });
});
