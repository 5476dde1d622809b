// Inventories, patterns and literals that nobody thought of, beside Ansible's own reading of them.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { literalEval, NOT_A_LITERAL } from '#src/inventory/literal-eval';
import { dumpJson } from '#src/jinja/dump';
import { needs } from '../support/real.js';
import { askAnsible, type InventoryCase } from './ansible-oracle.js';
import { iniText, literalText, patternText, varsPath, varsText, yamlText } from './arbitraries.js';
import { differences } from './beside-ansible.js';
import { withFiles } from './temporary.js';

// The same ones each time: a test that fails by chance helps nobody. Other seeds were tried by hand, and may be.
const SEED = 20_26;

const source = (name: string): fc.Arbitrary<readonly [string, string]> =>
  fc.oneof(
    iniText.map((text) => [name, text] as const),
    yamlText.map((text) => [`${name}.yml`, text] as const),
  );
const files = fc.record({
  sources: fc.oneof(
    source('one').map((one) => [one]),
    fc.tuple(source('one'), source('two')),
  ),
  vars: fc.array(fc.tuple(varsPath, varsText), { maxLength: 5 }),
  patterns: fc.array(patternText, { minLength: 10, maxLength: 10 }),
});

describe('beside Ansible, by chance', needs('python3', 'ansible'), () => {
  it('inventories of two formats with files of variables say the same, and patterns pick the same', async () => {
    const samples = fc.sample(files, { seed: SEED, numRuns: 60 });
    await withFiles({}, async (directory) => {
      const cases: InventoryCase[] = [];
      for (const [i, { sources, vars, patterns }] of samples.entries()) {
        const own = path.join(directory, String(i));
        for (const [name, text] of [...sources, ...vars]) await writeWhereFree(path.join(own, name), text);
        cases.push({ sources: sources.map(([name]) => path.join(own, name)), patterns });
      }

      const answers = askAnsible({ inventories: cases }).inventories;

      const differing: unknown[] = [];
      for (const [i, one] of cases.entries()) {
        const found = await differences(one, answers[i] ?? null);
        if (found.length > 0) differing.push({ sample: samples[i], found });
      }
      assert.deepEqual(differing, []);
      assert.ok(answers.filter((answer) => answer !== null).length > cases.length / 2, 'most must be inventories that can be read');
    });
  });

  it('values of ini inventories have the same type', () => {
    const texts = [...new Set(fc.sample(literalText, { seed: SEED, numRuns: 4_000 }).map((text) => text.trim()))];

    const answers = askAnsible({ literals: texts }).literals;

    const differing = texts.flatMap((text, i) => {
      const value = literalEval(text);
      const ours = dumpJson(value === NOT_A_LITERAL ? text : value, { sortKeys: false, asciiOnly: true });
      const ansible = answers[i] ?? null;
      return ansible === null || ours === ansible ? [] : [{ text, ours, ansible }];
    });
    assert.deepEqual(differing, []);
  });
});

// Two names may want to be a file and its directory.
async function writeWhereFree(file: string, text: string): Promise<void> {
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  } catch (error) {
    if (!['EEXIST', 'EISDIR', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
