// meta: end_role, which ansible has since 2.18: whose role it ends, and what comes behind it.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { inDirectory, playLocal } from '../play-local.ts';

describe('meta: end_role', () => {
  it('ends the role under way for the hosts whose conditions hold, and nothing else', async () =>
    await inDirectory(async (directory) => {
      const tasks = path.join(directory, 'roles/r/tasks');
      await mkdir(tasks, { recursive: true });
      const inner = "- meta: end_role\n  when: inventory_hostname == 'a'\n- debug: {msg: inside}\n";
      await writeFile(path.join(tasks, 'main.yml'), inner);

      const { said } = await playLocal(
        directory,
        `- hosts: all
  gather_facts: false
  roles: [r]
  tasks:
    - debug: {msg: between}
    - include_role: {name: r}
    - debug: {msg: behind}
`,
      );

      assert.deepEqual(said, ['b: inside', 'a: between', 'b: between', 'b: inside', 'a: behind', 'b: behind']);
    }));

  it('is a fault outside of a role', async () =>
    await inDirectory(async (directory) => {
      const played = playLocal(directory, '- hosts: a\n  gather_facts: false\n  tasks: [{meta: end_role}]\n');

      await assert.rejects(played, { code: 'BAD_PARAMETER', message: /no role to end/ });
    }));
});
