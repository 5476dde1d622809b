// What hosts answered, folded, from real journals.
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { readJournal } from '#src/journal/read-journal';
import { type AnswerFilter, answersOf } from '#src/ui/answers';
import type { AnswerList } from '#src/ui/wire';
import { directoryFor, finished, task, taskFinished, written } from '../journal/sample-runs.ts';

async function asked(
  t: TestContext,
  events: Parameters<typeof written>[1],
  filter: AnswerFilter,
  verb: 'run' | 'play',
): Promise<AnswerList> {
  const file = await written(await directoryFor(t), events, { run: { verb } });
  return await answersOf(await readJournal(file), filter);
}

describe('answers', () => {
  it('put hosts that said the same together, the worst first', async (t) => {
    const up = { stdout: Buffer.from('up\n') };
    const down = { status: 'failed', exit: { kind: 'code', code: 3 }, stderr: Buffer.from('down\n') } as const;

    const { answers } = await asked(t, [finished('web01', up), finished('web03', down), finished('web02', up)], {}, 'run');

    assert.deepEqual(
      answers.map(({ hosts, mark, facts, parts }) => [hosts, mark, facts, parts]),
      [
        [['web03'], 'f', ['failed, exit code 3'], [{ kind: 'output', title: 'stderr', text: 'down' }]],
        [['web01', 'web02'], 'o', ['ok'], [{ kind: 'output', title: 'stdout', text: 'up' }]],
      ],
    );
  });

  it('of a task are a result, a difference and streams, each by itself', async (t) => {
    const one = task(0, 'Write the motd');
    const result = { changed: true, path: '/etc/motd', stdout: 'written', diff: '' };
    const events = [taskFinished(one, 'web01', 'changed', result), taskFinished(task(1), 'web01', 'ok', { changed: false })];

    const { answers } = await asked(t, events, { task: 0 }, 'play');

    assert.deepEqual(
      answers.map(({ taskName, parts }) => [taskName, parts]),
      [
        [
          'Write the motd',
          [
            { kind: 'text', title: 'result', text: 'path: /etc/motd' },
            { kind: 'output', title: 'stdout', text: 'written' },
          ],
        ],
      ],
    );
  });

  it('of one host are all its tasks in order, and whole', async (t) => {
    const long = 'x'.repeat(20_000);
    const events = [0, 1].flatMap((id) => ['web01', 'web02'].map((host) => taskFinished(task(id), host, 'ok', { stdout: long })));

    const ofAll = await asked(t, events, { task: 1 }, 'play');
    const ofOne = await asked(t, events, { host: 'web02' }, 'play');

    assert.deepEqual(
      ofAll.answers.map(({ isCut, parts }) => [isCut, parts[0]?.text.length]),
      [[true, 16_384]],
    );
    assert.deepEqual(
      ofOne.answers.map(({ task: id, hosts, isCut, parts }) => [id, hosts, isCut, parts[0]?.text.length]),
      [
        [0, ['web02'], false, 20_000],
        [1, ['web02'], false, 20_000],
      ],
    );
  });

  it('that are too many are counted, not sent', async (t) => {
    const events = Array.from({ length: 130 }, (_, n) => finished(`node${n}`, { stdout: Buffer.from(`${n * n + 7}`) }));

    const { answers, left } = await asked(t, events, {}, 'run');

    assert.equal(answers.length, 100);
    assert.equal(left, 30);
  });
});
