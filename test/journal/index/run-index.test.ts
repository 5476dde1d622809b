// The same answers from every index that this Node can have, and without one.
import assert from 'node:assert/strict';
import { chmod, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { SshoalError } from '#src/base/errors';
import { HOST_STATUSES } from '#src/journal/host-status';
import { type OpenIndex, openIndexBy, removeIndexes } from '#src/journal/index/open-index';
import { INDEX_STORES } from '#src/journal/index/registry';
import type { SqlDriver } from '#src/journal/index/seam';
import { reindex } from '#src/journal/reindex';
import { prune } from '#src/journal/retention';
import { RunDirectory } from '#src/journal/run-directory';
import type { RunFilter } from '#src/journal/run-filter';
import { DAY_MS, directoryFor, finished, NOW, threeRuns, written } from '../sample-runs.ts';

const none: OpenIndex = async () => await Promise.resolve(undefined);

interface Way {
  readonly name: string;
  readonly openIndex: OpenIndex;
  readonly driver: SqlDriver | undefined;
}
const stores = await Promise.all(
  INDEX_STORES.map(async (store): Promise<Way> => ({ name: store.name, openIndex: openIndexBy([store]), driver: await store.load() })),
);
const WAYS: readonly Way[] = [{ name: 'the summaries', openIndex: none, driver: undefined }, ...stores.filter(({ driver }) => driver)];

async function selected(runs: RunDirectory, filter: RunFilter, faults: SshoalError[] = []): Promise<string[]> {
  const found: string[] = [];
  for await (const { id } of runs.select(filter, (fault) => faults.push(fault))) found.push(id);
  return found;
}

async function indexesOf(directory: string): Promise<string[]> {
  return (await readdir(directory)).filter((name) => name.startsWith('.index-'));
}

for (const { name, openIndex } of WAYS) {
  describe(`looking for runs in ${name}`, () => {
    it('finds them by host, outcome, task, verb and time', async (t) => {
      const { runs, ids } = await threeRuns(t, { openIndex });
      const [first, second, third] = ids;
      const cases: readonly (readonly [RunFilter, readonly (string | undefined)[]])[] = [
        [{}, [third, second, first]],
        [{ host: 'web01' }, [third, first]],
        [{ host: 'web[02-09]' }, [third, first]],
        [{ host: 'web*!web0[1-2]' }, [third]],
        [{ host: 'db??,web03' }, [third, second]],
        [{ host: ['db01'] }, [second]],
        [{ host: ['db*'] }, []],
        [{ outcome: 'failed' }, [first]],
        [{ host: 'web01', outcome: 'failed' }, []],
        [{ host: 'web*', outcome: 'failed' }, [first]],
        [{ host: 'web01', outcome: 'changed' }, [third]],
        [{ task: 'nginx' }, [third, second]],
        [{ task: 'restart*' }, [second]],
        [{ task: 'nginx*' }, []],
        [{ task: '%' }, []],
        [{ verb: 'run' }, [second, first]],
        [{ verb: 'run', sinceMs: NOW - 2 * DAY_MS }, [second]],
        [{ host: 'web01', untilMs: NOW }, [first]],
        [{ host: 'web01', olderThan: third }, [first]],
      ];

      for (const [filter, expected] of cases) assert.deepEqual(await selected(runs, filter), expected, JSON.stringify(filter));
      await assert.rejects(selected(runs, { host: 'web[' }), { code: 'NODE_SET_SYNTAX' });
    });

    it('sees what is new, what is gone, what goes on, and what cannot be read', async (t) => {
      const { runs, ids } = await threeRuns(t, { openIndex });
      await selected(runs, { host: 'web01' });
      await rm(runs.fileOf(ids[0] ?? ''));
      const newer = await written(runs.directory, [finished('web01')], { atMs: NOW + DAY_MS });
      const running = await written(runs.directory, [finished('web01')], { atMs: NOW + 2 * DAY_MS, exitCode: undefined });
      await writeFile(path.join(runs.directory, '20260807-142502.000-abcdef.jsonl'), 'no journal\n');
      const faults: SshoalError[] = [];

      const found = await selected(runs, { host: 'web01' }, faults);
      const goingOn = await selected(runs, { outcome: 'running' });

      const [newId, runningId] = [newer, running].map((file) => path.basename(file, '.jsonl'));
      assert.deepEqual(found, [runningId, newId, ids[2]]);
      assert.deepEqual(goingOn, [runningId]);
      assert.deepEqual(
        faults.map(({ code }) => code),
        ['JOURNAL_DAMAGED'],
      );
    });

    it('sees that another journal stands in the place of one, even of the same length', async (t) => {
      const { runs, ids } = await threeRuns(t, { openIndex });
      const file = runs.fileOf(ids[1] ?? '');
      await selected(runs, { host: 'db01' });
      await writeFile(file, (await readFile(file, 'utf8')).replaceAll('db01', 'db02'));
      await utimes(file, 1, 1);

      assert.deepEqual(await selected(runs, { host: 'db01' }), []);
      assert.deepEqual(await selected(runs, { host: 'db02' }), [ids[1]]);
    });

    it('is made anew when somebody asks for it', async (t) => {
      const { runs, ids } = await threeRuns(t, { openIndex });
      await selected(runs, { host: 'db01' });
      const before = await indexesOf(runs.directory);
      const faults: SshoalError[] = [];
      await writeFile(path.join(runs.directory, '20260807-142502.000-abcdef.jsonl'), 'no journal\n');

      const count = await reindex(runs, (fault) => faults.push(fault));

      assert.deepEqual([count, faults.length], [3, 1]);
      assert.equal(
        (await indexesOf(runs.directory)).some((found) => before.includes(found)),
        false,
      );
      assert.deepEqual(await selected(runs, { host: 'db01' }), [ids[1]]);
    });
  });
}

/** What can become of the file of an index. */
const SPOILED: Readonly<Record<string, (file: string, driver: SqlDriver) => Promise<void>>> = {
  'is no database': async (file) => await writeFile(file, 'no database, but long enough to be taken for one'.repeat(100)),
  'has lost its end': async (file) => await truncate(file, 4096),
  'has lost a table': async (file, driver) => {
    const database = driver.open(file);
    database.exec('DROP TABLE host_name');
    await Promise.resolve(database.close());
  },
  'is of another format': async (file, driver) => {
    const database = driver.open(file);
    database.exec('PRAGMA user_version = 99');
    await Promise.resolve(database.close());
  },
};

describe('an index', { skip: WAYS.length > 1 ? false : 'this Node can have none' }, () => {
  for (const { name, openIndex, driver } of WAYS) {
    if (driver === undefined) continue;

    it(`answers as the summaries do, whatever the filter (${name})`, async (t) => {
      const { runs } = await threeRuns(t, { openIndex });
      const plain = new RunDirectory(runs.directory, { openIndex: none });
      const filters = fc.record({
        host: fc.option(fc.constantFrom('web*', 'web01', 'db01,web03', 'web[01-02]!web01', 'gw'), { nil: undefined }),
        outcome: fc.option(fc.constantFrom(...HOST_STATUSES, 'running' as const), { nil: undefined }),
        task: fc.option(fc.constantFrom('nginx', 'UP', '*e', '?'), { nil: undefined }),
        verb: fc.option(fc.constantFrom('run' as const, 'play' as const), { nil: undefined }),
      });

      await fc.assert(
        fc.asyncProperty(filters, async (filter) => assert.deepEqual(await selected(runs, filter), await selected(plain, filter))),
        { numRuns: 40 },
      );
    });

    for (const [what, spoil] of Object.entries(SPOILED)) {
      it(`that ${what} is made anew, with a note (${name})`, async (t) => {
        const notes: string[] = [];
        const { runs, ids } = await threeRuns(t, { openIndex, onNote: (note) => notes.push(note) });
        await selected(runs, { host: 'db01' });
        const [file = ''] = await indexesOf(runs.directory);
        await spoil(path.join(runs.directory, file), driver);

        const found = [await selected(runs, { host: 'db01' }), await selected(runs, { host: 'db01' })];

        assert.deepEqual(found, [[ids[1]], [ids[1]]]);
        assert.deepEqual(notes, ['the index of runs was broken, and is made anew']);
        assert.equal((await indexesOf(runs.directory)).includes(file), false);
      });
    }

    it(`that is locked is done without, with a note (${name})`, async (t) => {
      const notes: string[] = [];
      const { runs, ids } = await threeRuns(t, { openIndex, onNote: (note) => notes.push(note) });
      await selected(runs, { host: 'db01' });
      await written(runs.directory, [finished('db01')], { atMs: NOW + DAY_MS });
      const [file = ''] = await indexesOf(runs.directory);
      const other = driver.open(path.join(runs.directory, file));
      t.after(() => other.close());
      other.exec('BEGIN EXCLUSIVE');

      const found = await selected(runs, { host: 'db01' });

      assert.equal(found.length, 2);
      assert.equal(found[1], ids[1]);
      assert.deepEqual(notes, ['the index of runs is not used: another process keeps it locked']);
    });

    it(`is done without in a directory that nobody may write (${name})`, {
      skip: process.getuid?.() === 0 ? 'root may write all' : false,
    }, async (t) => {
      const notes: string[] = [];
      const { runs, ids } = await threeRuns(t, { openIndex, onNote: (note) => notes.push(note) });
      await chmod(runs.directory, 0o500);
      t.after(async () => await chmod(runs.directory, 0o700));

      assert.deepEqual(await selected(runs, { host: 'db01' }), [ids[1]]);
      assert.equal(notes.length, 1);
    });

    it(`of a later sshoal stays, and those of earlier ones and left over ones go when journals do (${name})`, async (t) => {
      const { runs } = await threeRuns(t, { openIndex });
      await selected(runs, { host: 'db01' });
      const [own = ''] = await indexesOf(runs.directory);
      const others = [
        '.index-1.sqlite',
        '.index-2-ffffffffffff.sqlite',
        '.index-2-ffffffffffff.sqlite-journal',
        '.index-9-ffffffffffff.sqlite',
      ];
      for (const other of others) await writeFile(path.join(runs.directory, other), '');

      await prune(runs, { keepMs: 1e15, maxBytes: 1e15 }, NOW);

      assert.deepEqual((await indexesOf(runs.directory)).sort(), [own, '.index-9-ffffffffffff.sqlite'].sort());
      await removeIndexes(path.join(runs.directory, 'none'));
    });
  }

  it('is not made where there are no runs, and not for a search that it does not narrow', async (t) => {
    const directory = await directoryFor(t);
    await selected(new RunDirectory(directory), { host: 'web01' });
    const { runs } = await threeRuns(t);
    await selected(runs, { verb: 'run' });

    assert.deepEqual([await indexesOf(directory), await indexesOf(runs.directory)], [[], []]);
  });
});
