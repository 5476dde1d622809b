// Where hosts stood, from journals written by hand.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { Float } from '#src/base/value';
import { JournalWriter } from '#src/journal/journal-writer';
import { type HostProgress, type ResumePoint, resumePointOf } from '#src/journal/resume';
import { description, directoryFor } from './sample-runs.ts';

const HEADER = {
  ...description({ verb: 'play', plan: 'sha256:1' }),
  kind: 'header',
  format: 1,
  id: 'x',
  process: { machine: 'm', pid: 1 },
  atMs: 1,
};
const label = (id: number, handler = false) => ({
  id,
  name: `Task ${id}`,
  module: 'command',
  position: { file: 'a', line: 1, column: 1 },
  handler,
});
const started = (id: number, handler = false) => ({ kind: 'task-started', atMs: 2, task: label(id, handler), hosts: ['web01'] });
const ended = (id: number, status: string, more: object = {}) => ({
  kind: 'task-finished',
  atMs: 3,
  task: id,
  host: 'web01',
  status,
  ignored: false,
  result: {},
  durationMs: 1,
  ...more,
});

async function point(t: TestContext, ...lines: readonly object[]): Promise<ResumePoint> {
  const file = path.join(await directoryFor(t), 'run.jsonl');
  await writeFile(file, [HEADER, ...lines].map((line) => `${JSON.stringify(line)}\n`).join(''));
  return await resumePointOf(file);
}

async function web01(t: TestContext, ...lines: readonly object[]): Promise<HostProgress> {
  const found = (await point(t, ...lines)).hosts.get('web01');
  assert.ok(found);
  return found;
}

describe('the point where a play is taken up again', () => {
  it('has every host of the run, those that never began too, and what tells the plan', async (t) => {
    const { hosts, header, isEnded } = await point(t);

    assert.deepEqual([...hosts.keys()], ['web01', 'web02']);
    assert.equal(hosts.get('web02')?.lastTask, undefined);
    assert.equal(header.plan, 'sha256:1');
    assert.equal(isEnded, false);
  });

  it('is behind the last task that ended well; failures that count stop there', async (t) => {
    const well = await web01(t, started(0), ended(0, 'ok'), started(1), ended(1, 'failed', { ignored: true }));
    const failed = await web01(t, started(0), ended(0, 'changed'), started(1), ended(1, 'failed'));
    const lost = await web01(t, started(0), ended(0, 'unreachable'));
    const cut = await web01(t, started(0), ended(0, 'skipped'), started(1), ended(1, 'cancelled'));

    assert.deepEqual([well.lastTask, well.stoppedBy], [1, undefined]);
    assert.deepEqual([failed.lastTask, failed.stoppedBy], [0, 'failed']);
    assert.deepEqual([lost.lastTask, lost.stoppedBy], [undefined, 'unreachable']);
    assert.deepEqual([cut.lastTask, cut.stoppedBy], [0, undefined]);
  });

  it('is not stopped by a failure that was rescued', async (t) => {
    const progress = await web01(t, started(0), ended(0, 'failed'), started(1), ended(1, 'ok'));

    assert.deepEqual([progress.lastTask, progress.stoppedBy], [1, undefined]);
  });

  it('has the last of each registered value and fact', async (t) => {
    const progress = await web01(
      t,
      { kind: 'registered', atMs: 1, host: 'web01', name: 'r', value: { rc: 1 } },
      { kind: 'registered', atMs: 1, host: 'web01', name: 'r', value: { rc: { $float: '2' } } },
      { kind: 'facts', atMs: 1, host: 'web01', facts: { a: 1, b: 2 } },
      { kind: 'facts', atMs: 1, host: 'web01', facts: { b: 3 } },
    );

    assert.deepEqual(progress.registered.get('r'), new Map([['rc', new Float(2)]]));
    assert.deepEqual(
      [...progress.facts],
      [
        ['a', 1],
        ['b', 3],
      ],
    );
    assert.equal(progress.lost.size, 0);
  });

  it('has the handlers that were notified and have not run, and takes no handler for a task', async (t) => {
    const progress = await web01(
      t,
      started(0),
      ended(0, 'changed'),
      { kind: 'notified', atMs: 1, host: 'web01', handlers: ['restart', 'reload'] },
      started(9, true),
      ended(9, 'ok'),
      { kind: 'handler-done', atMs: 1, host: 'web01', handler: 'restart' },
    );

    assert.deepEqual(progress.pendingHandlers, ['reload']);
    assert.equal(progress.lastTask, 0);
  });

  it('is told by a writer, which names what it has not truly kept', async (t) => {
    const directory = await directoryFor(t);
    const mask = (text: string): string => text.replaceAll('hunter2', '****');
    const writer = await JournalWriter.create({ directory, run: description({ verb: 'play' }), mask, now: () => 1 });
    await writer.state({ kind: 'registered', host: 'web01', name: 'secret', value: 'is hunter2' });
    await writer.state({ kind: 'registered', host: 'web01', name: 'known', value: 'as it is' });
    await writer.state({ kind: 'facts', host: 'web01', facts: new Map([['large', 'x'.repeat(100_000)]]) });
    await writer.state({ kind: 'notified', host: 'web01', handlers: ['restart'] });
    await writer.abandon();

    const progress = (await resumePointOf(writer.file)).hosts.get('web01');

    assert.deepEqual([...(progress?.lost ?? [])], ['secret', 'large']);
    assert.equal(progress?.registered.get('known'), 'as it is');
    assert.deepEqual(progress?.pendingHandlers, ['restart']);
  });

  it('is none after the end of a play, unless somebody interrupted it', async (t) => {
    assert.equal((await point(t, { kind: 'end', atMs: 9, exitCode: 2 })).isEnded, true);
    assert.equal((await point(t, { kind: 'end', atMs: 9, exitCode: 130 })).isEnded, false);
  });
});
