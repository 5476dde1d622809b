// What people see of a playbook.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dict } from '#src/base/value';
import { ConnectError } from '#src/connection/errors';
import type { PlayEvent } from '#src/playbook/events';
import type { ReporterOptions } from '#src/report/seam';
import { itemFinished, Page, plainOptions, recap, report, START_MS, taskFinished, taskOf, taskStarted } from '../samples.ts';

const WEB = ['web01', 'web02', 'web03'] as const;

function play(events: readonly PlayEvent[], settings: { page?: Page; options?: ReporterOptions } = {}): string {
  return report(
    'text',
    { verb: 'play', subject: 'site.yml', hosts: WEB },
    (reporter) => {
      for (const event of events) reporter.playEvent(event);
    },
    settings,
  );
}

describe('the text report of a play', () => {
  it('tells what set_stats kept below the recap', () => {
    const text = play([
      recap(
        { web01: { ok: 1 } },
        new Map([
          ['_run', dict({ made: 3 })],
          ['web01', dict({ own: ['a'] })],
        ]),
      ),
    ]);

    assert.match(text, /\nCUSTOM STATS\nthe whole run\n {2}made: 3\nweb01\n {2}own:\n {4}- a/);
  });

  it('shows plays, tasks with their place, folded hosts and a recap of folded hosts', () => {
    const motd = taskOf(1, 'Write motd');
    const restart = taskOf(2, 'Restart', { handler: true });

    const text = play([
      { kind: 'play-started', play: 'web servers', hosts: WEB, atMs: START_MS },
      taskStarted(motd, WEB),
      taskFinished(motd, 'web02', 'changed'),
      taskFinished(motd, 'web01', 'ok'),
      taskFinished(motd, 'web03', 'ok'),
      taskStarted(restart, ['web02']),
      taskFinished(restart, 'web02', 'skipped'),
      { kind: 'play-finished', play: 'web servers', atMs: START_MS },
      recap({ web01: { ok: 10 }, web02: { ok: 9, changed: 1, skipped: 1 }, web03: { ok: 10 } }),
    ]);

    assert.equal(
      text,
      `
PLAY web servers  web[01-03]

TASK Write motd  site.yml:10
  ok: web[01,03] (2)
  changed: web02

HANDLER Restart  site.yml:20
  skipping: web02

RECAP  3 hosts in 2.3s
web[01,03] (2) : ok=10  changed=0  unreachable=0  failed=0  skipped=0  rescued=0  ignored=0
web02          : ok=9   changed=1  unreachable=0  failed=0  skipped=1  rescued=0  ignored=0
`,
    );
  });

  it('shows a failure as its message, exit code and streams, folded over the hosts it befell', () => {
    const task = taskOf(1, 'Build');
    const result = dict({
      changed: true,
      msg: 'non-zero return code',
      rc: 2,
      stderr: 'line 1\nline 2',
      stdout: '',
      stderr_lines: ['line 1', 'line 2'],
    });

    const text = play([taskStarted(task, WEB), ...WEB.map((host) => taskFinished(task, host, 'failed', result))]);

    assert.equal(
      text,
      `
TASK Build  site.yml:10
  failed: web[01-03] (3)
    non-zero return code
    exit code 2
    stderr: line 1
            line 2
`,
    );
  });

  it('shows why hosts are unreachable and what to do about it, folded where only their names differ', () => {
    const task = taskOf(1, 'Gathering Facts');
    const error = (host: string, address: string) =>
      new ConnectError('CONNECT_REFUSED', `${host} refused the connection`, { where: address, fix: `Start sshd on ${host}` });
    const unreachable = (host: string, address: string) =>
      taskFinished(task, host, 'unreachable', dict({ unreachable: true }), { error: error(host, address) });

    const one = play([taskStarted(task, ['web01']), unreachable('web01', '10.0.0.1:22')]);
    const two = play([taskStarted(task, ['web01', 'web02']), unreachable('web01', '10.0.0.1:22'), unreachable('web02', '10.0.0.2:22')]);

    assert.ok(
      one.endsWith(`
  unreachable: web01
    error  web01 refused the connection   [CONNECT_REFUSED]
    where  10.0.0.1:22
    fix    Start sshd on web01
`),
      one,
    );
    assert.ok(
      two.endsWith(`
  unreachable: web[01-02] (2)
    error  {host} refused the connection   [CONNECT_REFUSED]
    fix    Start sshd on {host}
`),
      two,
    );
  });

  it('shows what debug says, each message once', () => {
    const task = taskOf(1, 'Say it', { module: 'ansible.builtin.debug' });

    const text = play([
      taskStarted(task, WEB),
      taskFinished(task, 'web01', 'ok', dict({ msg: 'one\ntwo', changed: false })),
      taskFinished(task, 'web02', 'ok', dict({ msg: 'one\ntwo', changed: false })),
      taskFinished(task, 'web03', 'ok', dict({ answer: dict({ port: 80, names: ['a', '80'] }) })),
    ]);

    assert.ok(
      text.endsWith(`
  ok: web[01-02] (2)
    one
    two
  ok: web03
    answer:
      port: 80
      names:
        - a
        - "80"
`),
      text,
    );
  });

  it('shows changed and failed items of loops, and the others only when asked', () => {
    const task = taskOf(1, 'Install');
    const events = [
      taskStarted(task, ['web01', 'web02']),
      itemFinished(task, 'web01', 'nginx', 'changed'),
      itemFinished(task, 'web01', 'curl', 'ok'),
      itemFinished(task, 'web02', 'nginx', 'changed'),
      itemFinished(task, 'web02', 'curl', 'failed', dict({ msg: 'no such package' })),
      taskFinished(task, 'web01', 'changed', dict({ results: [], msg: 'All items completed' })),
      taskFinished(task, 'web02', 'failed', dict({ results: [], msg: 'One or more items failed' })),
    ];

    const short = play(events);
    const long = play(events, { options: { ...plainOptions, verbosity: 1 } });

    assert.ok(
      short.endsWith(`
  changed: web[01-02] (2) => nginx
  failed: web02 => curl
    no such package
  changed: web01
  failed: web02
    One or more items failed
`),
      short,
    );
    assert.ok(long.includes('  ok: web01 => curl\n'));
  });

  it('folds equal diffs, in the form of diff -u', () => {
    const task = taskOf(1, 'Config');
    const diff = [dict({ before_header: '/etc/app', after_header: 'app.j2', before: 'a\nb\nc\n', after: 'a\nB\nc\n' })];

    const text = play([taskStarted(task, WEB), ...WEB.map((host) => taskFinished(task, host, 'changed', dict({ changed: true, diff })))]);

    assert.ok(
      text.endsWith(`
  changed: web[01-03] (3)
    --- before: /etc/app
    +++ after: app.j2
    @@ -1,3 +1,3 @@
     a
    -b
    +B
     c
`),
      text,
    );
  });

  it('shows the whole result with -v, without what differs by the clock, and the clocks with -vv', () => {
    const task = taskOf(1, 'Uptime');
    const events = [
      taskStarted(task, ['web01', 'web02']),
      taskFinished(task, 'web01', 'changed', dict({ changed: true, rc: 0, stdout: 'up', stdout_lines: ['up'], start: '10:00:01' })),
      taskFinished(task, 'web02', 'changed', dict({ changed: true, rc: 0, stdout: 'up', stdout_lines: ['up'], start: '10:00:02' })),
    ];

    const once = play(events, { options: { ...plainOptions, verbosity: 1 } });
    const twice = play(events, { options: { ...plainOptions, verbosity: 2 } });

    assert.ok(once.endsWith('  changed: web[01-02] (2)\n    rc: 0\n    stdout: up\n'), once);
    assert.ok(twice.includes('  changed: web02\n    rc: 0\n    stdout: up\n    start: 10:00:02\n'), twice);
  });

  it('tells an ignored failure from a real one', () => {
    const task = taskOf(1, 'Try');

    const text = play([taskStarted(task, ['web01']), taskFinished(task, 'web01', 'failed', dict({ msg: 'no' }), { ignored: true })]);

    assert.ok(text.endsWith('  failed (ignored): web01\n    no\n'), text);
  });

  it('names the hosts that never answered when a run is broken off', () => {
    const task = taskOf(1, 'Sleep');

    const text = play([taskStarted(task, WEB), taskFinished(task, 'web02', 'ok')]);

    assert.ok(text.endsWith('  ok: web02\n  no answer: web[01,03]\n'), text);
  });

  it('repeats the head of a task whose block was interrupted by another', () => {
    const [slow, quick] = [taskOf(1, 'Slow'), taskOf(2, 'Quick')];

    const text = play([
      taskStarted(slow, ['web01']),
      taskStarted(quick, ['web02']),
      taskFinished(quick, 'web02', 'ok'),
      taskFinished(slow, 'web01', 'ok'),
    ]);

    assert.deepEqual(text.match(/TASK \w+/g), ['TASK Slow', 'TASK Quick', 'TASK Slow']);
  });

  it('makes control characters of names and results visible, and masks secrets', () => {
    const task = taskOf(1, 'Evil \x1b[2J', { module: 'debug' });
    const options = { ...plainOptions, mask: (text: string) => text.replaceAll('hunter2', '********') };

    const text = play([taskStarted(task, ['web01']), taskFinished(task, 'web01', 'ok', dict({ msg: '\x1b]0;hunter2\x07' }))], { options });

    assert.ok(text.includes('TASK Evil \\x1b[2J'));
    assert.ok(text.endsWith('    \\x1b]0;********\\x07\n'));
  });

  it('shows who a running task waits for while a person watches', () => {
    const page = new Page({ terminal: true, colour: true });
    const task = taskOf(1, 'Sleep');

    play(
      [taskStarted(task, WEB), taskFinished(task, 'web02', 'ok'), taskFinished(task, 'web01', 'ok'), taskFinished(task, 'web03', 'ok')],
      { page },
    );

    assert.ok(page.text.includes('0/3 done, waiting on web[01-03]'));
    assert.ok(page.text.endsWith('\x1b[J  \x1b[32mok: web[01-03] (3)\x1b[39m\n'), JSON.stringify(page.text));
  });

  it('shows no more running tasks at once than fit any terminal', () => {
    const page = new Page({ terminal: true });
    let nowMs = 0;
    const tasks = Array.from({ length: 30 }, (_, n) => taskOf(n + 1, `Task ${n + 1}`));
    const started = tasks.map((task) => taskStarted(task, [`web${task.id}`]));

    play(started, { page, options: { ...plainOptions, now: () => (nowMs += 100) } });

    assert.ok(page.text.includes('· Task 8\n  and 22 more tasks'), page.text);
  });
});
