// The published schema of playbooks before a real validator: it takes what plays, and sees what an editor should underline.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import { toJson } from '#src/base/value';
import { parseYaml, yamlValue } from '#src/base/yaml';
import { describeModule } from '#src/modules/docs/description';
import { libraryDirectories, ModuleSpace } from '#src/modules/library/module-space';
import { ACTIONS } from '#src/playbook/actions/registry';
import { playbookSchema } from '#src/playbook/schema';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const ORACLE = `
import json, sys, jsonschema
schema, values = json.load(sys.stdin)
jsonschema.Draft202012Validator.check_schema(schema)
print(json.dumps([jsonschema.Draft202012Validator(schema).is_valid(value) for value in values]))
`;
const missing = spawnSync('python3', ['-c', 'import jsonschema']).status !== 0;
if (missing && process.env.REQUIRE_SSHD === '1') throw new Error('python3 has no jsonschema, and REQUIRE_SSHD=1 forbids skipping');

const task = (text: string): string => `- hosts: all\n  tasks:\n    - ${text}\n`;
const RIGHT = [
  task('command: ls -l'),
  task('ansible.builtin.copy: {content: x, dest: /x, mode: 0644, backup: "{{ yes_or_no }}"}'),
  task('user: {name: x, groups: "a,b", append: yes}'),
  task('{block: [{ping: }], rescue: [{debug: {msg: x}}], when: x, become: true}'),
  task('{apt: {pkg: [a, b], upgrade: yes}, loop: [1], register: x, retries: 3}'),
  task('{motd: {sentences: [a]}, tags: x}'),
  task('{include_tasks: more.yml, loop: [1]}'),
  task('{debug: {msg: x}, with_fileglob: [a]}'),
  '- {hosts: [a, b], gather_facts: no, vars: {a: 1}, roles: [web, {role: db, port: 1}]}\n',
  '- {import_playbook: other.yml}\n',
];
const WRONG = [
  task('comand: ls'),
  task('copy: {content: x, desk: /x}'),
  task('copy: {content: x}'),
  task('file: {path: /x, state: dir}'),
  task('{ping: , whn: x}'),
  task('motd: {sentence: a}'),
  task('{ping: , register: a b}'),
  '- {tasks: []}\n',
  'hosts: all\n',
];

it('the schema takes playbooks that play, and no others that it can tell', { skip: missing && 'python3 has no jsonschema' }, async () => {
  const space = await ModuleSpace.load(await libraryDirectories([path.join(ROOT, 'examples/library')]));
  const modules = space.found.flatMap((found) => (found.kind === 'module' ? [found.module] : []));
  const files = ['playbooks/demo.yml', 'examples/library/site.yml'].map((file) => readFileSync(path.join(ROOT, file), 'utf8'));
  const values = [...files, ...RIGHT, ...WRONG].map((text) => toJson(yamlValue(parseYaml(text, 'x.yml')[0] ?? assert.fail())));

  const { stdout, stderr } = spawnSync('python3', ['-c', ORACLE], {
    input: JSON.stringify([playbookSchema([...modules, ...ACTIONS.values()].map(describeModule)), values]),
    encoding: 'utf8',
    timeout: 60_000,
  });

  assert.equal(stderr, '');
  const wrong = new Set(WRONG);
  const expected = [...files, ...RIGHT, ...WRONG].map((text) => [text, !wrong.has(text)]);
  assert.deepEqual(
    (JSON.parse(stdout) as boolean[]).map((isValid, index) => [expected[index]?.[0], isValid]),
    expected,
  );
});
