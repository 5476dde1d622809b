// The figures at the end of a run.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConnectError } from '#src/connection/errors';
import type { Layout } from '#src/report/seam';
import { Stats } from '#src/report/stats';
import { finished, outcomeOf, plainOptions, recap, report, START_MS, taskFinished, taskOf } from './samples.ts';

describe('the figures of a run', () => {
  it('say how long hosts took, who was slowest, how fast all was, and how commands ended', () => {
    const stats = new Stats();
    for (let n = 1; n <= 20; n++) {
      const at = { connectedAtMs: START_MS + n * 10, endedAtMs: START_MS + n * 100 };
      stats.fleetEvent(finished(outcomeOf(`web${n}`, { stdout: 'x'.repeat(512), ...at })));
    }
    stats.fleetEvent(
      finished(
        outcomeOf('killed', { exit: { kind: 'signal', signal: 'SIGKILL' }, status: 'failed', endedAtMs: START_MS + 3_000, bytes: 2_048 }),
      ),
    );
    const error = new ConnectError('CONNECT_REFUSED', 'no', {});
    stats.fleetEvent(finished({ host: 'gone', status: 'unreachable', error, startedAtMs: START_MS, endedAtMs: START_MS + 4_000 }));
    stats.fleetEvent(finished({ host: 'never', status: 'cancelled', startedAtMs: START_MS, endedAtMs: START_MS }));

    const lines = stats.lines();

    assert.deepEqual(lines, [
      'per host    p50 1.1s, p95 3.0s, max 4.0s',
      'connecting  p50 100ms, p95 190ms, max 200ms; 100/s',
      'slowest     gone 4.0s, killed 3.0s, web20 2.0s, web19 1.9s, web18 1.8s',
      'commands    21 in 4.0s, 5.3/s',
      'bytes       10 KiB of output, 2.0 KiB moved',
      'endings     exit 0: 20, SIGKILL: 1, CONNECT_REFUSED: 1, cancelled: 1',
    ]);
  });

  it('say of a play which hosts and tasks took longest', () => {
    const stats = new Stats();
    const [quick, slow] = [taskOf(1, 'Quick'), taskOf(2, 'Slow')];
    for (const [host, ms] of [
      ['a', 100],
      ['b', 900],
    ] as const) {
      for (const task of [quick, slow]) {
        const event = taskFinished(task, host, 'ok');
        stats.playEvent({ ...event, durationMs: task === slow ? ms : 5 } as typeof event);
      }
    }
    stats.playEvent(recap({}));

    assert.deepEqual(stats.lines(), [
      'per host       p50 105ms, p95 905ms, max 905ms',
      'slowest hosts  b 905ms, a 105ms',
      'slowest tasks  Slow on b 900ms, Quick on a 5ms',
      'tasks          4 in 2.3s, 1.7/s',
    ]);
  });

  it('are nothing where nothing happened', () => {
    assert.deepEqual(new Stats().lines(), []);
  });

  it('stand after the summary, also where all else is left out', () => {
    const header = { verb: 'run', subject: 'x', hosts: ['a', 'b'] } as const;
    const text = (layout: Layout): string =>
      report(
        'text',
        header,
        (reporter) => {
          for (const host of header.hosts) reporter.fleetEvent(finished(outcomeOf(host)));
        },
        { options: { ...plainOptions, layout } },
      );

    assert.match(text({ stats: true }), /2 hosts: 2 ok in 0ms\nper host {2}p50 1.4s/);
    assert.match(text({ stats: true, quiet: true }), /^per host {2}p50 1.4s/);
  });
});
