// What the program exits with.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EXIT, Verdict } from '#src/cli/exit-code';
import type { OutcomeStatus } from '#src/fleet/events';

const running = new AbortController().signal;

describe('the exit code', () => {
  const CASES: readonly [statuses: readonly OutcomeStatus[], code: number][] = [
    [[], EXIT.ok],
    [['ok', 'ok'], EXIT.ok],
    [['ok', 'failed'], EXIT.failed],
    [['timed-out'], EXIT.failed],
    [['unreachable', 'failed'], EXIT.unreachable],
    [['failed', 'cancelled'], EXIT.failed],
    [['cancelled'], EXIT.failed],
  ];
  for (const [statuses, code] of CASES) {
    it(`is ${code} after ${statuses.join(', ') || 'nothing'}`, () => {
      const verdict = new Verdict();
      for (const status of statuses) verdict.add(status);

      assert.equal(verdict.exitCode(running), code);
    });
  }

  const DISTINCT: readonly [statuses: readonly OutcomeStatus[], code: number][] = [
    [['ok'], EXIT.ok],
    [['ok', 'failed'], EXIT.failed],
    [['timed-out'], EXIT.timedOut],
    [['unreachable', 'cancelled'], EXIT.unreachable],
    [['unreachable', 'failed'], EXIT.several],
    [['ok', 'cancelled'], EXIT.cancelled],
  ];
  for (const [statuses, code] of DISTINCT) {
    it(`is ${code} after ${statuses.join(', ')} where codes are distinct`, () => {
      const verdict = new Verdict('distinct');
      for (const status of statuses) verdict.add(status);

      assert.equal(verdict.exitCode(running), code);
    });
  }

  it('does not count what was told to be ignored', () => {
    const verdict = new Verdict();
    verdict.add('failed', true);

    assert.equal(verdict.exitCode(running), EXIT.ok);
  });

  it('is that of an interruption once there was one', () => {
    const verdict = new Verdict();
    verdict.add('unreachable');

    assert.equal(verdict.exitCode(AbortSignal.abort()), EXIT.interrupted);
  });
});
