// What hooks and webhooks are told.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HookError } from '#src/observe/errors';
import { runReport } from '#src/observe/run-report';
import { endOf, runOf } from './samples.js';

describe('the report of a run', () => {
  it('says what was done, how it ended, and on which hosts', () => {
    const text = runReport(
      runOf(),
      endOf({ outcome: 'failed', exitCode: 2, hosts: { ok: ['a'], failed: ['b'], unfinished: ['c'] } }),
      String,
    );

    assert.deepEqual(JSON.parse(text), {
      v: 1,
      run: '20260102-030405.000-abcdef',
      verb: 'play',
      subject: 'site.yml',
      check: false,
      outcome: 'failed',
      exitCode: 2,
      startedAt: '2026-01-02T03:04:05.000Z',
      endedAt: '2026-01-02T03:04:07.000Z',
      durationMs: 2_000,
      hosts: { ok: 1, failed: 1, unfinished: 1 },
      failedHosts: ['b', 'c'],
      changedHosts: [],
    });
  });

  it('names a thousand hosts at most, and counts all', () => {
    const failed = Array.from({ length: 2_500 }, (_, n) => `h${n}`);

    const report = JSON.parse(runReport(runOf(), endOf({ hosts: { failed } }), String)) as Record<string, unknown>;

    assert.deepEqual(report.hosts, { failed: 2_500 });
    assert.equal((report.failedHosts as string[]).length, 1_000);
    assert.equal(report.hostsLeftOut, 1_500);
  });

  it('holds no secret, and of a run that never began its error', () => {
    const error = new HookError('no hunter2 here', { fix: 'say hunter2' });

    const text = runReport(undefined, endOf({ outcome: 'refused', exitCode: 1, hosts: {}, error }), (said) =>
      said.replaceAll('hunter2', '***'),
    );

    assert.doesNotMatch(text, /hunter2/);
    const report = JSON.parse(text) as Record<string, unknown>;
    assert.equal(report.run, undefined);
    assert.deepEqual(report.error, { code: 'HOOK_FAILED', message: 'no *** here', fix: 'say ***' });
  });
});
