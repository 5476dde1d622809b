// JSON lines and JUnit as the parsers of others read them: Python's jsonschema and its XML parser.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { call } from '../cli/fake-context.ts';
import { needs } from '../support/real.ts';
import { everything, finished, outcomeOf, report } from './samples.ts';

const SCHEMA_FILE = path.resolve(import.meta.dirname, '../../../docs/jsonl.schema.json');
const TWO = ['-i', 'web01,web02,', '-e', 'ansible_connection=local'] as const;
const HEADER = { verb: 'run', subject: 'a < b & "c" \x1b[1m\ud800', hosts: ['a'] } as const;

function python(script: string, input: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('python3', ['-c', script, ...args], { input, encoding: 'utf8', timeout: 30_000 });
  assert.equal(status, 0, stderr);
  return stdout;
}

const VALIDATE = `
import json, sys
from jsonschema import Draft202012Validator
schema = json.load(open(sys.argv[1]))
Draft202012Validator.check_schema(schema)
validator = Draft202012Validator(schema)
lines = sys.stdin.read().splitlines()
for line in lines:
    validator.validate(json.loads(line))
print(len(lines))
`;
const READ_XML = `
import sys, xml.etree.ElementTree as tree
root = tree.fromstring(sys.stdin.buffer.read())
suite = root[0]
print(root.attrib["tests"], suite.attrib["failures"], suite.attrib["errors"], len(suite))
print(repr(suite[0].attrib["name"]))
print(repr(suite[0].findtext("system-out")))
`;
const hasJsonschema = spawnSync('python3', ['-c', 'import jsonschema']).status === 0;

describe('JSON lines read by Python', hasJsonschema ? needs('python3') : { skip: 'no jsonschema for python3' }, () => {
  it('hold to the schema, and the schema to its draft', () => {
    const lines = report('jsonl', { verb: 'run', subject: 'uptime', hosts: ['a'] }, everything);

    const counted = python(VALIDATE, lines, SCHEMA_FILE);

    assert.equal(Number(counted), lines.trimEnd().split('\n').length);
  });

  it('hold to it in real runs: of commands, failures, transfers and unreachable hosts', async () => {
    const file = import.meta.filename;
    const runs = await Promise.all([
      call(['run', 'all', ...TWO, '--live', '-o', 'jsonl', '--', 'echo out; printf "\\377"; echo err >&2; exit 3']),
      call(['get', 'web01', file, '/nonexistent/x', ...TWO, '-o', 'jsonl']),
      call(['ping', 'all', '-i', 'gone.invalid,', '-T', '2s', '-o', 'jsonl']),
      call(['run', 'web01', ...TWO, '--timeout', '50ms', '-o', 'jsonl', '--', 'sleep', '5']),
    ]);

    for (const { stdout } of runs) if (stdout !== '') assert.ok(Number(python(VALIDATE, stdout, SCHEMA_FILE)) >= 4);
    assert.ok(readFileSync(SCHEMA_FILE, 'utf8').includes('host-finished'));
  });
});

describe('JUnit read by Python', needs('python3'), () => {
  it('is well-formed whatever hosts write, and gives the text back', () => {
    const nasty = '<&>"\' \x00\x1b[1m\x9b ]]> \ufffe\uffff \u202e end\n';
    const xml = report('junit', HEADER, (reporter) => {
      reporter.fleetEvent(finished(outcomeOf('a', { stdout: nasty, stderr: nasty, status: 'failed', exit: { kind: 'code', code: 1 } })));
      reporter.fleetEvent(finished({ host: nasty, status: 'unreachable', startedAtMs: 0, endedAtMs: 5 }));
    });

    const [counts, name, text] = python(READ_XML, xml).split('\n');

    assert.equal(counts, '2 1 1 2');
    assert.equal(name, `${String.raw`'a < b & "c" \\x1b[1m`}\ufffd'`);
    assert.ok(text?.includes(String.raw`\\x00\\x1b[1m\\x9b ]]>`), text);
  });
});
