// The layouts of the text report: when answers are shown, as differences, and how little may be said.
import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { describe, it } from 'node:test';
import { dict } from '#src/base/value';
import type { Outcome } from '#src/fleet/events';
import { Gather } from '#src/report/gather';
import { OutputStore } from '#src/report/output/output-store';
import type { Layout, Reporter } from '#src/report/seam';
import { text as textReporter } from '#src/report/text/text';
import { finished, outcomeOf, Page, plainOptions, recap, report, START_MS, taskFinished, taskOf, taskStarted } from './samples.ts';

const failed = (host: string, stderr = ''): Outcome => outcomeOf(host, { status: 'failed', exit: { kind: 'code', code: 1 }, stderr });

function shown(layout: Layout, outcomes: readonly Outcome[], page = new Page()): string {
  const hosts = outcomes.map(({ host }) => host).toSorted();
  const feed = (reporter: Reporter): void => {
    for (const outcome of outcomes) reporter.fleetEvent(finished(outcome));
  };
  return report('text', { verb: 'run', subject: 'x', hosts }, feed, { page, options: { ...plainOptions, layout } });
}

describe('gather incremental', () => {
  it('shows an answer once, and only names those who give it later', () => {
    let nowMs = START_MS;
    const options = { ...plainOptions, now: () => nowMs, layout: { gather: 'incremental' } as const };
    const page = new Page();
    const seen: string[] = [];

    report(
      'text',
      { verb: 'run', subject: 'x', hosts: ['a1', 'a2', 'a3', 'a4'] },
      (reporter) => {
        for (const [host, stdout, atMs] of [
          ['a1', 'same\n', 0],
          ['a2', 'same\n', 1_000],
          ['a3', 'other\n', 1_100],
          ['a4', 'same\n', 2_200],
        ] as const) {
          nowMs = START_MS + atMs;
          reporter.fleetEvent(finished(outcomeOf(host, { stdout })));
          seen.push(page.text);
        }
      },
      { page, options },
    );

    assert.deepEqual(seen.slice(0, 3), ['', '── a[1-2] (2) · ok\nsame\n', '── a[1-2] (2) · ok\nsame\n']);
    assert.equal(page.text, '── a[1-2] (2) · ok\nsame\n── a3 · ok\nother\n── a4 · ok · as a[1-2]\n4 hosts: 4 ok in 2.2s\n');
  });

  it('shows by itself what there is when nobody else answers', async () => {
    const page = new Page();
    const feeding = new Promise<void>((resolve, reject) => {
      const deadline = setTimeout(() => reject(new Error('nothing was shown')), 10_000);
      page.onWrite = (text) => {
        if (!text.includes('early')) return;
        clearTimeout(deadline);
        resolve();
      };
    });

    const text = await reportSlowly(page, feeding);

    assert.equal(text.match(/early/g)?.length, 1);
  });
});

/** One of two hosts answers; the other only when `feeding` is done. */
async function reportSlowly(page: Page, feeding: Promise<void>): Promise<string> {
  const reporter = textReporter.create(page, { ...plainOptions, layout: { gather: 'incremental' } });
  reporter.start({ verb: 'run', subject: 'x', hosts: ['a', 'b'] });
  reporter.fleetEvent(finished(outcomeOf('a', { stdout: 'early\n' })));
  await feeding;
  reporter.fleetEvent(finished(outcomeOf('b', { stdout: 'late\n' })));
  reporter.finish();
  return page.text;
}

describe('gather host and none', () => {
  it('show each host by itself when it ends, or nobody who is well', () => {
    const outcomes = [outcomeOf('b', { stdout: 'x\n' }), outcomeOf('a', { stdout: 'x\n' }), failed('c', 'no\n')];

    const byHost = shown({ gather: 'host' }, outcomes);
    const none = shown({ gather: 'none' }, outcomes);

    assert.equal(byHost, '── b · ok\nx\n── a · ok\nx\n── c · failed, exit code 1\n! no\n3 hosts: 2 ok, 1 failed (c) in 0ms\n');
    assert.equal(none, '── c · failed, exit code 1\n3 hosts: 2 ok, 1 failed (c) in 0ms\n');
  });
});

