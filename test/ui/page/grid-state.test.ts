// A run as the page keeps it: changes applied, rows folded, what it waits for.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JournalEntry, JournalHeader } from '#src/journal/entry';
import { applied, type GridState, rowsOf, spanOf, stateOf, tallyOf, waitsFor } from '#src/ui/page/grid-state';
import { RunGrid } from '#src/ui/run-grid';
import { description, task, taskFinished, taskStarted } from '../../journal/sample-runs.ts';

const HOSTS = ['web01', 'web02', 'web03', 'db01'];
const HEADER: JournalHeader = {
  ...description({ verb: 'play', subject: 'site.yml', hosts: HOSTS }),
  id: '20260807-142501.123-3f9a2c',
  process: { machine: 'here', pid: 1 },
  atMs: 0,
};

type Told = Extract<JournalEntry, { kind: 'play' }>['event'];

function gridOf(events: readonly Told[], state: 'running' | 'ended' | 'interrupted' = 'running'): { grid: RunGrid; state: GridState } {
  const grid = new RunGrid(HEADER);
  for (const [index, event] of events.entries()) grid.add({ atMs: 100 * (index + 1), kind: 'play', event });
  return { grid, state: stateOf(grid.snapshot({ state, isTorn: false })) };
}
const [first, second] = [task(0, 'First'), task(1, 'Second')];

describe('the grid of the page', () => {
  it('is after a change what a new snapshot would be', () => {
    const { grid, state } = gridOf([taskStarted(first, HOSTS)]);
    const events = [taskFinished(first, 'db01', 'ok'), taskStarted(second, ['db01', 'late01']), taskFinished(second, 'late01', 'failed')];
    for (const event of events) grid.add({ atMs: 500, kind: 'play', event });

    const update = grid.update({ state: 'running', isTorn: false });

    assert.ok(update !== undefined);
    assert.deepEqual(applied(state, update), stateOf(grid.snapshot({ state: 'running', isTorn: false })));
  });

  it('folds hosts of which every task says the same, the worst first', () => {
    const { state } = gridOf([
      ...['web01', 'web02', 'web03'].map((host) => taskFinished(first, host, 'ok')),
      taskFinished(first, 'db01', 'failed'),
    ]);

    const rows = rowsOf(state, true, '');

    assert.deepEqual(
      rows.map(({ hosts, marks }) => [hosts, marks]),
      [
        [['db01'], ['f']],
        [['web01', 'web02', 'web03'], ['o']],
      ],
    );
    assert.deepEqual(
      rowsOf(state, false, 'WEB').map(({ key }) => key),
      ['web01', 'web02', 'web03'],
    );
  });

  it('says what a run waits for, and of one that broke off that it came to no end', () => {
    const events = [taskStarted(first, HOSTS), taskFinished(first, 'web01', 'ok')];

    const waiting = waitsFor(gridOf(events).state);
    const [lost] = rowsOf(gridOf(events, 'interrupted').state, true, '');

    assert.deepEqual(
      waiting.map(({ task: { name }, hosts }) => [name, hosts]),
      [['First', ['web02', 'web03', 'db01']]],
    );
    assert.deepEqual(lost?.marks, ['n']);
  });

  it('knows when a task was at work, where longest, and how hosts came out of it', () => {
    const slow = { ...taskFinished(first, 'web02', 'changed'), durationMs: 90 } as Told;
    const { state } = gridOf([taskStarted(first, HOSTS), taskFinished(first, 'web01', 'ok'), slow], 'ended');
    const [column] = state.tasks;

    assert.ok(column !== undefined);
    assert.deepEqual(spanOf(state, column, 9_999), { fromMs: 100, toMs: 300, slowest: { host: 'web02', ms: 90 } });
    assert.deepEqual(tallyOf(state, column), [
      ['n', 2],
      ['c', 1],
      ['o', 1],
    ]);
  });
});
