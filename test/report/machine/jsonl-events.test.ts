// The table of events: against docs/jsonl.md, against docs/jsonl.schema.json, and against what is written.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { describe, it } from 'node:test';
import { JSON_VERSION } from '#src/report/machine/json-data';
import { EVENTS, jsonLinesSchema } from '#src/report/machine/jsonl-events';
import { documentedEvents } from '../../support/documented-events.ts';
import { schemaFaults } from '../../support/json-schema.ts';
import { everything, finished, outcomeOf, report } from '../samples.ts';

const SCHEMA_FILE = path.resolve(import.meta.dirname, '../../../../docs/jsonl.schema.json');
const schema = jsonLinesSchema(JSON_VERSION);

function writtenLines(): Record<string, unknown>[] {
  const text = report('jsonl', { verb: 'run', subject: 'uptime', hosts: ['a', 'b'] }, (reporter) => {
    everything(reporter);
    reporter.fleetEvent(finished({ host: 'c', status: 'cancelled', startedAtMs: 0, endedAtMs: 0 }));
    reporter.fleetEvent(finished(outcomeOf('d', { stdout: 'text' })));
  });
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the schema of JSON lines', () => {
  it('stands in docs/jsonl.schema.json as it is here (UPDATE_DOCS=1 writes it anew)', () => {
    const expected = `${JSON.stringify(schema, undefined, 2)}\n`;
    if (process.env.UPDATE_DOCS === '1') writeFileSync(SCHEMA_FILE, expected);

    assert.equal(readFileSync(SCHEMA_FILE, 'utf8'), expected);
  });

  it('has the events of docs/jsonl.md, with the same fields, optional where they are optional there', () => {
    const ofRuns = documentedEvents('JSON lines');
    const ofTunnels = documentedEvents('JSON lines of tunnels');
    // Of tunnels the last line says more.
    const listed = new Map([...ofRuns, ...ofTunnels, ['run-finished', (ofTunnels.get('run-finished') ?? []).map((field) => `${field}?`)]]);

    const here = Object.entries(EVENTS).map(([name, fields]): [string, string[]] => [
      name,
      Object.entries(fields).map(([field, { optional }]) => (optional ? `${field}?` : field)),
    ]);

    assert.deepEqual(Object.fromEntries(here.map(([name, fields]) => [name, fields.toSorted()])), {
      ...Object.fromEntries([...listed].map(([name, fields]) => [name, fields.toSorted()])),
    });
  });

  it('holds for every line there can be', () => {
    const lines = writtenLines();

    const faults = lines.flatMap((line) => schemaFaults(schema, line));

    assert.deepEqual(faults, []);
    assert.ok(lines.length > 12);
  });

  // Without the other shapes a fault says what is wrong with this one.
  const ofFinished = { ...schema, oneOf: [{ $ref: '#/$defs/host-finished' }] };
  const wrong: readonly [what: string, change: (line: Record<string, unknown>) => void, fault: RegExp][] = [
    ['an event nobody knows', (line) => Object.assign(line, { event: 'surprise' }), /\/event: not "/],
    ['another version', (line) => Object.assign(line, { v: 2 }), /\/v: not 1/],
    ['a missing field', (line) => delete line.durationMs, /\/durationMs: missing/],
    ['a field of another type', (line) => Object.assign(line, { exitCode: 'zero' }), /\/exitCode: not of type integer/],
    ['a word that is no status', (line) => Object.assign(line, { status: 'fine' }), /\/status: not one of/],
    ['an error without a message', (line) => Object.assign(line, { error: { code: 'X' } }), /\/error\/message: missing/],
  ];
  for (const [what, change, fault] of wrong) {
    it(`refuses ${what}`, () => {
      const line = writtenLines().findLast(({ event }) => event === 'host-finished') ?? {};

      change(line);

      assert.notDeepEqual(schemaFaults(schema, line), []);
      assert.match(schemaFaults(ofFinished, line).join('\n'), fault);
    });
  }
});
