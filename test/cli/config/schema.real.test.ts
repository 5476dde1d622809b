// The published schema of sshoal.yml before a real validator: an editor says what the program says.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { it } from 'node:test';
import fc from 'fast-check';
import { SshoalError } from '#src/base/errors';
import { configSchema } from '#src/cli/config/schema';
import { SETTINGS } from '#src/cli/config/settings';
import { readSshoalYml } from '#src/cli/config/sshoal-yml';

const ORACLE = `
import json, sys, jsonschema
schema, values = json.load(sys.stdin)
jsonschema.Draft202012Validator.check_schema(schema)
print(json.dumps([jsonschema.Draft202012Validator(schema).is_valid(value) for value in values]))
`;
const missing = spawnSync('python3', ['-c', 'import jsonschema']).status !== 0;
if (missing && process.env.REQUIRE_SSHD === '1') throw new Error('python3 has no jsonschema, and REQUIRE_SSHD=1 forbids skipping');

function isRead(value: unknown): boolean {
  try {
    readSshoalYml(JSON.stringify(value), '/srv/sshoal.yml', '/home/ada');
    return true;
  } catch (error) {
    if (error instanceof SshoalError) return false;
    throw error;
  }
}

it('the schema takes exactly what the program takes', { skip: missing && 'python3 has no jsonschema' }, () => {
  const keys = [...SETTINGS.values()].map(({ key }) => key);
  const words = ['', 'ada', '5m', '1.5h', '30', '2 weeks', '10MS', 'json', 'ask', 'ssh', 'sudo', 'auto', 'none'];
  const value = fc.oneof(
    fc.constantFrom<unknown>(...words, true, false, null, 0, 1, -1, 1.5, 4, 5, 65_535, 65_536, 1_000_000, [], ['a', 'b'], [''], [1], {}),
    fc.integer({ min: -5, max: 10 }),
  );
  const map = fc.dictionary(
    fc.oneof({ arbitrary: fc.constantFrom(...keys), weight: 20 }, { arbitrary: fc.constant('fork'), weight: 1 }),
    value,
    {
      maxKeys: 2,
    },
  );
  const samples: unknown[] = [
    null,
    [],
    'forks',
    {},
    ...keys.flatMap((key) => words.map((word) => ({ [key]: word }))),
    ...fc.sample(map, { numRuns: 1_500, seed: 1 }),
  ];

  const { stdout, stderr } = spawnSync('python3', ['-c', ORACLE], {
    input: JSON.stringify([configSchema(), samples]),
    encoding: 'utf8',
    timeout: 60_000,
  });
  assert.equal(stderr, '');
  const valid = JSON.parse(stdout) as boolean[];

  assert.deepEqual(
    samples.filter((sample, index) => valid[index] !== isRead(sample)),
    [],
  );
  assert.ok(valid.includes(true) && valid.includes(false));
});
