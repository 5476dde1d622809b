// Where the inventory is when nobody says.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { inventorySources } from '#src/cli/inventory-sources';

describe('inventory sources', () => {
  it('are those that were given', () => {
    assert.deepEqual(inventorySources(['flag.ini'], { cwd: '/' }), ['flag.ini']);
  });

  it('are the usual names in the current directory last', async (t) => {
    const cwd = await mkdtemp(path.join(tmpdir(), 'sshoal-'));
    t.after(async () => await rm(cwd, { recursive: true }));
    await writeFile(path.join(cwd, 'inventory.yml'), '');
    const file = inventorySources([], { cwd });
    await mkdir(path.join(cwd, 'inventories'));
    const directory = inventorySources([], { cwd });

    assert.deepEqual(file, ['inventory.yml']);
    assert.deepEqual(directory, ['inventories']);
  });

  it('must be somewhere', () => {
    assert.throws(() => inventorySources([], { cwd: import.meta.dirname }), { code: 'NO_INVENTORY' });
  });
});
