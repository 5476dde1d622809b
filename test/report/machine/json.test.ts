// The one document for machines that wait.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dict } from '#src/base/value';
import { ConnectError } from '#src/connection/errors';
import {
  itemFinished,
  outcomeOf,
  plainOptions,
  recap,
  report,
  reportOutcomes,
  START_MS,
  taskFinished,
  taskOf,
  taskStarted,
} from '../samples.ts';

describe('the JSON document', () => {
  it('has every host of an ad-hoc run with its streams as text', () => {
    const error = new ConnectError('AUTH_FAILED', 'No', { where: 'b:22', fix: 'ssh-add' });
    const outcomes = [
      outcomeOf('a', { stdout: '\x1b[1mé\n' }),
      { host: 'b', status: 'unreachable' as const, error, startedAtMs: START_MS, endedAtMs: START_MS },
      { ...outcomeOf('c'), stdout: Buffer.from([0xff]) },
    ];

    const document: unknown = JSON.parse(reportOutcomes('json', outcomes));

    assert.deepEqual(document, {
      v: 1,
      verb: 'run',
      subject: 'uptime',
      startedAt: '2026-01-02T03:04:05.000Z',
      durationMs: 0,
      hosts: {
        a: { status: 'ok', exitCode: 0, stdout: '\x1b[1mé\n', stderr: '', durationMs: 1_400 },
        b: { status: 'unreachable', error: { code: 'AUTH_FAILED', message: 'No', where: 'b:22', fix: 'ssh-add' }, durationMs: 0 },
        c: { status: 'ok', exitCode: 0, stdout: '/w==', stdoutEncoding: 'base64', stderr: '', durationMs: 1_400 },
      },
    });
  });

  it('has the plays with tasks, items and the recap', () => {
    const task = taskOf(1, 'Install');

    const text = report('json', { verb: 'play', subject: 'site.yml', hosts: ['a'] }, (reporter) => {
      reporter.playEvent({ kind: 'play-started', play: 'web', hosts: ['a'], atMs: START_MS });
      reporter.playEvent(taskStarted(task, ['a']));
      reporter.playEvent(itemFinished(task, 'a', 'nginx', 'changed', dict({ rc: 0 })));
      reporter.playEvent(taskFinished(task, 'a', 'changed', dict({ changed: true })));
      reporter.playEvent(recap({ a: { ok: 1, changed: 1 } }, new Map([['_run', dict({ made: 3 })]])));
    });

    const document = JSON.parse(text) as Record<string, unknown>;
    assert.deepEqual(document.plays, [
      {
        name: 'web',
        hosts: ['a'],
        tasks: [
          {
            ...{ id: 1, name: 'Install', module: 'command', file: 'site.yml', line: 10, column: 7, handler: false },
            hosts: {
              a: {
                ...{ status: 'changed', ignored: false, durationMs: 5, result: { changed: true } },
                items: [{ item: 'nginx', status: 'changed', ignored: false, result: { rc: 0 } }],
              },
            },
          },
        ],
      },
    ]);
    assert.deepEqual(document.custom, { _run: { made: 3 } });
    assert.deepEqual(document.recap, { a: { ok: 1, changed: 1, unreachable: 0, failed: 0, skipped: 0, rescued: 0, ignored: 0 } });
  });

  it('masks secrets in texts, keys and numbers', () => {
    const task = taskOf(1, 'Leak');
    const options = { ...plainOptions, mask: (text: string) => text.replaceAll('12345', '********') };

    const text = report(
      'json',
      { verb: 'play', subject: 'site.yml', hosts: ['a'] },
      (reporter) => {
        reporter.playEvent({ kind: 'play-started', play: 'web', hosts: ['a'], atMs: START_MS });
        reporter.playEvent(taskStarted(task, ['a']));
        reporter.playEvent(taskFinished(task, 'a', 'ok', dict({ 12345: 12_345, text: 'x12345x' })));
      },
      { options },
    );

    assert.ok(!text.includes('12345'));
    assert.ok(text.includes('"********": "********"'));
  });
});