describe('answers as differences', () => {
  const most = 'one\ntwo\nthree\n';
  const outcomes = [
    outcomeOf('a', { stdout: 'one\nTWO\nthree\n' }),
    outcomeOf('b', { stdout: most }),
    outcomeOf('c', { stdout: most }),
    failed('d', 'no\n'),
    outcomeOf('e', { status: 'unreachable', exit: undefined }),
  ];

  it('show the answer of most whole, the others as diff -u, and who did not answer as ever', () => {
    const text = shown({ diff: {} }, outcomes);

    assert.equal(
      text,
      `── b,c (2) · ok · the others are compared with it
one
two
three
── a · ok
--- b,c
+++ a
@@ -1,3 +1,3 @@
 one
-two
+TWO
 three
── d · failed, exit code 1
--- b,c
+++ d
@@ -1,3 +0,0 @@
-one
-two
-three
--- b,c (stderr)
+++ d (stderr)
@@ -0,0 +1 @@
+no
── e · unreachable
5 hosts: 3 ok, 1 failed (d), 1 unreachable (e) in 0ms
`,
    );
  });

  it('may be taken from a host of choice', () => {
    const text = shown({ diff: { base: 'a' } }, outcomes);

    assert.match(text, /^── a · ok · the others are compared with it\none\nTWO\nthree\n── b,c \(2\) · ok\n--- a\n\+\+\+ b,c\n/);
  });

  it('say so where that host gave none, and show all of them', () => {
    const text = shown({ diff: { base: 'e' } }, outcomes);

    assert.match(text, /^\(no answer of e to compare with\)\n── a · ok\none\nTWO\n/);
  });

  it('tell of a missing newline, of bytes that cannot be shown, and of a difference in the exit alone', () => {
    const text = shown({ diff: {} }, [
      outcomeOf('a', { stdout: 'x\n' }),
      outcomeOf('b', { stdout: 'x\n' }),
      outcomeOf('c', { stdout: 'x' }),
      outcomeOf('d', { stdout: 'x\r\n' }),
      outcomeOf('e', { stdout: 'x\n', status: 'failed', exit: { kind: 'code', code: 7 } }),
    ]);

    assert.match(text, /── c · ok\n--- a,b\n\+\+\+ c\n@@ -1 \+1 @@\n-x\n\+x\n\\ No newline at end of file\n/);
    assert.match(text, /── d · ok\n\(the output differs only in what cannot be shown\)\n/);
    assert.match(text, /── e · failed, exit code 7\n\(the same output\)\n/);
  });

  it('are coloured where colours are wanted', () => {
    const text = shown({ diff: {} }, outcomes, new Page({ colour: true }));

    assert.ok(text.includes('\x1b[31m-two\x1b[39m\n\x1b[32m+TWO\x1b[39m'));
  });
});

describe('output that nobody will see', () => {
  it('takes no room', () => {
    const store = new OutputStore({ budgetBytes: 0, directory: tmpdir() });
    const gather = new Gather('run', store);

    const answers = ['x', 'y'].map((stdout, n) => gather.add(outcomeOf(`h${n}`, { stdout }), 'dropped'));

    assert.equal(answers[0], answers[1]);
    assert.equal(store.spooledBytes, 0);
    store.close();
  });

  it('does not part hosts that failed alike', () => {
    const text = shown({ gather: 'none' }, [failed('a', 'pid 1\n'), failed('b', 'pid 2\n')]);

    assert.match(text, /^── a,b \(2\) · failed, exit code 1\n/);
  });
});

describe('quiet', () => {
  it('says nothing of a run in which all is well, of many hosts and of one', () => {
    assert.equal(shown({ quiet: true }, [outcomeOf('a', { stdout: 'x\n' }), outcomeOf('b')], new Page({ terminal: true })), '');
    assert.equal(shown({ quiet: true }, [outcomeOf('a', { stdout: 'x\n' })]), '');
  });

  it('shows what failed, and nothing else', () => {
    const text = shown({ quiet: true }, [outcomeOf('a', { stdout: 'x\n' }), failed('b', 'no\n'), failed('c', 'no\n')]);

    assert.equal(text, '── b,c (2) · failed, exit code 1\n! no\n');
  });

  it('shows of a play the tasks that failed, with their failures only', () => {
    const [fine, broken, ignored] = [taskOf(1, 'Fine'), taskOf(2, 'Broken'), taskOf(3, 'Ignored')];
    const text = report(
      'text',
      { verb: 'play', subject: 'site.yml', hosts: [] },
      (reporter) => {
        reporter.playEvent({ kind: 'play-started', play: 'web', hosts: ['a', 'b'], atMs: START_MS });
        for (const task of [fine, broken, ignored]) {
          reporter.playEvent(taskStarted(task, ['a', 'b']));
          reporter.playEvent(taskFinished(task, 'a', 'changed'));
          const ending = task === fine ? 'ok' : 'failed';
          reporter.playEvent(taskFinished(task, 'b', ending, dict({ msg: 'no' }), { ignored: task === ignored }));
        }
        reporter.playEvent(recap({ a: { ok: 1 }, b: { failed: 1 } }));
      },
      { options: { ...plainOptions, layout: { quiet: true } } },
    );

    assert.equal(text, '\nTASK Broken  site.yml:20\n  failed: b\n    no\n');
  });
});

describe('an answer of very many lines', () => {
  it('is shown whole', () => {
    const stdout = 'y\n'.repeat(300_000);

    const text = shown({}, [outcomeOf('a', { stdout }), outcomeOf('b', { stdout })]);

    assert.equal(text.length, '── a,b (2) · ok\n'.length + stdout.length + '2 hosts: 2 ok in 0ms\n'.length);
  });
});
