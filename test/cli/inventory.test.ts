// The verb inventory, in the forms of ansible-inventory.
import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
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
