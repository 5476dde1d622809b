// A play that a second coordinator goes on with is told as one.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PlaySoFar } from '#src/engine/play-so-far';
import type { RunEvent } from '#src/engine/seam';
import type { PlayEvent, TaskLabel } from '#src/playbook/events';

const label = (id: number, line: number): TaskLabel => ({
  id,
  name: `t${line}`,
  module: 'command',
  position: { file: 'f', line, column: 1 },
  handler: false,
});
const begun = (task: TaskLabel, ...hosts: string[]): PlayEvent => ({ kind: 'task-started', task, hosts, atMs: 0 });
const ended = (task: TaskLabel, host: string, status: 'ok' | 'unreachable' = 'ok'): PlayEvent => ({
  kind: 'task-finished',
  task,
  host,
  status,
  ignored: false,
  result: new Map(),
  durationMs: 1,
});
const started: PlayEvent = { kind: 'play-started', play: 'p', hosts: ['a', 'b'], atMs: 0 };
const told = (...events: PlayEvent[]): RunEvent[] => events.map((event) => ({ kind: 'play', event }));

describe('a play so far', () => {
  it('knows what is done, and names what is done again', () => {
    const { done, notes } = new PlaySoFar(told(started, begun(label(1, 1), 'a', 'b'), ended(label(1, 1), 'a')), 0);

    assert.deepEqual(
      [...(done.get('a') ?? [])].map(({ again }) => again),
      [false],
    );
    assert.deepEqual(done.get('b'), []);
    assert.deepEqual(notes, [{ kind: 'note', text: 'b: t1: done again, since its coordinator was lost' }]);
  });

  it('lets a host that was lost stay lost', () => {
    const { done } = new PlaySoFar(told(started, begun(label(1, 1), 'a'), ended(label(1, 1), 'a', 'unreachable')), 0);

    assert.deepEqual(
      done.get('a')?.map(({ again }) => again),
      [false],
    );
  });

  it('tells beginnings once: of a play, and of a task that all its hosts had begun', () => {
    const soFar = new PlaySoFar(told(started, begun(label(1, 1), 'a', 'b'), ended(label(1, 1), 'a')), 0);

    assert.deepEqual(soFar.news(started), []);
    assert.deepEqual(soFar.news(begun(label(1, 1), 'b')), []);
    assert.deepEqual(soFar.news(begun(label(2, 2), 'a', 'b')), [begun(label(2, 2), 'a', 'b')]);
    assert.deepEqual(soFar.news(started), [started]);
  });

  it('gives a task the number under which it was begun', () => {
    const soFar = new PlaySoFar(told(started, begun(label(7, 1), 'a')), 0);

    assert.deepEqual(soFar.news(ended(label(9, 1), 'a')), [ended(label(7, 1), 'a')]);
  });

  it('is the play itself where nothing was before', () => {
    const soFar = new PlaySoFar([], 0);

    assert.deepEqual(soFar.news(started), [started]);
    assert.deepEqual(soFar.notes, []);
  });
});
