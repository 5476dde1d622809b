// The names of what is incomplete, and what is kept of what was read.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Attempt, isTemporary, versionOf } from '#src/ssh/sftp/tree/attempt';
import { ByteCache } from '#src/ssh/sftp/tree/byte-cache';

describe('an attempt that may be continued', () => {
  it('finds its names again, in the same directory, and no other version does', () => {
    const name = new Attempt('ada@here\0/site', true).nameFor('/srv/site', 'v1');

    assert.equal(new Attempt('ada@here\0/site', true).nameFor('/srv/site', 'v1'), name);
    assert.notEqual(new Attempt('ada@here\0/site', true).nameFor('/srv/site', 'v2'), name);
    assert.notEqual(new Attempt('bob@here\0/site', true).nameFor('/srv/site', 'v1'), name);
    assert.match(name, /^\/srv\/\.site\.[0-9a-f]{24}\.part$/);
  });

  it('calls stale what comes from its source and is of no use to it, and nobody else’s', () => {
    const base = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
    const before = new Attempt('here', true);
    const [same, other, random] = [before.nameFor('/a', 'v1'), before.nameFor('/a', 'v0'), before.nameFor('/a')].map(base);
    const foreign = base(new Attempt('there', true).nameFor('/a', 'v0'));
    const now = new Attempt('here', true);
    now.nameFor('/a', 'v1');

    assert.deepEqual(
      [same, other, random, foreign, '.a.part', 'a'].map((name) => now.isStale(name ?? '')),
      [false, true, true, false, false, false],
    );
    assert.equal(new Attempt('here', false).isStale(other ?? ''), false);
  });

  it('has names that file systems can hold', () => {
    const name = new Attempt('here', true).nameFor(`/srv/${'☃'.repeat(85)}`, 'v1').slice('/srv/'.length);

    assert.ok(Buffer.byteLength(name) <= 255);
    assert.ok(isTemporary(name));
  });

  it('is another one when any file, directory or link of the tree is', () => {
    const file = (path: string, version: string) => ({ path, attributes: { sizeBytes: 1, version } });
    const plan = { files: [file('a', '1'), file('b', '1')], directories: [], links: [], faults: [] };

    const versions = [
      plan,
      { ...plan, files: [file('a', '1'), file('b', '2')] },
      { ...plan, files: [file('a', '1')] },
      { ...plan, directories: [{ path: 'd', attributes: {} }] },
      { ...plan, links: [{ path: 'l', target: 'a' }] },
      { ...plan, links: [{ path: 'l', target: 'b' }] },
    ].map(versionOf);

    assert.equal(new Set(versions).size, versions.length);
    assert.equal(versionOf({ ...plan, files: plan.files.toReversed() }), versions[0]);
  });
});

describe('what was read lately', () => {
  it('is read once, also by those who ask at the same time', async () => {
    let reads = 0;
    const cache = new ByteCache<number>(100);
    const read = async (): Promise<number> => await Promise.resolve(++reads);

    const got = await Promise.all([cache.get('a', 10, read), cache.get('a', 10, read), cache.get('a', 10, read)]);

    assert.deepEqual(got, [1, 1, 1]);
  });

  it('goes when there is no room, what was not asked for the longest first', async () => {
    const reads: string[] = [];
    const cache = new ByteCache<void>(100);
    const get = async (key: string, bytes = 40): Promise<void> =>
      await cache.get(key, bytes, async () => void (await Promise.resolve(reads.push(key))));

    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await get(key);

    assert.deepEqual(reads, ['a', 'b', 'c', 'b']);
  });

  it('is not kept when reading fails', async () => {
    const cache = new ByteCache<string>(100);
    await assert.rejects(cache.get('a', 10, async () => await Promise.reject(new Error('no'))));

    assert.equal(await cache.get('a', 10, async () => await Promise.resolve('yes')), 'yes');
  });
});
