// The lines for machines that watch, and the document that describes them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Reporter, ReporterOptions } from '#src/report/seam';
import { documentedEvents, writtenEvents } from '../../support/documented-events.ts';
import { everything, finished, outcomeOf, plainOptions, report, START_MS } from '../samples.ts';

type Line = Record<string, unknown> & { readonly event: string };

const HEADER = { verb: 'run', subject: 'uptime', hosts: ['a', 'b'] } as const;

function linesOf(feed: (reporter: Reporter) => void, options: Partial<ReporterOptions> = {}): Line[] {
  const text = report('jsonl', HEADER, feed, { options: { ...plainOptions, ...options } });
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

describe('JSON lines', () => {
  it('are exactly the events and fields that docs/jsonl.md lists', () => {
    const written = writtenEvents(linesOf(everything, { layout: { drift: true } }));

    const listed = documentedEvents('JSON lines');

    assert.deepEqual([...written.keys()].toSorted(), [...listed.keys()].toSorted());
    for (const [event, fields] of listed) {
      assert.deepEqual([...(written.get(event) ?? [])].toSorted(), fields.map((field) => field.replace('?', '')).toSorted(), event);
    }
  });

  it('carry every field that is not marked optional, each time', () => {
    const lines = linesOf((reporter) => {
      everything(reporter);
      reporter.fleetEvent(finished({ host: 'c', status: 'cancelled', startedAtMs: START_MS, endedAtMs: START_MS }));
    });

    for (const line of lines) {
      for (const field of documentedEvents('JSON lines').get(line.event) ?? [])
        if (!field.endsWith('?')) assert.ok(field in line, `${line.event}.${field}`);
    }
  });

  it('begin and end with the run, each with its version and time', () => {
    const lines = linesOf(() => undefined);

    assert.deepEqual(lines, [
      { v: 1, event: 'run-started', at: '2026-01-02T03:04:05.000Z', verb: 'run', subject: 'uptime', hosts: ['a', 'b'] },
      { v: 1, event: 'run-finished', at: '2026-01-02T03:04:05.000Z' },
    ]);
  });

  it('mask a secret whose chunks came apart', () => {
    const lines = linesOf(
      (reporter) => {
        reporter.fleetEvent({ kind: 'output', host: 'a', stream: 'stdout', chunk: Buffer.from('x hun') });
        reporter.fleetEvent({ kind: 'output', host: 'a', stream: 'stdout', chunk: Buffer.from('ter2 y\nrest') });
        reporter.fleetEvent(finished(outcomeOf('a')));
      },
      { mask: (text) => text.replaceAll('hunter2', '********') },
    );

    assert.deepEqual(
      lines.filter((line) => line.event === 'output').map((line) => line.data),
      ['x ******** y\n', 'rest'],
    );
  });
});
