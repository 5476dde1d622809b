// What people see of a drift check.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dict } from '#src/base/value';
import { ConnectError } from '#src/connection/errors';
import type { PlayEvent } from '#src/playbook/events';
import { itemFinished, Page, plainOptions, recap, report, taskFinished, taskOf, taskStarted } from '../samples.ts';

const WEB = ['web01', 'web02', 'web03'] as const;
const diff = (after: string, file = '/etc/motd') =>
  dict({ changed: true, diff: dict({ before: 'a\n', after, before_header: file, after_header: file }) });

function drift(events: readonly PlayEvent[], page = new Page()): string {
  const options = { ...plainOptions, mask: (text: string) => text.replaceAll('hunter2', '***'), layout: { drift: true } };
  return report(
    'text',
    { verb: 'play', subject: 'site.yml', hosts: WEB },
    (reporter) => {
      for (const event of events) reporter.playEvent(event);
    },
    { page, options },
  );
}

describe('the text report of a drift check', () => {
  it('folds hosts only where all of what differs is the same', () => {
    const [motd, hosts] = [taskOf(1, 'motd'), taskOf(2, 'hosts')];

    const text = drift([
      ...WEB.map((host) => taskFinished(motd, host, 'changed', diff('b\n'))),
      taskFinished(hosts, 'web03', 'changed', diff('c\n')),
      recap({ web01: { changed: 1 }, web02: { changed: 1 }, web03: { changed: 2 } }),
    ]);

    const block = (name: string, after: string): string =>
      `  ${name}  site.yml:${name === 'motd' ? 10 : 20}\n    --- before: /etc/motd\n    +++ after: /etc/motd\n    @@ -1 +1 @@\n    -a\n    +${after}\n`;
    assert.equal(
      text,
      `web[01-02] (2) differ\n${block('motd', 'b')}\nweb03 differs\n${block('motd', 'b')}${block('hosts', 'c')}\nDRIFT  3 hosts: 3 differ  2.3s\n`,
    );
  });

  it('names each item of a loop, and not the loop besides', () => {
    const task = taskOf(1, 'lines');

    const text = drift([
      taskStarted(task, ['web01']),
      itemFinished(task, 'web01', 'one', 'changed', diff('b\n')),
      itemFinished(task, 'web01', 'two', 'ok'),
      taskFinished(task, 'web01', 'changed', dict({ results: [] })),
      recap({ web01: { changed: 1 } }),
    ]);

    assert.match(text, /^web01 differs\n {2}lines {2}site\.yml:10 => one\n/);
    assert.equal(text.split('lines').length, 2);
  });

  it('does not take handlers for differences, nor what was ignored for a fault', () => {
    const text = drift([
      taskFinished(taskOf(1, 'Restart', { handler: true }), 'web01', 'changed'),
      taskFinished(taskOf(2, 'Try'), 'web01', 'failed', dict({ msg: 'no' }), { ignored: true }),
      recap({ web01: { ok: 2 } }),
    ]);

    assert.equal(text, 'DRIFT  1 host: no drift  2.3s\n');
  });

  it('says who could not be looked at, folded, without secrets and without commands to the terminal', () => {
    const task = taskOf(1, 'hunter2');
    const gone = (host: string): PlayEvent =>
      taskFinished(task, host, 'unreachable', dict(), { error: new ConnectError('UNREACHABLE', `${host} is gone`) });

    const text = drift([
      gone('web02'),
      gone('web01'),
      taskFinished(task, 'web03', 'failed', dict({ msg: '\u001b[2J hunter2' })),
      recap({ web01: { unreachable: 1 }, web02: { unreachable: 1 }, web03: { failed: 1 } }),
    ]);

    assert.match(text, /^web\[01-02\] \(2\) were not looked at to the end\n {2}unreachable: \*\*\* {2}site\.yml:10\n/);
    assert.match(text, /\{host\} is gone/);
    assert.match(text, /^web03 was not looked at to the end\n {2}failed: \*\*\* {2}site\.yml:10\n {4}\\x1b\[2J \*\*\*$/m);
    assert.match(text, /DRIFT {2}3 hosts: 0 differ, 3 not looked at to the end/);
  });

  it('shows what it found when the play broke off, and what it waits for at a terminal', () => {
    const task = taskOf(1, 'motd');
    const page = new Page({ terminal: true });

    const text = drift([taskStarted(task, WEB), taskFinished(task, 'web01', 'changed', diff('b\n'))], page);

    assert.match(text, /motd: waiting on web\[01-03\]/);
    assert.match(text, /web01 differs\n {2}motd {2}site\.yml:10\n/);
    assert.doesNotMatch(text, /DRIFT/);
  });
});
