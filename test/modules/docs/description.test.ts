// What is said of modules is true: examples are valid tasks, and what modules register is documented.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { BUILT_IN_DOCS } from '#src/modules/docs/built-in';
import { describeModule } from '#src/modules/docs/description';
import { MODULES } from '#src/modules/registry';
import { ACTIONS } from '#src/playbook/actions/registry';
import { Playbook } from '#src/playbook/playbook';
import { plain, runModule } from '../run-steps.js';

const root = mkdtempSync(path.join(os.tmpdir(), 'sshoal-docs-'));
after(() => rmSync(root, { recursive: true }));
const DESCRIPTIONS = [...MODULES, ...ACTIONS.values()].map(describeModule);

describe('the description of every module', () => {
  for (const { name, examples } of DESCRIPTIONS) {
    it(`has examples that are valid tasks of it: ${name}`, () => {
      const file = path.join(root, `${name}.yml`);
      writeFileSync(file, `- hosts: all\n  tasks:\n${examples.replace(/^/gm, '    ')}\n`);

      const playbook = Playbook.load([file]);

      assert.ok(playbook.taskNames.includes(name));
    });
  }

  it('speaks of no module that is not there', () => {
    const names = new Set(DESCRIPTIONS.map(({ name }) => name));

    assert.deepEqual(
      Object.keys(BUILT_IN_DOCS).filter((name) => !names.has(name)),
      [],
    );
  });

  it('names what they register', async () => {
    const file = path.join(root, 'file');
    const calls: readonly (readonly [string, Record<string, unknown>])[] = [
      ['copy', { content: 'a\n', dest: file }],
      ['copy', { content: 'a\n', dest: file }],
      ['file', { path: file, mode: '0600' }],
      ['file', { path: path.join(root, 'link'), src: file, state: 'link' }],
      ['lineinfile', { path: file, line: 'b', backup: true }],
      ['lineinfile', { path: file, line: 'b', state: 'absent' }],
      ['replace', { path: file, regexp: 'a', replace: 'c' }],
      ['blockinfile', { path: file, block: 'x' }],
      ['command', { cmd: 'true' }],
      ['shell', { cmd: 'exit 3' }],
      ['raw', { cmd: 'true' }],
      ['stat', { path: file }],
      ['slurp', { src: file }],
      ['find', { paths: [root] }],
      ['tempfile', { path: root }],
      ['getent', { database: 'passwd', key: 'root' }],
      ['ping', {}],
      ['assemble', { src: root, dest: path.join(root, 'all') }],
    ];

    const undocumented: string[] = [];
    for (const [name, args] of calls) {
      const { returns } = describeModule(MODULES.find((module) => module.name === name) ?? assert.fail(name));
      const { values } = { values: plain(await runModule(name, args)) };
      undocumented.push(...Object.keys(values).flatMap((key) => (key in returns ? [] : [`${name}: ${key}`])));
    }

    assert.deepEqual([...new Set(undocumented)], []);
  });
});
