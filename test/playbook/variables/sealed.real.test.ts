// Encrypted values beside ansible 2.14: who does not need one needs no password, whatever else the playbook does.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { Inventory } from '#src/inventory/inventory';
import { encrypt, VaultKeys } from '#src/inventory/vault/vault-keys';
import { Playbook } from '#src/playbook/playbook';
import { needs } from '../../support/real.ts';
import { ansibleResults } from '../ansible-results.ts';
import { inDirectory } from '../play-local.ts';

const SECRET = { id: 'default', password: Buffer.from('open sesame') };

function inline(text: string, indent: number): string {
  const sealed = encrypt(Buffer.from(text), SECRET, 'x');
  return `!vault |\n${sealed
    .trimEnd()
    .split('\n')
    .map((line) => `${' '.repeat(indent)}${line}`)
    .join('\n')}\n`;
}

const SITE = (): string => `
- hosts: all
  gather_facts: false
  vars:
    of_play: ${inline('from the play', 6)}
    pair:
      open: 1
      closed: ${inline('from a dict', 8)}
    looks_like: ${inline('{{ 1 + 1 }}', 6)}
  tasks:
    - {name: unused, debug: {msg: "{{ pair.open }}"}}
    - {name: dict, debug: {msg: "{{ pair.closed }}"}, ignore_errors: true}
    - {name: play, debug: {msg: "{{ of_play }}!"}, ignore_errors: true}
    - {name: group, debug: {msg: "{{ of_group }}"}, ignore_errors: true}
    - {name: twice, debug: {msg: "{{ through }}"}, ignore_errors: true}
    - {name: default, debug: {msg: "{{ of_play | default('none') }}"}, ignore_errors: true}
    - {name: template, debug: {msg: "{{ looks_like }}"}, ignore_errors: true}
    - name: task
      debug: {msg: "{{ own }}"}
      vars:
        own: ${inline('from the task', 10)}
      ignore_errors: true
    - name: condition
      debug: {msg: "seen"}
      when: of_play == 'from the play'
      ignore_errors: true
    - name: length
      debug: {msg: "{{ of_group | length }} {{ of_group[0] }} {{ [of_group] | join }}"}
      ignore_errors: true
`;

async function write(directory: string): Promise<void> {
  await mkdir(path.join(directory, 'group_vars'));
  await writeFile(path.join(directory, 'site.yml'), SITE());
  await writeFile(path.join(directory, 'group_vars/all.yml'), `of_group: ${inline('from the group', 2)}through: "<{{ of_group }}>"\n`);
  await writeFile(
    path.join(directory, 'hosts.ini'),
    'a\n[all:vars]\nansible_connection=local\nansible_python_interpreter=/usr/bin/python3\n',
  );
  await writeFile(path.join(directory, 'password'), 'open sesame\n');
  await writeFile(path.join(directory, 'wrong'), 'open barley\n');
}

/** What each task said, or that it failed. */
async function ours(directory: string, vault: VaultKeys): Promise<string[]> {
  const inventory = await Inventory.load([path.join(directory, 'hosts.ini')], { vault });
  const said: string[] = [];
  for await (const event of Playbook.load([path.join(directory, 'site.yml')], { vault }).play({ inventory }))
    if (event.kind === 'task-finished') said.push(event.status === 'failed' ? 'failed' : String(event.result.get('msg') as string));
  return said;
}

async function theirs(directory: string, password: string | undefined): Promise<string[]> {
  const args = password === undefined ? [] : ['--vault-password-file', path.join(directory, password)];
  const results = await ansibleResults(directory, { args });
  return results.map(({ failed, result }) => (failed ? 'failed' : String(result.msg)));
}

describe('an encrypted value', needs('ansible-playbook'), () => {
  it('is opened where it is needed, as by ansible', async () =>
    await inDirectory(async (directory) => {
      await write(directory);

      const [mine, other] = await Promise.all([ours(directory, new VaultKeys([SECRET])), theirs(directory, 'password')]);

      assert.deepEqual(mine, other);
    }));

  it('without its password fails the tasks that need it and no others', async () =>
    await inDirectory(async (directory) => {
      await write(directory);

      const mine = await ours(directory, new VaultKeys([{ ...SECRET, password: Buffer.from('open barley') }]));

      assert.deepEqual(mine, ['1', ...Array.from({ length: 9 }, () => 'failed')]);
      assert.deepEqual(mine, await theirs(directory, 'wrong'));
    }));
});
