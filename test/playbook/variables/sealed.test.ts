// Encrypted values in a play: named where they cannot be opened, masked once they are, and told of without being opened.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { Inventory } from '#src/inventory/inventory';
import { VaultKeys } from '#src/inventory/vault/vault-keys';
import type { TaskFinished } from '#src/playbook/events';
import { Playbook } from '#src/playbook/playbook';
import { inlineVault, PASSWORD, VALUE_VAULT } from '../../inventory/vaults.ts';
import { inDirectory } from '../play-local.ts';

async function play(directory: string, text: string, vault?: VaultKeys): Promise<TaskFinished[]> {
  await writeFile(path.join(directory, 'site.yml'), text);
  await writeFile(path.join(directory, 'hosts'), 'a ansible_connection=local\n');
  const inventory = await Inventory.load([path.join(directory, 'hosts')], { vault });
  const ended: TaskFinished[] = [];
  for await (const event of Playbook.load([path.join(directory, 'site.yml')], { vault }).play({ inventory }))
    if (event.kind === 'task-finished') ended.push(event);
  return ended;
}

describe('an encrypted value', () => {
  it('that cannot be opened is named with its variable and its place', async () =>
    await inDirectory(async (directory) => {
      const vars = `token: ${inlineVault(VALUE_VAULT, 6)}`;

      const [, failed] = await play(
        directory,
        `- hosts: all\n  gather_facts: false\n  vars:\n    ${vars}\n  tasks:\n    - debug: {msg: fine}\n    - debug: {msg: "{{ token }}"}\n`,
      );

      assert.equal(failed?.status, 'failed');
      assert.equal(failed.error?.code, 'VAULT_NO_PASSWORD');
      assert.match(failed.error.message, /variable token/);
      const { where } = failed.error;
      assert.deepEqual(typeof where === 'object' && [path.basename(where.file), where.line], ['site.yml', 4]);
    }));

  it('is what an argument or free text of a task may be, and is masked once it was opened', async () =>
    await inDirectory(async (directory) => {
      const opened: string[] = [];
      const vault = new VaultKeys([{ id: 'x', password: Buffer.from(PASSWORD) }], { onOpened: (text) => opened.push(text) });

      const ended = await play(
        directory,
        `- hosts: all
  gather_facts: false
  tasks:
    - command:
        cmd: cat
        stdin: ${inlineVault(VALUE_VAULT, 10)}
    - shell: ${inlineVault(VALUE_VAULT, 8)}
      failed_when: false
`,
        vault,
      );

      assert.equal(ended[0]?.result.get('stdout'), 'hunter22');
      assert.equal(ended[1]?.result.get('rc'), 127);
      assert.deepEqual(opened, ['hunter22', 'hunter22']);
    }));
});
