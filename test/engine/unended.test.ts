// Every host of a run has an end, also where nobody is left to tell one.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EngineError } from '#src/engine/errors';
import type { RunEvent, RunRecord } from '#src/engine/seam';
import { Unended } from '#src/engine/unended';
import type { TaskStatus } from '#src/playbook/events';

const error = new EngineError('ENGINE_LOST', 'Redis is gone', { fix: 'Look' });
const hosts = ['web01', 'web02'];
const run = (verb: 'run' | 'play'): RunRecord =>
  ({ id: 'r', atMs: 0, description: { verb, hosts }, order: { kind: verb === 'play' ? 'play' : 'ad-hoc' } }) as unknown as RunRecord;
const ended = (host: string, status: TaskStatus): RunEvent => ({
  kind: 'play',
  event: {
    kind: 'task-finished',
    task: { id: 1, name: 't', module: 'm', position: { file: 'f', line: 1, column: 1 }, handler: false },
    host,
    status,
    ignored: false,
    result: new Map(),
    durationMs: 1,
  },
});

describe('the hosts that have no end', () => {
  it('are unreachable, for the reason that nobody is left', () => {
    const unended = new Unended(run('run'));
    unended.take([
      { kind: 'fleet', event: { kind: 'finished', host: 'web01', outcome: { host: 'web01', status: 'ok', startedAtMs: 0, endedAtMs: 1 } } },
    ]);

    const events = unended.accountFor(error);

    assert.equal(events.length, 1);
    const [only] = events;
    assert.ok(only?.kind === 'fleet' && only.event.kind === 'finished');
    assert.deepEqual([only.event.host, only.event.outcome.status, only.event.outcome.error], ['web02', 'unreachable', error]);
  });

  it('are counted in the recap of a play beside what they did', () => {
    const unended = new Unended(run('play'));
    unended.take([ended('web01', 'ok'), ended('web01', 'changed'), ended('web02', 'failed')]);

    const recap = unended.accountFor(error).at(-1);

    assert.ok(recap?.kind === 'play' && recap.event.kind === 'recap');
    assert.deepEqual(
      [...recap.event.hosts].map(([host, { ok, changed, failed, unreachable }]) => [host, ok, changed, failed, unreachable]),
      [
        ['web01', 2, 1, 0, 1],
        ['web02', 0, 0, 1, 1],
      ],
    );
  });

  it('are none after the recap', () => {
    const unended = new Unended(run('play'));
    unended.take([{ kind: 'play', event: { kind: 'recap', hosts: new Map(), durationMs: 1 } }]);

    assert.deepEqual(
      unended.accountFor(error).map(({ kind }) => kind),
      ['note'],
    );
  });
});
