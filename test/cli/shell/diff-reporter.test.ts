// What hosts call themselves and say, under `:output diff`.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DiffReporter } from '#src/cli/shell/diff-reporter';
import { fakeContext } from '../fake-context.ts';

describe('answers shown as differences', () => {
  it('bring no control character of a host to the terminal', () => {
    const context = fakeContext();
    const reporter = new DiffReporter(context);
    const hosts = ['a\x1b[31m', 'b\x9b2J'];

    reporter.start({ verb: 'run', subject: 'x', hosts });
    for (const [i, host] of hosts.entries()) {
      const outcome = { host, status: 'failed', exit: { kind: 'signal', signal: 'KILL\x07' }, startedAtMs: 0, endedAtMs: 0 } as const;
      reporter.fleetEvent({ kind: 'finished', host, outcome: { ...outcome, stdout: Buffer.from(`\x1b]0;${i}\x07\n`) } });
    }
    reporter.finish();

    assert.match(context.out(), /ended by KILL/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about.
    assert.doesNotMatch(context.out(), /[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
  });
});
