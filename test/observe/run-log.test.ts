// A run as lines of a log, on a real disk and on one that is full.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { dict } from '#src/base/value';
import type { LogIncompleteError } from '#src/observe/errors';
import { RunLog, type RunLogOptions } from '#src/observe/run-log';
import { finished, outcomeOf, START_MS, taskFinished, taskOf, taskStarted } from '../report/samples.js';
import { endOf, runOf } from './samples.js';

describe('a log', () => {
  let directory = '';
  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'sshoal-log-'));
  });
  after(async () => await rm(directory, { recursive: true }));

  const open = async (
    name: string,
    more: Partial<RunLogOptions> = {},
  ): Promise<{ log: RunLog; file: string; troubles: LogIncompleteError[] }> => {
    const troubles: LogIncompleteError[] = [];
    const file = path.resolve(directory, name);
    const mask = (text: string): string => text.replaceAll('hunter2', '***');
    const log = await RunLog.open({ file, mask, now: () => START_MS, onTrouble: (error) => troubles.push(error), ...more });
    return { log, file, troubles };
  };
  const linesOf = async (file: string): Promise<Record<string, unknown>[]> =>
    (await readFile(file, 'utf8'))
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const playSome = (log: RunLog): void => {
    const task = taskOf(1, 'Write hunter2', { module: 'copy' });
    log.start(runOf());
    log.playEvent(taskStarted(task, ['web01', 'web02', 'web03', 'web04']));
    log.playEvent(taskFinished(task, 'web01', 'ok'));
    log.playEvent(taskFinished(task, 'web02', 'changed'));
    log.playEvent(taskFinished(task, 'web03', 'failed', dict({ msg: 'no hunter2' })));
    log.playEvent(taskFinished(task, 'web04', 'failed', dict(), { ignored: true }));
    log.end(endOf({ outcome: 'failed', exitCode: 2, hosts: { failed: ['web03'] } }));
  };

  it('tells what was changed and what went wrong, and no secret', async () => {
    const { log, file } = await open('info.jsonl');

    playSome(log);
    await log.close();

    const lines = await linesOf(file);
    assert.deepEqual(
      lines.map(({ level, event, host }) => [level, event, host]),
      [
        ['info', 'run-started', undefined],
        ['info', 'task-finished', 'web02'],
        ['error', 'task-finished', 'web03'],
        ['warn', 'task-finished', 'web04'],
        ['error', 'run-ended', undefined],
      ],
    );
    assert.deepEqual([lines[2]?.task, lines[2]?.error, lines[2]?.run], ['Write ***', { message: 'no ***' }, runOf().id]);
    assert.deepEqual(lines[4]?.hosts, { failed: 1 });
    assert.equal((await stat(file)).mode & 0o777, 0o600);
  });

  for (const [level, events] of [
    ['error', 2],
    ['warn', 3],
    ['info', 5],
    ['debug', 7],
  ] as const) {
    it(`of the level ${level} has ${events} of the seven lines`, async () => {
      const { log, file } = await open(`level-${level}.jsonl`, { level });

      playSome(log);
      await log.close();

      assert.equal((await linesOf(file)).length, events);
    });
  }

  it('tells how hosts of other verbs ended', async () => {
    const { log, file } = await open('run.jsonl');

    log.start(runOf({ verb: 'run', subject: 'uptime' }));
    log.fleetEvent(finished(outcomeOf('web01', { status: 'failed', exit: { kind: 'code', code: 7 } })));
    await log.close();

    const [, line] = await linesOf(file);
    assert.deepEqual(
      [line?.level, line?.event, line?.host, line?.outcome, line?.exitCode],
      ['error', 'host-finished', 'web01', 'failed', 7],
    );
  });

  it('appends, also beside another process, and line by line', async () => {
    const [one, two] = [await open('shared.jsonl'), await open('shared.jsonl')];

    for (let n = 0; n < 500; n++) {
      one.log.write('info', 'note', { from: 1, n });
      two.log.write('info', 'note', { from: 2, n, long: 'x'.repeat(500) });
      if (n % 50 === 0) await one.log.flush();
    }
    await Promise.all([one.log.close(), two.log.close()]);

    const lines = await linesOf(one.file);
    for (const from of [1, 2])
      assert.deepEqual(
        lines.filter((line) => line.from === from).map(({ n }) => n),
        Array.from({ length: 500 }, (_, n) => n),
      );
  });

  it('goes into a new file after somebody rotated the old one away', async () => {
    const { log, file } = await open('rotated.jsonl');
    playSome(log);
    await log.flush();

    await rename(file, `${file}.1`);
    playSome(log);
    await log.close();

    assert.equal((await linesOf(`${file}.1`)).length, 5);
    assert.equal((await linesOf(file)).length, 5);
  });

  it('says once that the disk is full, and stops nothing', { skip: process.platform === 'linux' ? false : 'no /dev/full' }, async () => {
    const { log, troubles } = await open('/dev/full');

    playSome(log);
    await log.flush();
    playSome(log);
    await log.close();

    assert.deepEqual(
      troubles.map(({ code, message }) => [code, message]),
      [['LOG_INCOMPLETE', 'The log is not complete: the disk is full']],
    );
  });

  it('is refused where it cannot be opened', async () => {
    await assert.rejects(open('no/such/directory.jsonl'), { code: 'LOG_INCOMPLETE' });
  });
});
