// Files that tasks send, where they are vaults: what comes to the host is what is inside.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { Inventory } from '#src/inventory/inventory';
import { encrypt, VaultKeys } from '#src/inventory/vault/vault-keys';
import { Playbook } from '#src/playbook/playbook';
import { inDirectory } from './play-local.ts';

const SECRET = { id: 'default', password: Buffer.from('open sesame') };

/** @param tasks - A list without its first dash. */
async function playWith(directory: string, tasks: string, vault?: VaultKeys): Promise<string[]> {
  const file = path.join(directory, 'site.yml');
  const list = `- ${tasks}`.replaceAll('\n', '\n    ');
  await writeFile(file, `- hosts: all\n  gather_facts: false\n  vars: {who: Ada}\n  tasks:\n    ${list}\n`);
  await writeFile(path.join(directory, 'hosts'), 'a ansible_connection=local\n');
  const inventory = await Inventory.load([path.join(directory, 'hosts')]);
  const seen: string[] = [];
  for await (const event of Playbook.load([file], { vault }).play({ inventory }))
    if (event.kind === 'task-finished') seen.push(`${event.status} ${event.error?.code ?? ''}`.trim());
  return seen;
}

describe('a vault as the source of a task', () => {
  const shown: string[] = [];
  const keys = new VaultKeys([SECRET], { onOpened: (text) => shown.push(text) });

  it('is opened by copy, bytes that are no text among it, and by template', async () =>
    await inDirectory(async (directory) => {
      const [small, large] = [randomBytes(300), randomBytes(100_000)];
      for (const [name, content] of Object.entries({ small, large, text: Buffer.from('password: hunter2 of {{ who }}\n') }))
        await writeFile(path.join(directory, name), encrypt(content, SECRET, name));

      const seen = await playWith(
        directory,
        `copy: {src: small, dest: ${directory}/out-small}
- copy: {src: large, dest: ${directory}/out-large}
- template: {src: text, dest: ${directory}/out-text}`,
        keys,
      );

      assert.deepEqual(seen, ['changed', 'changed', 'changed']);
      assert.deepEqual(await readFile(path.join(directory, 'out-small')), small);
      assert.deepEqual(await readFile(path.join(directory, 'out-large')), large);
      assert.equal(await readFile(path.join(directory, 'out-text'), 'utf8'), 'password: hunter2 of Ada\n');
      assert.ok(shown.some((text) => text.includes('hunter2')));
    }));

  it('stays closed with decrypt: false', async () =>
    await inDirectory(async (directory) => {
      const sealed = encrypt(Buffer.from('x'), SECRET, 'x');
      await writeFile(path.join(directory, 'sealed'), sealed);

      const seen = await playWith(directory, `copy: {src: sealed, dest: ${directory}/out, decrypt: false}`, keys);

      assert.deepEqual(seen, ['changed']);
      assert.equal(await readFile(path.join(directory, 'out'), 'utf8'), sealed);
    }));

  it('fails the host when nobody gave its password', async () =>
    await inDirectory(async (directory) => {
      await writeFile(path.join(directory, 'sealed'), encrypt(Buffer.from('x'), SECRET, 'x'));

      const seen = await playWith(directory, `copy: {src: sealed, dest: ${directory}/out}`);

      assert.deepEqual(seen, ['failed VAULT_NO_PASSWORD']);
    }));
});
