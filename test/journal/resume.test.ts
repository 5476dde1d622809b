// Where hosts stood, from journals written by hand.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { dict, Float } from '#src/base/value';
import { JournalWriter } from '#src/journal/journal-writer';
import { type ResumePoint, resumePointOf } from '#src/journal/resume';
import type { PlayEvent, TaskMemory } from '#src/playbook/events';
import { description, directoryFor, task, taskFinished, taskStarted } from './sample-runs.ts';

const label = (id: number) => ({
  id,
  name: `Task ${id}`,
  module: 'command',
  position: { file: 'a', line: id, column: 1 },
  handler: false,
});
const started = (id: number, hosts = ['web01']) => ({ kind: 'task-started', atMs: 2, task: label(id), hosts });
const ended = (id: number, status: string, more: object = {}) => ({
  kind: 'task-finished',
  atMs: 3,
  task: id,
  host: 'web01',
  status,
  ignored: false,
  result: { n: id },
  durationMs: 1,
  ...more,
});

async function journal(directory: string, name: string, lines: readonly object[], more: object = {}): Promise<string> {
  const header = { ...description({ verb: 'play' }), kind: 'header', format: 1, id: name, process: { machine: 'm', pid: 1 }, atMs: 1 };
  const file = path.join(directory, `${name}.jsonl`);
  await writeFile(file, [{ ...header, ...more }, ...lines].map((line) => `${JSON.stringify(line)}\n`).join(''));
  return file;
}

async function point(t: TestContext, ...lines: readonly object[]): Promise<ResumePoint> {
  return await resumePointOf(await journal(await directoryFor(t), 'run', lines));
}

/** `task status`, with a star for what is done again. */
function told({ done }: ResumePoint, host = 'web01'): string[] {
  return (done.get(host) ?? []).map(({ finished, again }) => `${finished.task.id} ${finished.status}${again ? '*' : ''}`);
}
function repeated(found: ResumePoint): string[] {
  return found.repeated.map(({ host, task: { id }, why }) => `${host} ${id} ${why}`);
}

describe('the point where a play is taken up again', () => {
  it('has every end of a task in its order, and names what was under way', async (t) => {
    const found = await point(
      t,
      started(0, ['web01', 'web02']),
      ended(0, 'ok'),
      ended(0, 'failed', { host: 'web02' }),
      started(1),
      ended(1, 'changed'),
      started(2),
    );

    assert.deepEqual(told(found), ['0 ok', '1 changed']);
    assert.deepEqual(told(found, 'web02'), ['0 failed']);
    assert.deepEqual(repeated(found), ['web01 2 under way']);
    assert.equal(found.isEnded, false);
  });

  it('is at the task that lost its host, or that somebody interrupted', async (t) => {
    const lost = await point(t, started(0), ended(0, 'ok'), started(1), ended(1, 'unreachable'), { kind: 'end', atMs: 9, exitCode: 4 });
    const ignored = await point(t, started(0), ended(0, 'unreachable', { ignored: true }));
    const cut = await point(t, started(0), ended(0, 'cancelled'), { kind: 'end', atMs: 9, exitCode: 130 });

    assert.deepEqual([told(lost), repeated(lost), lost.isEnded], [['0 ok', '1 unreachable*'], ['web01 1 unreachable'], true]);
    assert.deepEqual(told(ignored), ['0 unreachable']);
    assert.deepEqual([told(cut), repeated(cut), cut.isEnded], [[], ['web01 0 under way'], false]);
  });

  it('has done what the runs before did with which it goes on, and once only what was done again', async (t) => {
    const directory = await directoryFor(t);
    await journal(directory, 'one', [started(0), ended(0, 'ok'), started(1), ended(1, 'unreachable'), started(2), ended(2, 'ok')]);
    await journal(directory, 'two', [started(1), ended(1, 'changed'), started(1), ended(1, 'ok')], { resumes: 'one' });
    const third = await journal(directory, 'three', [started(3)], { resumes: 'two' });

    const found = await resumePointOf(third);

    assert.deepEqual(told(found), ['0 ok', '1 changed', '2 ok', '1 ok']);
    assert.deepEqual(repeated(found), ['web01 3 under way']);
  });

  it('says which run is gone that the one asked for went on with', async (t) => {
    const file = await journal(await directoryFor(t), 'two', [], { resumes: 'one' });

    await assert.rejects(resumePointOf(file), { code: 'RUN_NOT_FOUND', message: /one/ });
  });

  it('has what tasks left behind as it was, but for secrets and what is too large', async (t) => {
    const directory = await directoryFor(t);
    const mask = (text: string): string => text.replaceAll('hunter2', '****');
    const writer = await JournalWriter.create({ directory, run: description({ verb: 'play' }), mask, now: () => 1 });
    const result = dict({ rc: new Float(2) });
    const write = async (id: number, memory: TaskMemory): Promise<void> => {
      await writer.playEvents([taskStarted(task(id), ['web01'])]);
      await writer.playEvents([{ ...taskFinished(task(id), 'web01', 'ok'), result, memory } as PlayEvent]);
    };
    const kept: TaskMemory = { registered: result, changes: [dict({ setFacts: dict({ a: 1 }) })], notified: ['restart'], lost: false };
    await write(0, kept);
    await write(1, { registered: dict({ stdout: 'is hunter2' }), changes: [], notified: [], lost: false });
    await write(2, { changes: [dict({ facts: dict({ large: 'x'.repeat(100_000) }) })], notified: [], lost: false });
    await write(3, { changes: [], notified: [], lost: true });
    await writer.abandon();

    const found = await resumePointOf(writer.file);

    assert.deepEqual(found.done.get('web01')?.[0]?.finished.memory, kept);
    assert.deepEqual(told(found), ['0 ok', '1 ok*', '2 ok*', '3 ok*']);
    assert.deepEqual(repeated(found), ['web01 1 not kept', 'web01 2 not kept', 'web01 3 not kept']);
  });
});
