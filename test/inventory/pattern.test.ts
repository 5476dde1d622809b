// Host patterns by themselves, over a small fixed inventory.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { PatternError } from '#src/inventory/errors';
import { Inventory } from '#src/inventory/inventory';
import { matchPattern, type PatternSpace, splitPattern } from '#src/inventory/pattern';
import { withFiles } from './temporary.js';

const GROUPS: Readonly<Record<string, readonly string[]>> = {
  all: ['web1', 'web2', 'web3', 'db1', 'db2', 'lonely'],
  ungrouped: ['lonely'],
  web: ['web1', 'web2', 'web3'],
  db: ['db1', 'db2'],
  prod: ['web1', 'db1'],
  empty: [],
};
const SPACE: PatternSpace = {
  hosts: new Set(GROUPS.all),
  groups: Object.keys(GROUPS),
  hostsOf: (group) => GROUPS[group] ?? [],
};

describe('a pattern', () => {
  const cases: readonly [pattern: string | readonly string[], hosts: readonly string[]][] = [
    ['all', ['web1', 'web2', 'web3', 'db1', 'db2', 'lonely']],
    ['*', ['web1', 'web2', 'web3', 'db1', 'db2', 'lonely']],
    ['web', ['web1', 'web2', 'web3']],
    ['db:web1', ['db1', 'db2', 'web1']],
    ['db,web1', ['db1', 'db2', 'web1']],
    [
      ['db', 'web1'],
      ['db1', 'db2', 'web1'],
    ],
    ['web:&prod', ['web1']],
    ['web:!prod', ['web2', 'web3']],
    ['!prod:web', ['web2', 'web3']],
    ['!web', ['db1', 'db2', 'lonely']],
    ['&prod', ['web1', 'db1']],
    ['web[0]', ['web1']],
    ['web[-1]', ['web3']],
    ['web[1:]', ['web2', 'web3']],
    ['web[0:1]', ['web1', 'web2']],
    ['web[0-1]', ['web1', 'web2']],
    ['web?', ['web1', 'web2', 'web3']],
    ['*1', ['web1', 'db1']],
    ['~(web|db)1', ['web1', 'db1']],
    ['~web', ['web1', 'web2', 'web3']],
    ['empty', []],
    ['nobody*', []],
    ['localhost', ['localhost']],
    ['web:localhost', ['web1', 'web2', 'web3', 'localhost']],
  ];
  for (const [pattern, hosts] of cases) {
    it(`${String(pattern)} picks ${hosts.join(' ') || 'nobody'}`, () => {
      assert.deepEqual(matchPattern(pattern, SPACE), hosts);
    });
  }

  it('says how names are counted, where a range follows a name that is none', () => {
    const space = { groups: ['db'], hosts: new Set(['web1', 'web2']), hostsOf: () => [], thisMachine: (name: string) => name };

    assert.throws(() => matchPattern('web[1:2]', space), { code: 'PATTERN_NO_MATCH', fix: /-w 'web\[1-2\]'$/ });
  });

  it('that names nobody suggests who was meant', () => {
    assert.throws(() => matchPattern('wbe', SPACE), { code: 'PATTERN_NO_MATCH', where: 'wbe', fix: /web/ });
    assert.throws(() => matchPattern('web:!lonly', SPACE), { code: 'PATTERN_NO_MATCH', fix: /lonely/ });
  });

  it('with an index behind the last host says how many there are', () => {
    assert.throws(() => matchPattern('web[12]', SPACE), { code: 'PATTERN_OUT_OF_RANGE', message: /3 hosts/ });
  });

  it('that is no regular expression says so', () => {
    assert.throws(
      () => matchPattern('~web(', SPACE),
      (error) => error instanceof PatternError && error.code === 'PATTERN_SYNTAX',
    );
  });

  it('keeps addresses and slices in one piece', () => {
    assert.deepEqual(splitPattern('db:22'), ['db:22']);
    assert.deepEqual(splitPattern('a:b[1:2]:!c'), ['a', 'b[1:2]', '!c']);
    assert.deepEqual(splitPattern('2001:db8::1'), ['2001:db8::1']);
    assert.deepEqual(splitPattern(' a , b:c '), ['a', 'b:c']);
  });

  it('picks each host once, whatever is put together', () => {
    const part = fc.constantFrom('web', 'db', 'prod', 'all', 'web1', 'lonely', 'w*', '~.*1', 'web[0]', 'web[1:]');

    fc.assert(
      fc.property(
        fc.array(part, { minLength: 1, maxLength: 4 }),
        fc.array(part, { maxLength: 2 }),
        fc.array(part, { maxLength: 2 }),
        (plain, only, without) => {
          const picked = matchPattern([...plain, ...only.map((one) => `&${one}`), ...without.map((one) => `!${one}`)].join(':'), SPACE);
          const of = (one: string): Set<string> => new Set(matchPattern(one, SPACE));
          const expected = [...SPACE.hosts].filter(
            (host) =>
              plain.some((one) => of(one).has(host)) && only.every((one) => of(one).has(host)) && !without.some((one) => of(one).has(host)),
          );

          assert.deepEqual([...picked].sort(), expected.sort());
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('a limit', () => {
  it('narrows, and keeps the order of the pattern', async () => {
    const inventory = await Inventory.load(['c,a,b,']);

    assert.deepEqual(
      inventory.select('all', { limit: 'b,c' }).map((host) => host.name),
      ['c', 'b'],
    );
    assert.deepEqual(
      inventory.select('all', { limit: ['!a'] }).map((host) => host.name),
      ['c', 'b'],
    );
  });

  it('may be a file with one pattern a line', async () => {
    await withFiles({ 'retry.txt': 'a\n# comment\n\n  b  \n' }, async (directory) => {
      assert.deepEqual(await Inventory.readLimit('@retry.txt', directory), ['a', 'b']);
      assert.deepEqual(await Inventory.readLimit('x,@retry.txt,!a', directory), ['x', 'a', 'b', '!a']);
      await assert.rejects(Inventory.readLimit('@missing.txt', directory), { code: 'PATTERN_SYNTAX' });
    });
  });

  it('file is read anew each time', async () => {
    await withFiles({ hosts: 'a\n' }, async (directory) => {
      await Inventory.readLimit('@hosts', directory);
      await writeFile(path.join(directory, 'hosts'), 'b\n');

      assert.deepEqual(await Inventory.readLimit('@hosts', directory), ['b']);
    });
  });
});
