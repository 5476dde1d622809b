// Who plays alone: within a process, across processes, and after one was killed.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { completeFlags } from '#src/cli/flag-options';
import { PlayLock, playLock } from '#src/cli/play-lock';
import { thisProcess } from '#src/journal/process-identity';
import { fakeContext } from './fake-context.js';

const site = { subject: 'site.yml', now: () => Date.now() };

describe('a lock of plays', () => {
  let directory = '';
  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'sshoal-lock-'));
  });
  after(async () => await rm(directory, { recursive: true }));
  const claim = async (lock: string, process: object, name = '77-0123456789abcdef'): Promise<void> => {
    await mkdir(lock, { recursive: true });
    await writeFile(path.join(lock, name), JSON.stringify({ process, sinceMs: Date.now(), subject: 'other.yml' }));
  };

  it('is held by one, who is named to others, and is free again afterwards', async () => {
    const lock = path.join(directory, 'one');

    {
      await using _held = await PlayLock.take(lock, site);
      await assert.rejects(PlayLock.take(lock, site), (error: Error & { code?: string; where?: string }) => {
        assert.equal(error.code, 'LOCKED');
        assert.equal(error.where, lock);
        assert.match(error.message, new RegExp(`^site\\.yml is being played by process ${process.pid} on `));
        return true;
      });
    }
    await using _again = await PlayLock.take(lock, site);

    assert.equal((await readdir(lock)).length, 1);
  });

  it('leaves nothing behind', async () => {
    const lock = path.join(directory, 'clean');

    await (await PlayLock.take(lock, site))[Symbol.asyncDispose]();

    assert.equal((await readdir(directory)).includes('clean'), false);
  });

  it('is never held by two, however many want it at the same moment', async () => {
    const lock = path.join(directory, 'many');
    let [held, most, won] = [0, 0, 0];
    const attempt = async (): Promise<void> => {
      const taken = await PlayLock.take(lock, site).catch((error: Error & { code?: string }) => {
        assert.equal(error.code, 'LOCKED');
        return undefined;
      });
      if (taken === undefined) return;
      most = Math.max(most, ++held);
      won++;
      await new Promise((resolve) => setImmediate(resolve));
      held--;
      await taken[Symbol.asyncDispose]();
    };

    for (let round = 0; round < 5; round++) await Promise.all(Array.from({ length: 6 }, attempt));

    assert.equal(most, 1);
    assert.ok(won >= 1);
  });

  it('of the dead holds nobody up, though another process has their number now', async () => {
    const lock = path.join(directory, 'dead');
    const own = await thisProcess();
    await claim(lock, { machine: hostname(), pid: 2 ** 22 + 1, started: 'some-boot:1' });
    await claim(lock, { ...own, started: 'some-boot:1' }, '78-0123456789abcdef');

    await using _held = await PlayLock.take(lock, site);

    assert.equal((await readdir(lock)).length, 1);
  });

  it('that a crash of the machine has left as an empty file holds nobody up', async () => {
    const lock = path.join(directory, 'crashed');
    await mkdir(lock);
    await writeFile(path.join(lock, '79-0123456789abcdef'), '');

    await using _held = await PlayLock.take(lock, site);

    assert.equal((await readdir(lock)).length, 1);
  });

  it('shows that it lives, and stays what it is', async () => {
    const lock = path.join(directory, 'signs');
    await using _held = await PlayLock.take(lock, { ...site, signEveryMs: 5 });
    const file = path.join(lock, (await readdir(lock))[0] ?? '');
    const before = await readFile(file, 'utf8');
    await utimes(file, 1, 1);

    while ((await stat(file)).mtimeMs === 1_000) await new Promise((resolve) => setTimeout(resolve, 5));

    assert.equal(await readFile(file, 'utf8'), before);
  });

  it('of another machine is believed, as long as it shows that it lives', async () => {
    const lock = path.join(directory, 'elsewhere');
    await claim(lock, { machine: 'far-away', pid: 1 });
    await assert.rejects(PlayLock.take(lock, site), { code: 'LOCKED' });

    const tenMinutesAgo = Date.now() / 1_000 - 600;
    await utimes(path.join(lock, '77-0123456789abcdef'), tenMinutesAgo, tenMinutesAgo);
    await using _held = await PlayLock.take(lock, site);

    assert.equal((await readdir(lock)).length, 1);
  });

  it('of another machine names it', async () => {
    const lock = path.join(directory, 'named');
    await claim(lock, { machine: 'far-away', pid: 1 });

    await assert.rejects(PlayLock.take(lock, site), { code: 'LOCKED', message: /^other\.yml is being played by process 1 on far-away/ });
  });

  it('that has no place is refused', async () => {
    const file = path.join(directory, 'file');
    await writeFile(file, '');

    await assert.rejects(PlayLock.take(file, site), { code: 'LOCK_UNUSABLE' });
  });

  it('is asked for by --lock and by --every, and lies where they say', async () => {
    const context = fakeContext({ env: { XDG_STATE_HOME: directory }, cwd: directory, now: () => Date.now() });
    const take = async (flags: Readonly<Record<string, unknown>>, files = ['site.yml']): Promise<string[]> => {
      await using lock = await playLock(files, completeFlags(flags), context);
      if (lock === undefined) return [];
      return await readdir(path.join(directory, 'sshoal/locks')).catch(() => ['(a path)']);
    };

    assert.deepEqual(await take({}), []);
    assert.deepEqual(await take({ lock: 'deploy' }), ['deploy']);
    await rm(path.join(directory, 'sshoal'), { recursive: true });
    assert.deepEqual(await take({ lock: './here' }), ['(a path)']);
    const [plan] = await take({ every: 1_000 });
    assert.match(plan ?? '', /^plan-[\da-f]{16}$/);
    assert.deepEqual(await take({ every: 9_000, drift: true }), [plan]);
    assert.notDeepEqual(await take({ every: 1_000, limit: ['web'] }), [plan]);
    assert.notDeepEqual(await take({ every: 1_000 }, ['other.yml']), [plan]);
    await assert.rejects(take({ lock: '..' }), { code: 'LOCK_UNUSABLE' });
    await assert.rejects(playLock(['site.yml'], completeFlags({ every: 1 }), fakeContext()), { code: 'LOCK_UNUSABLE' });
  });
});
