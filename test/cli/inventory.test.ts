// The verb inventory, in the forms of ansible-inventory.
import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { withFiles } from '../inventory/temporary.ts';
import { call } from './fake-context.ts';

const DEMO = path.resolve(import.meta.dirname, '../../../inventories/demo.ini');

describe('inventory', () => {
  it('shows groups and hosts as a tree', async () => {
    const { code, stdout } = await call(['inventory', '-i', DEMO]);

    assert.equal(code, 0);
    assert.match(stdout, /^@all:\n/);
    assert.match(stdout, /\|--@db:\n +\| +\|--db01\n +\| +\|--db02\n/);
  });

  it('shows everything, or the variables of one host, as JSON', async () => {
    const [list, host] = await Promise.all([call(['inventory', '-i', DEMO, '--list']), call(['inventory', '-i', DEMO, '--host', 'db01'])]);

    const everything = JSON.parse(list.stdout) as { db: { hosts: string[] }; _meta: { hostvars: Record<string, unknown> } };
    assert.deepEqual(everything.db.hosts, ['db01', 'db02']);
    assert.deepEqual(JSON.parse(host.stdout), { databases: ['orders', 'customers'], db_role: 'primary', site_name: 'Harbour' });
    assert.deepEqual(everything._meta.hostvars.db01, JSON.parse(host.stdout));
  });

  it('says where to look when there is no such host', async () => {
    const { code, stderr } = await call(['inventory', '-i', DEMO, '--host', 'db1']);

    assert.equal(code, 1);
    assert.match(stderr, /\[PATTERN_NO_MATCH\]\nwhere {2}db1\nfix {4}\S/);
  });
});

describe('inventory, like ansible-inventory', () => {
  const FILES = {
    hosts: '[web]\nw1 a=1\n[web:vars]\nb=yes\n[site:children]\nweb\n',
    'group_vars/web.yml': 'c: [1.0]\n',
    'play/group_vars/web.yml': 'd: 1\n',
  } as const;

  it('draws a part of the tree, with variables', async () => {
    await withFiles(FILES, async (cwd) => {
      const { stdout } = await call(['inventory', '-i', 'hosts', '--graph', 'web', '--vars'], { cwd });

      assert.equal(stdout, '@web:\n  |--w1\n  |  |--{a = 1}\n  |  |--{b = yes}\n  |  |--{c = [1.0]}\n  |--{b = yes}\n  |--{c = [1.0]}\n');
    });
  });

  it('lists for export, as YAML, and with files beside a playbook', async () => {
    await withFiles(FILES, async (cwd) => {
      const yaml = await call(['inventory', '-i', 'hosts', '--list', '--yaml', '--export'], { cwd });
      const host = await call(['inventory', '-i', 'hosts', '--host', 'w1', '--yaml', '--playbook-dir', 'play'], { cwd });

      assert.equal(
        yaml.stdout,
        [
          'all:',
          '  children:',
          '    site:',
          '      children:',
          '        web:',
          '          hosts:',
          '            w1:',
          '              a: 1',
          '          vars:',
          "            b: 'yes'",
          '            c:',
          '            - 1.0',
          '    ungrouped: {}',
          '',
        ].join('\n'),
      );
      assert.equal(host.stdout, "a: 1\nb: 'yes'\nc:\n- 1.0\nd: 1\n");
    });
  });

  it('refuses flags that would do nothing, and groups that are not there', async () => {
    await withFiles(FILES, async (cwd) => {
      for (const words of [['--list', '--graph'], ['--list', '--vars'], ['--yaml'], ['web', '--list']]) {
        const { code, stderr } = await call(['inventory', '-i', 'hosts', ...words], { cwd });
        assert.equal(code, 1);
        assert.match(stderr, /\[BAD_FLAG\]/);
      }
      assert.match((await call(['inventory', '-i', 'hosts', '--graph', 'nowhere'], { cwd })).stderr, /\[INVENTORY_GROUP\]/);
    });
  });
});
