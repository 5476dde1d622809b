// The figures of runs, as Prometheus reads them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { Metrics } from '#src/observe/metrics';
import { finished, outcomeOf, START_MS, taskFinished, taskOf, taskStarted } from '../report/samples.js';
import { endOf, runOf } from './samples.js';

const create = async (more: Partial<Parameters<typeof Metrics.create>[0]> = {}): Promise<Metrics> =>
  await Metrics.create({ version: '1.2.3', labels: { plan: 'site.yml' }, ...more });

/** The samples of one series, without those of its buckets. */
async function series(metrics: Metrics, name: string): Promise<string[]> {
  return (await metrics.text()).split('\n').filter((line) => line.startsWith(`sshoal_${name}{`) || line.startsWith(`sshoal_${name} `));
}

describe('metrics', () => {
  it('count a play by hosts, tasks and modules, and time it', async () => {
    const metrics = await create();
    const [copy, ping] = [taskOf(1, 'Write', { module: 'copy' }), taskOf(2, 'See', { module: 'ping' })];

    metrics.start(runOf());
    for (const event of [
      taskStarted(copy, ['web01', 'web02']),
      taskFinished(copy, 'web01', 'ok'),
      taskFinished(copy, 'web02', 'changed'),
      taskStarted(ping, ['web01', 'web02']),
      taskFinished(ping, 'web01', 'failed'),
    ])
      metrics.playEvent(event);
    const meanwhile = await series(metrics, 'in_flight');
    metrics.end(endOf({ outcome: 'failed', exitCode: 2, hosts: { changed: ['web02'], failed: ['web01'] } }));

    assert.deepEqual(meanwhile, ['sshoal_in_flight{plan="site.yml"} 1']);
    assert.deepEqual(await series(metrics, 'in_flight'), ['sshoal_in_flight{plan="site.yml"} 0']);
    assert.deepEqual(await series(metrics, 'runs_total'), ['sshoal_runs_total{verb="play",outcome="failed",plan="site.yml"} 1']);
    assert.deepEqual(await series(metrics, 'hosts_total'), [
      'sshoal_hosts_total{verb="play",outcome="changed",plan="site.yml"} 1',
      'sshoal_hosts_total{verb="play",outcome="failed",plan="site.yml"} 1',
    ]);
    assert.deepEqual(await series(metrics, 'tasks_total'), [
      'sshoal_tasks_total{module="copy",outcome="ok",plan="site.yml"} 1',
      'sshoal_tasks_total{module="copy",outcome="changed",plan="site.yml"} 1',
      'sshoal_tasks_total{module="ping",outcome="failed",plan="site.yml"} 1',
    ]);
    assert.deepEqual(await series(metrics, 'run_duration_seconds_sum'), ['sshoal_run_duration_seconds_sum{plan="site.yml",verb="play"} 2']);
    assert.deepEqual(await series(metrics, 'last_success_timestamp_seconds'), []);
    assert.deepEqual(await series(metrics, 'build_info'), ['sshoal_build_info{version="1.2.3",plan="site.yml"} 1']);
  });

  it('count connections, bytes and hosts of other verbs', async () => {
    const metrics = await create();
    const outcome = outcomeOf('web01', { startedAtMs: START_MS, connectedAtMs: START_MS + 500, endedAtMs: START_MS + 1_500, bytes: 42 });

    metrics.start(runOf({ verb: 'put' }));
    metrics.fleetEvent({ kind: 'started', host: 'web01', atMs: START_MS });
    metrics.fleetEvent({ kind: 'output', host: 'web01', stream: 'stdout', chunk: Buffer.from('hello') });
    metrics.fleetEvent(finished(outcome));
    metrics.end(endOf({ hosts: { ok: ['web01'] } }));

    assert.deepEqual(await series(metrics, 'connect_duration_seconds_sum'), ['sshoal_connect_duration_seconds_sum{plan="site.yml"} 0.5']);
    assert.deepEqual(await series(metrics, 'host_duration_seconds_sum'), ['sshoal_host_duration_seconds_sum{plan="site.yml"} 1.5']);
    assert.deepEqual(await series(metrics, 'bytes_total'), [
      'sshoal_bytes_total{kind="output",plan="site.yml"} 5',
      'sshoal_bytes_total{kind="moved",plan="site.yml"} 42',
    ]);
    assert.deepEqual(await series(metrics, 'last_success_timestamp_seconds'), [
      `sshoal_last_success_timestamp_seconds{verb="put",plan="site.yml"} ${START_MS / 1_000 + 2}`,
    ]);
  });

  it('name no host, unless they are told to', async () => {
    const [plain, perHost] = [await create(), await create({ perHost: true })];

    for (const metrics of [plain, perHost]) {
      metrics.start(runOf());
      metrics.end(endOf());
    }

    assert.doesNotMatch(await plain.text(), /web0/);
    assert.deepEqual(await series(perHost, 'host_runs_total'), [
      'sshoal_host_runs_total{host="web01",outcome="ok",plan="site.yml"} 1',
      'sshoal_host_runs_total{host="web02",outcome="changed",plan="site.yml"} 1',
    ]);
  });

  it('have no more modules than a Prometheus can bear', async () => {
    const metrics = await create();

    for (let n = 0; n < 300; n++) metrics.playEvent(taskFinished(taskOf(n, 'x', { module: `own_${n}` }), 'web01', 'ok'));

    const lines = await series(metrics, 'tasks_total');
    assert.equal(lines.length, 201);
    assert.equal(lines.at(-1), 'sshoal_tasks_total{module="other",outcome="ok",plan="site.yml"} 100');
  });

  it('take up when a run last went well from the file of a process before, though this one fails', async () => {
    const before = await create();
    before.start(runOf());
    before.end(endOf());
    const metrics = await create();

    metrics.remember(await before.text());
    metrics.start(runOf());
    metrics.end(endOf({ outcome: 'unreachable', exitCode: 4, atMs: START_MS + 9_000 }));

    assert.deepEqual(await series(metrics, 'last_success_timestamp_seconds'), [
      `sshoal_last_success_timestamp_seconds{verb="play",plan="site.yml"} ${START_MS / 1_000 + 2}`,
    ]);
    assert.deepEqual(await series(metrics, 'last_run_timestamp_seconds'), [
      `sshoal_last_run_timestamp_seconds{verb="play",plan="site.yml"} ${START_MS / 1_000 + 9}`,
    ]);
  });

  it('say how many hosts differ only where somebody looked, and which starts were left out', async () => {
    const metrics = await create();

    metrics.start(runOf());
    metrics.end(endOf());
    const unknown = await series(metrics, 'drifted_hosts');
    metrics.start(runOf({ check: true }));
    metrics.end(endOf({ outcome: 'drift', exitCode: 3 }));
    metrics.skipped('locked');

    assert.deepEqual(unknown, []);
    assert.deepEqual(await series(metrics, 'drifted_hosts'), ['sshoal_drifted_hosts{verb="play",plan="site.yml"} 1']);
    assert.deepEqual(await series(metrics, 'runs_skipped_total'), ['sshoal_runs_skipped_total{reason="locked",plan="site.yml"} 1']);
  });

  it('are those that docs/observe.md lists, with the same labels', async () => {
    const metrics = await create({ perHost: true });
    metrics.start(runOf({ check: true }));
    metrics.fleetEvent({ kind: 'output', host: 'web01', stream: 'stdout', chunk: Buffer.from('x') });
    metrics.playEvent(taskFinished(taskOf(1, 'Write'), 'web01', 'ok'));
    metrics.skipped('overrun');
    metrics.end(endOf());

    const text = await metrics.text();

    const page = readFileSync(path.resolve(import.meta.dirname, '../../../docs/observe.md'), 'utf8');
    const listed = [...page.matchAll(/^\| `(sshoal_\w+)` \|([^|]*)\|/gm)].map(([, name = '', labels = '']): [string, string] => [
      name,
      labels.replaceAll('`', '').trim(),
    ]);
    const written = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name = '', kind]): [string, string] => {
      const [, labels = ''] = new RegExp(`^${name}${kind === 'histogram' ? '_sum' : ''}\\{(.*?)\\} `, 'm').exec(text) ?? [];
      const names = [...labels.matchAll(/(\w+)="/g)].map((match) => match[1]).filter((label) => label !== 'plan');
      return [name, names.join(', ')];
    });
    assert.deepEqual(new Map(listed), new Map(written));
  });
});
