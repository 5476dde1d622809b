// The table of verbs: each is found by its name, alone or among all.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allVerbs, verbNamed } from '#src/cli/verb-table';

describe('the table of verbs', () => {
  it('loads each under the name that it has itself', async () => {
    const all = await allVerbs();

    const found = await Promise.all(all.map(async ({ name }) => await verbNamed(name)));

    assert.deepEqual(found, all);
    assert.equal(new Set(found).size, all.length);
  });

  it('knows nothing else, and no name that every object has', async () => {
    const found = await Promise.all(['rnu', '', '--help', 'constructor', '__proto__', 'toString'].map(verbNamed));

    assert.deepEqual(new Set(found), new Set([undefined]));
  });
});
