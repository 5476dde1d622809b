// The report for CI.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dict } from '#src/base/value';
import { ConnectError } from '#src/connection/errors';
import { outcomeOf, plainOptions, report, reportOutcomes, START_MS, taskFinished, taskOf } from '../samples.ts';

describe('JUnit', () => {
  it('has a case for each host of a run: failures failed, errors did not get that far', () => {
    const error = new ConnectError('CONNECT_REFUSED', 'db1 refused', { where: '10.0.0.1:22', fix: 'Start sshd' });

    const xml = reportOutcomes('junit', [
      outcomeOf('web1', { stdout: 'up\n' }),
      outcomeOf('web2', { status: 'failed', exit: { kind: 'code', code: 3 }, stderr: 'no <such> & "thing"\n' }),
      { host: 'db1', status: 'unreachable', error, startedAtMs: START_MS, endedAtMs: START_MS + 20 },
    ]);

    assert.equal(
      xml,
      `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="sshoal run uptime" tests="3" failures="1" errors="1" skipped="0" time="2.820">
  <testsuite name="run uptime" timestamp="2026-01-02T03:04:05" tests="3" failures="1" errors="1" skipped="0" time="2.820">
    <testcase name="uptime" classname="web1" time="1.400">
      <system-out>up
</system-out>
    </testcase>
    <testcase name="uptime" classname="web2" time="1.400">
      <failure message="failed, exit code 3" type="failed"/>
      <system-err>no &lt;such&gt; &amp; "thing"
</system-err>
    </testcase>
    <testcase name="uptime" classname="db1" time="0.020">
      <error message="db1 refused" type="CONNECT_REFUSED">error  db1 refused   [CONNECT_REFUSED]
where  10.0.0.1:22
fix    Start sshd</error>
    </testcase>
  </testsuite>
</testsuites>
`,
    );
  });

  it('has a suite for each play, and a case for each task of each host with its place', () => {
    const task = taskOf(1, 'Install');
    const xml = report('junit', { verb: 'play', subject: 'site.yml', hosts: [] }, (reporter) => {
      for (const play of ['web', 'db']) {
        reporter.playEvent({ kind: 'play-started', play, hosts: ['a'], atMs: START_MS });
        reporter.playEvent(taskFinished(task, 'a', 'skipped', dict({ skip_reason: 'Conditional result was False' })));
        reporter.playEvent(taskFinished(task, 'b', 'failed', dict({ msg: 'no', rc: 2 })));
        reporter.playEvent(taskFinished(task, 'c', 'failed', dict({ msg: 'no' }), { ignored: true }));
      }
    });

    assert.match(xml, /<testsuites name="sshoal play site.yml" tests="6" failures="2" errors="0" skipped="2" /);
    assert.equal(xml.match(/<testsuite name="(web|db)" \S+ tests="3" failures="1" errors="0" skipped="1"/g)?.length, 2);
    assert.match(
      xml,
      /<testcase name="Install" classname="b" time="0.005" file="site.yml" line="10">\n {6}<failure message="no" type="failed">no\nexit code 2</,
    );
    assert.match(xml, /classname="c" time="0.005" file="site.yml" line="10"\/>/);
    assert.match(xml, /<skipped message="Conditional result was False" type="skipped"\/>/);
  });

  it('shows the end of a long output, and says how much is left out', () => {
    const xml = reportOutcomes('junit', [outcomeOf('a', { stdout: `${'x'.repeat(70_000)}end` })]);

    assert.match(xml, /<system-out>\(4467 bytes before this are left out\)\nx/);
    assert.match(xml, /xend<\/system-out>/);
  });

  it('masks secrets, also before control characters are made visible', () => {
    const options = { ...plainOptions, mask: (text: string) => text.replaceAll('hun\x07ter2', '***') };

    const xml = reportOutcomes('junit', [outcomeOf('a', { stdout: 'my hun\x07ter2\n' })], { options });

    assert.ok(xml.includes('my ***\n'));
  });
});
