// Whatever hosts send, however it is shown: no command of theirs reaches the terminal.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { dict } from '#src/base/value';
import { ConnectError } from '#src/connection/errors';
import type { Layout, Reporter, ReporterKind, RunHeader } from '#src/report/seam';
import {
  finished,
  itemFinished,
  outcomeOf,
  Page,
  plainOptions,
  recap,
  report,
  START_MS,
  taskFinished,
  taskOf,
  taskStarted,
} from './samples.ts';

/** All of C0 but tab and newline, DEL, C1, and what turns the direction of text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
const COMMAND = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
/** What a report itself sends to a terminal: colours, and the live region's way back. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
const OWN = /\r(?:\x1b\[\d+A)?\x1b\[J|\x1b\[\d+m/g;

const nasty = fc.constantFrom(
  '\x1b[2J',
  '\x1b]0;title\x07',
  '\x1b]8;;http://x\x1b\\',
  '\x9b31m',
  '\x90q\x9c',
  '\r',
  '\r\n',
  '\x08\x7f',
  '\u202e',
  '\u2066',
  '\x1b',
  '\n',
);
const text = fc.array(fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 4 })), { maxLength: 5 }).map((parts) => parts.join(''));
const bytes = fc
  .array(
    fc.oneof(
      nasty.map((one) => Buffer.from(one)),
      nasty.map((one) => Buffer.from(one, 'latin1')),
      fc.uint8Array({ maxLength: 6 }),
    ),
    {
      maxLength: 5,
    },
  )
  .map((parts) => Buffer.concat(parts));

const layouts: readonly Layout[] = [
  {},
  { gather: 'incremental', stats: true },
  { gather: 'host' },
  { gather: 'none' },
  { diff: {} },
  { quiet: true, stats: true },
];

function feedFleet(reporter: Reporter, hosts: readonly string[], words: string, data: Buffer): void {
  for (const [index, host] of hosts.entries()) {
    const error = new ConnectError(words, words, { where: words, fix: words });
    reporter.fleetEvent({ kind: 'output', host, stream: 'stdout', chunk: data });
    reporter.fleetEvent({ kind: 'output', host, stream: 'stderr', chunk: data });
    const stdout = Buffer.concat([data, Buffer.from(String(index % 2))]);
    const outcomes = [
      { ...outcomeOf(host), stdout, stderr: data },
      { ...outcomeOf(host), stdout, status: 'failed' as const, exit: { kind: 'signal' as const, signal: words } },
      { host, status: 'unreachable' as const, error, startedAtMs: START_MS, endedAtMs: START_MS },
      { host, status: 'ok' as const, bytes: 1, localPath: words, remotePath: words, startedAtMs: START_MS, endedAtMs: START_MS },
    ];
    for (const outcome of outcomes) reporter.fleetEvent(finished(outcome));
  }
}

function feedPlay(reporter: Reporter, hosts: readonly string[], words: string, data: Buffer): void {
  const task = taskOf(1, words, { position: { file: words, line: 1, column: 1 } });
  reporter.playEvent({ kind: 'play-started', play: words, hosts, atMs: START_MS });
  reporter.playEvent(taskStarted(task, [...hosts, 'silent']));
  for (const host of hosts) {
    const result = dict({ msg: words, stderr: words, diff: dict({ before: words, after: `${words}x`, before_header: words }) });
    reporter.playEvent({ kind: 'task-output', task, host, stream: 'stdout', chunk: data });
    reporter.playEvent(itemFinished(task, host, words, 'failed', result));
    reporter.playEvent(taskFinished(task, host, 'failed', result));
  }
  reporter.playEvent(recap(Object.fromEntries(hosts.map((host, index) => [host, { failed: index }]))));
}

describe('text of hosts', () => {
  const kinds: readonly [ReporterKind['name'], readonly Layout[]][] = [
    ['text', layouts],
    ['json', [{}]],
    ['jsonl', [{}]],
    ['junit', [{}]],
  ];
  for (const [kind, those] of kinds) {
    for (const layout of those) {
      it(`commands no terminal: ${kind} ${JSON.stringify(layout)}`, () => {
        fc.assert(
          fc.property(fc.uniqueArray(text, { minLength: 1, maxLength: 3 }), text, bytes, (hosts, words, data) => {
            const options = { ...plainOptions, verbosity: 1, layout };
            const seen = (['run', 'play'] as const).map((verb) => {
              const header: RunHeader = { verb, subject: words, hosts };
              const page = new Page({ terminal: kind === 'text', colour: kind === 'text' });
              return report(kind, header, (reporter) => (verb === 'run' ? feedFleet : feedPlay)(reporter, hosts, words, data), {
                page,
                options,
              });
            });

            for (const written of seen) assert.doesNotMatch(written.replace(OWN, ''), COMMAND);
          }),
          { numRuns: 40 },
        );
      });
    }
  }

  it('would be noticed, were it passed on', () => {
    assert.match('\x1b[2J'.replace(OWN, ''), COMMAND);
    assert.match('\x9b1m', COMMAND);
    assert.doesNotMatch('\r\x1b[2A\x1b[Jx\x1b[31m'.replace(OWN, ''), COMMAND);
  });
});
