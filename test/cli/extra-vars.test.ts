// The forms of -e.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { SshoalError } from '#src/base/errors';
import { dict } from '#src/base/value';
import { readExtraVars } from '#src/cli/extra-vars';

const GOOD: readonly [values: readonly string[], expected: ReturnType<typeof dict>][] = [
  [['a=1 b=two'], dict({ a: '1', b: 'two' })],
  [['a="x y" b=\'$z\' c=d=e'], dict({ a: 'x y', b: '$z', c: 'd=e' })],
  [['{"a": 1, "b": [true, null]}'], dict({ a: 1, b: [true, null] })],
  [['{a: yes, b: 0644}'], dict({ a: true, b: 420 })],
  [['a=1', '{"a": 2}'], dict({ a: 2 })],
  [['a='], dict({ a: '' })],
  [[], dict()],
];

describe('extra variables', () => {
  for (const [values, expected] of GOOD) {
    it(`read ${values.map((value) => `-e '${value}'`).join(' ') || 'nothing'}`, async () => {
      assert.deepEqual(await readExtraVars(values, '/'), expected);
    });
  }

  it('come from a file too, with places for its faults', async (t) => {
    const directory = await mkdtemp(path.join(tmpdir(), 'sshoal-'));
    t.after(async () => await rm(directory, { recursive: true }));
    await writeFile(path.join(directory, 'good.yml'), '---\nport: 80\nname: web\n');
    await writeFile(path.join(directory, 'bad.yml'), 'port: 80\nport: 81\n');

    const vars = await readExtraVars(['@good.yml'], directory);

    assert.deepEqual(vars, dict({ port: 80, name: 'web' }));
    await assert.rejects(readExtraVars(['@bad.yml'], directory), { code: 'YAML_DUPLICATE_KEY' });
  });

  for (const value of ['word', '=x', "a='open", '@/no/such/file', '[1, 2]']) {
    it(`refuse ${value}, and say how to write it`, async () => {
      await assert.rejects(
        readExtraVars([value], '/'),
        (error) => error instanceof SshoalError && error.code === 'BAD_EXTRA_VARS' && error.fix !== undefined,
      );
    });
  }
});
