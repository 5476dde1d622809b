// What people see of run, put, get and ping.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConnectError } from '#src/connection/errors';
import { finished, outcomeOf, Page, plainOptions, report, reportOutcomes, START_MS } from '../samples.ts';

const refused = (host: string, address: string): ConnectError =>
  new ConnectError('CONNECT_REFUSED', `${host} refused the connection`, { where: address, fix: `Start sshd on ${host}` });

describe('the text report of an ad-hoc run', () => {
  it('folds hosts with the same answer, and shows what went wrong last', () => {
    const outcomes = [
      outcomeOf('web02', { status: 'failed', exit: { kind: 'code', code: 3 }, stderr: 'no such thing\n' }),
      outcomeOf('web01', { stdout: 'up 3 days\n' }),
      outcomeOf('db01'),
      outcomeOf('web03', { stdout: 'up 3 days\n' }),
    ];

    const text = reportOutcomes('text', outcomes);

    assert.equal(
      text,
      `── web[01,03] (2) · ok
up 3 days
── db01 · ok · (no output)
── web02 · failed, exit code 3
! no such thing
4 hosts: 3 ok, 1 failed (web02) in 0ms
`,
    );
  });

  it('writes nothing but the output where there is one host and it is well', () => {
    const text = reportOutcomes('text', [outcomeOf('web01', { stdout: 'up 3 days\nload 0.1' })]);

    assert.equal(text, 'up 3 days\nload 0.1\n');
  });

  it('names the one host and its exit where it is not well', () => {
    const text = reportOutcomes('text', [outcomeOf('web01', { status: 'failed', exit: { kind: 'signal', signal: 'SIGKILL' } })]);

    assert.equal(text, 'web01: failed, ended by SIGKILL\n');
  });

  it('folds unreachable hosts whose errors differ by the name of the host only', () => {
    const outcomes = [1, 2, 3].map((n) => ({
      host: `db${n}`,
      status: 'unreachable' as const,
      error: refused(`db${n}`, `10.0.0.${n}:22`),
      startedAtMs: START_MS,
      endedAtMs: START_MS,
    }));

    const text = reportOutcomes('text', outcomes);

    assert.equal(
      text,
      `── db[1-3] (3) · unreachable
error  {host} refused the connection   [CONNECT_REFUSED]
fix    Start sshd on {host}
3 hosts: 3 unreachable (db[1-3]) in 0ms
`,
    );
  });

  it('says what was moved, with {host} for the part of a path that is the host', () => {
    const got = ['web01', 'web02'].map((host) =>
      outcomeOf(host, { bytes: 2_048, localPath: `logs/${host}/syslog`, remotePath: '/var/log/syslog' }),
    );

    const text = reportOutcomes('text', got, { verb: 'get' });

    assert.equal(text, '── web[01-02] (2) · ok · 2.0 KiB to logs/{host}/syslog\n2 hosts: 2 ok in 0ms\n');
  });

  it('shows live lines under the name of their host, whole lines only', () => {
    const header = { verb: 'run', subject: 'uptime', hosts: ['web01', 'web02'] } as const;

    const text = report('text', header, (reporter) => {
      reporter.fleetEvent({ kind: 'output', host: 'web01', stream: 'stdout', chunk: Buffer.from('on') });
      reporter.fleetEvent({ kind: 'output', host: 'web02', stream: 'stderr', chunk: Buffer.from('oops\n') });
      reporter.fleetEvent({ kind: 'output', host: 'web01', stream: 'stdout', chunk: Buffer.from('e\ntwo') });
      for (const host of header.hosts) reporter.fleetEvent(finished(outcomeOf(host)));
    });

    assert.match(text, /^web02: ! oops\nweb01: one\nweb01: two\n── web/);
  });

  it('shows the live output of a single host once', () => {
    const header = { verb: 'run', subject: 'uptime', hosts: ['web01'] } as const;

    const text = report('text', header, (reporter) => {
      reporter.fleetEvent({ kind: 'output', host: 'web01', stream: 'stdout', chunk: Buffer.from('once\n') });
      reporter.fleetEvent(finished(outcomeOf('web01', { stdout: 'once\n' })));
    });

    assert.equal(text, 'once\n');
  });

  it('makes control characters of hosts visible, so that no host paints over another', () => {
    const text = reportOutcomes('text', [outcomeOf('a', { stdout: '\x1b[2J\x1b]0;title\x07gone\r\n' }), outcomeOf('b')]);

    assert.ok(text.includes('\\x1b[2J\\x1b]0;title\\x07gone\n'));
    assert.ok(!text.includes('\x1b'));
  });

  it('masks secrets in output, live lines and errors', () => {
    const options = { ...plainOptions, mask: (text: string) => text.replaceAll('hunter2', '********') };
    const header = { verb: 'run', subject: 'echo hunter2', hosts: ['a', 'b'] } as const;

    const text = report(
      'text',
      header,
      (reporter) => {
        reporter.fleetEvent({ kind: 'output', host: 'a', stream: 'stdout', chunk: Buffer.from('hun') });
        reporter.fleetEvent({ kind: 'output', host: 'a', stream: 'stdout', chunk: Buffer.from('ter2\n') });
        reporter.fleetEvent(finished(outcomeOf('a', { stdout: 'hunter2\n' })));
        reporter.fleetEvent(
          finished(
            outcomeOf('b', { status: 'unreachable', error: new ConnectError('AUTH_FAILED', 'hunter2 is wrong', { fix: 'Not hunter2' }) }),
          ),
        );
      },
      { options },
    );

    assert.equal(text.match(/\*{8}/g)?.length, 4);
    assert.ok(!text.includes('hunter2'));
  });

  it('says so where there is nobody', () => {
    assert.equal(reportOutcomes('text', []), 'No hosts, nothing to do\n');
  });

  it('colours verdicts only where the sink takes colours', () => {
    const outcomes = [outcomeOf('a'), outcomeOf('b', { status: 'timed-out' })];

    const plain = reportOutcomes('text', outcomes, { page: new Page({ terminal: true, colour: false }) });
    const coloured = reportOutcomes('text', outcomes, { page: new Page({ colour: true }) });

    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what this looks for
    assert.doesNotMatch(plain, /\x1b\[\d+m/);
    assert.ok(coloured.includes('\x1b[31mtimed out\x1b[39m'));
  });

  it('tells who it still waits for while a person watches, and takes the line away', () => {
    const page = new Page({ terminal: true });
    const header = { verb: 'run', subject: 'uptime', hosts: ['web01', 'web02', 'web03'] } as const;
    let nowMs = START_MS;

    report(
      'text',
      header,
      (reporter) => {
        nowMs += 1_000;
        reporter.fleetEvent(finished(outcomeOf('web02', { status: 'failed' })));
        for (const host of ['web01', 'web03']) reporter.fleetEvent(finished(outcomeOf(host)));
      },
      { page, options: { ...plainOptions, now: () => nowMs } },
    );

    assert.ok(page.text.includes('1/3 done, 1 failed, waiting on web[01,03]'));
    assert.ok(page.text.includes('\r\x1b[J── web'));
  });

  it('holds ten thousand identical outputs as one block', () => {
    const outcomes = Array.from({ length: 10_000 }, (_, n) => outcomeOf(`n${String(n).padStart(4, '0')}`, { stdout: 'same\n' }));

    const text = reportOutcomes('text', outcomes);

    assert.equal(text, '── n[0000-9999] (10000) · ok\nsame\n10000 hosts: 10000 ok in 0ms\n');
  });
});
