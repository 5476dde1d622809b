// A run as a grid, from the events of plays and single commands.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JournalEntry, JournalHeader } from '#src/journal/entry';
import { RunGrid } from '#src/ui/run-grid';
import { description, finished, recap, task, taskFinished, taskStarted } from '../journal/sample-runs.ts';

const RUNNING = { state: 'running', isTorn: false } as const;
const HEADER: JournalHeader = {
  ...description({ verb: 'play', subject: 'site.yml', hosts: ['web01', 'web02'] }),
  id: '20260807-142501.123-3f9a2c',
  process: { machine: 'here', pid: 1 },
  atMs: 1_000,
};

function play(atMs: number, event: Extract<JournalEntry, { kind: 'play' }>['event']): JournalEntry {
  return { atMs, kind: 'play', event };
}

describe('a grid of a run', () => {
  it('has a column for each task and a mark for each host, with times since the beginning', () => {
    const grid = new RunGrid(HEADER);
    const install = task(0, 'Install nginx');

    grid.add(play(1_000, { kind: 'play-started', play: 'Web', hosts: ['web01', 'web02'], atMs: 1_000 }));
    grid.add(play(1_100, taskStarted(install, ['web01', 'web02'])));
    grid.add(play(1_500, taskFinished(install, 'web01', 'changed')));

    const { tasks, hosts, row } = grid.snapshot(RUNNING);
    assert.deepEqual(hosts, ['web01', 'web02']);
    assert.deepEqual(tasks, [
      {
        id: 0,
        name: 'Install nginx',
        module: 'command',
        play: 'Web',
        place: 'site.yml:1',
        isHandler: false,
        startedMs: 100,
        cells: 'cr',
        endedMs: [500, -1],
        tookMs: [7, -1],
      },
    ]);
    assert.deepEqual(row.counts, { unfinished: 2 });
  });

  it('tells afterwards only what has changed', () => {
    const grid = new RunGrid(HEADER);
    const [first, second] = [task(0), task(1)];
    grid.add(play(1_100, taskStarted(first, ['web01', 'web02'])));
    grid.snapshot(RUNNING);

    grid.add(play(1_200, taskFinished(first, 'web02', 'failed')));
    grid.add(play(1_300, taskStarted(second, ['web01', 'db01'])));
    const update = grid.update(RUNNING);

    assert.deepEqual(update?.cells, [[0, 1, 'f', 200, 7]]);
    assert.deepEqual(update?.hosts, ['db01']);
    assert.deepEqual(
      update?.tasks.map(({ id, cells }) => [id, cells]),
      [[1, 'r.r']],
    );
    assert.equal(grid.update(RUNNING), undefined);
  });

  it('marks a failure that was told to go on, and keeps the worst where a host meets a task twice', () => {
    const grid = new RunGrid(HEADER);
    const one = task(0);
    const ignored = { ...taskFinished(one, 'web01', 'failed'), ignored: true } as ReturnType<typeof taskFinished>;

    for (const event of [ignored, taskFinished(one, 'web02', 'failed'), taskFinished(one, 'web02', 'ok')]) grid.add(play(1_100, event));

    assert.equal(grid.snapshot(RUNNING).tasks[0]?.cells, 'if');
  });

  it('shows a single command as its one task', () => {
    const grid = new RunGrid({ ...HEADER, verb: 'run', subject: 'uptime' });

    grid.add({ atMs: 1_001, kind: 'fleet', event: { kind: 'started', host: 'web01', atMs: 1_001 } });
    grid.add({
      atMs: 1_002,
      kind: 'fleet',
      event: finished('web02', { status: 'timed-out', startedAtMs: 1_001, endedAtMs: 1_004 }) as never,
    });

    const { tasks } = grid.snapshot(RUNNING);
    assert.deepEqual(
      tasks.map(({ name, cells, endedMs }) => [name, cells, endedMs]),
      [['uptime', 'rt', [-1, 4]]],
    );
  });

  it('counts hosts by how they ended, once the play says so', () => {
    const grid = new RunGrid(HEADER);

    grid.add(play(1_100, recap({ web01: { changed: 1 }, web02: { failed: 1 } })));
    grid.add({ atMs: 1_200, kind: 'end', exitCode: 2 });

    const { row } = grid.snapshot({ state: 'ended', isTorn: false });
    assert.deepEqual(row.counts, { changed: 1, failed: 1 });
    assert.equal(row.exitCode, 2);
  });
});
