// The verbs on paths against OpenSSH's own SFTP server: look, find, make, copy, remove.
import assert from 'node:assert/strict';
import { lstatSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Walked } from '#src/ssh/sftp/walk';
import { needs } from '../../support/real.js';
import { type RunningSftpServer, startSftpServer } from '../../support/sftp-server.js';
import { snapshot, writeTree } from './tree/trees.js';

describe('a path of a host', needs('sftp-server'), () => {
  let directory: string;
  let server: RunningSftpServer;
  const at = (name: string): string => path.join(directory, name);
  const all = async (walk: AsyncIterable<Walked>): Promise<string[]> => {
    const found: string[] = [];
    for await (const entry of walk) found.push(`${entry.relative} ${entry.kind === 'fault' ? entry.error.code : entry.kind}`);
    return found.sort((a, b) => (a < b ? -1 : 1));
  };

  beforeEach(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-paths-'));
    server = await startSftpServer(directory);
  });
  afterEach(async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it('is there or not, and a link that leads nowhere is not', async () => {
    writeTree(directory, { file: 'f', broken: { link: 'nothing' } });

    const found = await Promise.all(['file', 'broken', 'nothing', 'file/below'].map((name) => server.client.exists(at(name))));

    assert.deepEqual(found, [true, false, false, false]);
  });

  it('is made with everything above it, and may be there', async () => {
    await server.client.makedirs(at('a/b/c'));
    await server.client.makedirs(at('a/b/c'));
    writeFileSync(at('a/file'), '');

    await assert.rejects(server.client.makedirs(at('a/file')), { code: 'ENOTDIR' });
    await assert.rejects(server.client.makedirs(at('a/file/below')), { code: 'ENOTDIR' });

    assert.equal(statSync(at('a/b/c')).isDirectory(), true);
  });

  it('is removed with everything below it, but for what its links lead to', async () => {
    writeTree(directory, { keep: { file: 'k' }, gone: { deep: { down: { f: '' } }, link: { link: '../keep' }, '.hidden': '' } });
    symlinkSync('keep', at('link'));

    await server.client.rmtree(at('gone'));

    assert.deepEqual(snapshot(directory).length, 3);
    await assert.rejects(server.client.rmtree(at('link')), { code: 'ENOTDIR' });
    await assert.rejects(server.client.rmtree(at('keep/file')), { code: 'ENOTDIR' });
    await assert.rejects(server.client.rmtree(at('nothing')), { code: 'ENOENT' });
    for (const root of ['/', '//', '/tmp/..', '/.']) await assert.rejects(server.client.rmtree(root), { code: 'EINVAL' }, root);
  });

  it('is walked with links as links, or through them and never in circles', async () => {
    writeTree(directory, { a: { b: { up: { link: '../..' }, f: '' } }, toA: { link: 'a' }, broken: { link: 'nothing' } });

    const links = await all(server.client.walk(directory));
    const followed = await all(server.client.walk(directory, { followLinks: true }));

    assert.deepEqual(links, ['a directory', 'a/b directory', 'a/b/f file', 'a/b/up link', 'broken link', 'toA link']);
    assert.deepEqual(followed, [
      'a directory',
      'a/b directory',
      'a/b/f file',
      'a/b/up LINK_LOOP',
      'broken ENOENT',
      'toA directory',
      'toA/b directory',
      'toA/b/f file',
      'toA/b/up LINK_LOOP',
    ]);
  });

  it('may be left in the middle of a walk', async () => {
    writeTree(directory, Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`d${n}`, { f: '' }])));
    for await (const entry of server.client.walk(directory)) if (entry.relative.includes('/')) break;

    // Every handle has been given back: the session answers as before.
    assert.equal((await server.client.readdir(directory)).length, 30);
  });

  it('is found by patterns as a shell finds it', async () => {
    writeTree(directory, {
      'a.ts': '',
      'b.js': '',
      '.c.ts': '',
      src: { 'd.ts': '', deep: { 'e.ts': '' }, '.git': { 'f.ts': '' } },
      toSrc: { link: 'src' },
    });
    writeFileSync(Buffer.concat([Buffer.from(`${directory}/x`), Buffer.of(0xff), Buffer.from('.ts')]), '');
    const table: readonly [pattern: string, found: readonly string[]][] = [
      ['*.ts', ['a.ts', 'x\udcff.ts']],
      ['.*.ts', ['.c.ts']],
      ['x?.ts', ['x\udcff.ts']],
      ['[ab].*', ['a.ts', 'b.js']],
      ['s*/*.ts', ['src/d.ts']],
      ['t*/*.ts', ['toSrc/d.ts']],
      ['**/*.ts', ['a.ts', 'src/d.ts', 'src/deep/e.ts', 'x\udcff.ts']],
      ['src/**', ['src/d.ts', 'src/deep', 'src/deep/e.ts']],
      ['*/', ['src/', 'toSrc/']],
      ['src/.git/*', ['src/.git/f.ts']],
      ['src/nothing', []],
      ['nothing/*', []],
    ];
    for (const [pattern, found] of table) {
      assert.deepEqual(await server.client.glob(pattern), found, pattern);
      assert.deepEqual(
        await server.client.glob(at(pattern)),
        found.map((one) => `${directory}/${one}`),
        pattern,
      );
    }
    await assert.rejects(server.client.glob('/'), { code: 'EINVAL' });
  });

  it('is copied on the host, complete or not at all', async () => {
    writeFileSync(at('big'), 'x'.repeat(3_000_000), { mode: 0o640 });
    writeTree(directory, { into: {}, old: 'old' });

    const copied = await server.client.copy(at('big'), at('old'));
    const into = await server.client.copy(at('big'), `${at('into')}/`, { mode: 0o600 });

    assert.deepEqual(copied, { bytes: 3_000_000, how: 'server', remotePath: at('old') });
    assert.equal(into.remotePath, at('into/big'));
    assert.deepEqual([readFileSync(at('old')).equals(readFileSync(at('big'))), statSync(at('old')).mode & 0o777], [true, 0o640]);
    assert.equal(statSync(at('into/big')).mode & 0o777, 0o600);
    await assert.rejects(server.client.copy(at('into'), at('x')), { code: 'EISDIR' });
    await assert.rejects(server.client.copy(at('big'), at('into')), { code: 'EISDIR' });
    await assert.rejects(server.client.copy(at('nothing'), at('x')), { code: 'ENOENT' });
    await assert.rejects(server.client.copy('/dev/null', at('x')), { code: 'EINVAL' });
  });

  it('gets further names, owners, sizes and times', async () => {
    writeTree(directory, { file: '123456', link: { link: 'file' } });
    utimesSync(at('file'), 1_000, 2_000);
    const { uid, gid } = statSync(at('file'));

    await server.client.hardlink(at('file'), at('second'));
    await server.client.truncate(at('file'), 3);
    await server.client.chown(at('file'), uid, gid);
    await server.client.lsetstat(at('link'), { atimeSeconds: 5, mtimeSeconds: 6 });

    assert.equal(readFileSync(at('second'), 'utf8'), '123');
    assert.equal(lstatSync(at('link')).mtimeMs, 6_000);
    assert.notEqual(statSync(at('file')).mtimeMs, 6_000);
    await assert.rejects(server.client.hardlink(at('file'), at('second')), { code: 'EEXIST' });
    await assert.rejects(server.client.hardlink(at('nothing'), at('third')), { code: 'ENOENT' });
  });

  it('may begin with a home directory', async () => {
    const { username, homedir } = os.userInfo();

    assert.equal(await server.client.homeDirectory(username), homedir);
    assert.equal(await server.client.expandPath(`~${username}/x`), path.join(homedir, 'x'));
    // For the server, home is where it was started.
    assert.equal(await server.client.expandPath('~/x'), at('x'));
  });
});
