// Where the inventory is when nobody says.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { inventorySources } from '#src/cli/inventory-sources';

describe('inventory sources', () => {
  it('are the flags first, then our variable, then that of Ansible', () => {
    const env = { SSHOAL_INVENTORY: 'ours.ini', ANSIBLE_INVENTORY: 'a.ini, b.ini' };

    assert.deepEqual(inventorySources(['flag.ini'], { env, cwd: '/' }), ['flag.ini']);
    assert.deepEqual(inventorySources([], { env, cwd: '/' }), ['ours.ini']);
    assert.deepEqual(inventorySources([], { env: { ANSIBLE_INVENTORY: env.ANSIBLE_INVENTORY }, cwd: '/' }), ['a.ini', 'b.ini']);
    assert.deepEqual(inventorySources([], { env: { SSHOAL_INVENTORY: 'web01,web02,' }, cwd: '/' }), ['web01,web02,']);
  });

  it('are the usual names in the current directory last', async (t) => {
    const cwd = await mkdtemp(path.join(tmpdir(), 'sshoal-'));
    t.after(async () => await rm(cwd, { recursive: true }));
    await writeFile(path.join(cwd, 'inventory.yml'), '');
    const file = inventorySources([], { env: {}, cwd });
    await mkdir(path.join(cwd, 'inventories'));
    const directory = inventorySources([], { env: {}, cwd });

    assert.deepEqual(file, ['inventory.yml']);
    assert.deepEqual(directory, ['inventories']);
  });

  it('must be somewhere', () => {
    assert.throws(() => inventorySources([], { env: {}, cwd: import.meta.dirname }), { code: 'NO_INVENTORY' });
  });
});
