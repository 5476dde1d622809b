// Whole directories sent to and fetched from OpenSSH's own SFTP server: complete or not at all, whatever happens in between.
import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { TreeProgress } from '#src/ssh/sftp/tree/options';
import { needs } from '../../../support/real.js';
import { type RunningSftpServer, startSftpServer } from '../../../support/sftp-server.js';
import { snapshot, writeOddTree, writeTree } from './trees.js';

const asRoot = process.getuid?.() === 0;

describe('a directory sent or fetched over SFTP', needs('sftp-server'), () => {
  let directory: string;
  let server: RunningSftpServer;
  const at = (name: string): string => path.join(directory, name);
  const names = (name = ''): string[] => readdirSync(at(name)).sort();

  beforeEach(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-tree-'));
    server = await startSftpServer(directory);
  });
  afterEach(async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it('comes back equal with everything that preserve keeps, whatever its names are', async () => {
    writeOddTree(at('from'));

    const sent = await server.client.putTree(at('from'), at('there'), { preserve: true });
    const fetched = await server.client.getTree(at('there'), at('back'), { preserve: true });

    const original = snapshot(at('from'), { modes: true, times: true });
    assert.deepEqual(snapshot(at('there'), { modes: true, times: true }), original);
    assert.deepEqual(snapshot(at('back'), { modes: true, times: true }), original);
    assert.deepEqual([sent.files, sent.directories, sent.links, sent.errors], [12, 5, 4, []]);
    assert.deepEqual([fetched.files, fetched.bytes], [sent.files, sent.bytes]);
    assert.deepEqual(names(), ['back', 'from', 'there']);
  });

  it('has the content without preserve, and no setuid bit', async () => {
    writeOddTree(at('from'));

    await server.client.putTree(at('from'), at('there'));
    await server.client.getTree(at('there'), at('back'));

    assert.deepEqual(snapshot(at('there')), snapshot(at('from')));
    assert.deepEqual(snapshot(at('back')), snapshot(at('from')));
    for (const copy of ['there', 'back']) assert.equal(statSync(at(`${copy}/empty`)).mode & 0o7000, 0);
  });

  it('goes into a directory under its own name when the path ends with a slash', async () => {
    writeTree(at('site'), { 'index.html': '<p>' });
    mkdirSync(at('srv'));

    const sent = await server.client.putTree(`${at('site')}/`, `${at('srv')}/`);
    const fetched = await server.client.getTree(at('srv/site'), `${at('srv')}/`);

    assert.equal(sent.remotePath, at('srv/site'));
    assert.equal(fetched.localPath, at('srv/site'));
    assert.deepEqual(names('srv'), ['site']);
  });

  it('goes into a directory that is there without touching its mode, nor what is not in the tree', async () => {
    writeTree(at('from'), { a: 'new', sub: { b: 'new' } });
    writeTree(at('to'), { a: 'old', c: 'old', sub: { d: 'old' } });
    chmodSync(at('to'), 0o700);
    chmodSync(at('from'), 0o777);

    await server.client.getTree(at('from'), at('to'), { preserve: true });

    assert.deepEqual(
      [names('to'), names('to/sub')],
      [
        ['a', 'c', 'sub'],
        ['b', 'd'],
      ],
    );
    assert.equal(readFileSync(at('to/a'), 'utf8'), 'new');
    assert.equal(statSync(at('to')).mode & 0o777, 0o700);
  });

  it('leaves what is the same alone when only changes are wanted', async () => {
    writeTree(at('from'), { same: 'same', size: 'longer', time: 'time' });
    await server.client.putTree(at('from'), at('to'), { preserve: true });
    writeFileSync(at('from/size'), 'longer than before');
    utimesSync(at('from/time'), 1_000_000_000, 1_000_000_000);
    const before = lstatSync(at('to/same')).ino;

    const again = await server.client.putTree(at('from'), at('to'), { preserve: true, update: 'changed' });
    const nothing = await server.client.getTree(at('to'), at('from'), { preserve: true, update: 'changed' });

    assert.deepEqual([again.files, again.unchanged, nothing.files, nothing.unchanged], [2, 1, 0, 3]);
    assert.equal(lstatSync(at('to/same')).ino, before);
  });

  it('does nothing in a dry run but say what it would do', async () => {
    writeTree(at('from'), { a: 'aaa', sub: { b: 'b' }, l: { link: 'a' } });
    writeTree(at('to'), { sub: {} });

    const fresh = await server.client.putTree(at('from'), at('nothing'), { dryRun: true });
    const merged = await server.client.getTree(at('from'), at('to'), { dryRun: true });

    const plan = [
      { action: 'copy file', path: 'a', bytes: 3 },
      { action: 'make link', path: 'l' },
      { action: 'make directory', path: 'sub' },
      { action: 'copy file', path: 'sub/b', bytes: 1 },
    ];
    assert.deepEqual(fresh.plan, plan);
    assert.deepEqual(
      merged.plan,
      plan.filter(({ path: one }) => one !== 'sub'),
    );
    assert.deepEqual([names(), names('to'), names('to/sub')], [['from', 'to'], ['sub'], []]);
  });

  it('takes what the patterns leave', async () => {
    writeTree(at('from'), { 'a.log': '', 'keep.log': '', src: { 'b.log': '', 'c.ts': '', node_modules: { 'd.ts': '' } }, build: {} });

    await server.client.putTree(at('from'), at('to'), { include: ['keep.log'], exclude: ['*.log', 'node_modules/', '/build'] });

    assert.deepEqual([names('to'), names('to/src')], [['keep.log', 'src'], ['c.ts']]);
  });

  it('takes links as links, as what they lead to, or not at all', async () => {
    writeTree(at('from'), { file: 'f', sub: { inner: 'i' }, toFile: { link: 'file' }, toSub: { link: 'sub' } });

    for (const links of ['copy', 'follow', 'skip'] as const) {
      await server.client.putTree(at('from'), at(`put ${links}`), { links });
      await server.client.getTree(at('from'), at(`get ${links}`), { links });
    }

    for (const way of ['put', 'get']) {
      assert.equal(readlinkSync(at(`${way} copy/toSub`)), 'sub');
      assert.equal(lstatSync(at(`${way} follow/toFile`)).isFile(), true);
      assert.equal(readFileSync(at(`${way} follow/toSub/inner`), 'utf8'), 'i');
      assert.deepEqual(names(`${way} skip`), ['file', 'sub']);
    }
  });

  it('follows links that go in circles no further than once, and says where', async () => {
    writeTree(at('from'), { sub: { up: { link: '..' } }, self: { link: 'self' }, file: 'f' });

    const sent = await server.client.putTree(at('from'), at('to'), { links: 'follow', onError: 'collect' });
    const fetched = await server.client.getTree(at('from'), at('back'), { links: 'follow', onError: 'collect' });

    for (const result of [sent, fetched]) {
      const errors = result.errors.map(({ path: where, error }) => `${where} ${error.code}`).sort();
      assert.equal(errors.length, 2);
      assert.equal(errors[1], 'sub/up LINK_LOOP');
      assert.equal(result.files, 1);
    }
  });

  it('makes no link of a host that leads out of the tree, unless told to', async () => {
    writeTree(at('from'), {
      out: { link: '../secret' },
      absolute: { link: '/etc/passwd' },
      sneaky: { link: 'dot/dot/../../..' },
      dot: { link: '.' },
    });

    const fetched = await server.client.getTree(at('from'), at('to'), { onError: 'collect' });
    await assert.rejects(server.client.getTree(at('from'), at('stopped')), { code: 'UNSAFE_LINK' });
    await server.client.getTree(at('from'), at('trusted'), { links: 'copy-unsafe' });

    assert.deepEqual(names('to'), ['dot']);
    assert.deepEqual(fetched.errors.map(({ path: where, error }) => `${error.code} ${where}`).sort(), [
      'UNSAFE_LINK absolute',
      'UNSAFE_LINK out',
      'UNSAFE_LINK sneaky',
    ]);
    assert.deepEqual(names(), ['from', 'to', 'trusted']);
    assert.equal(readlinkSync(at('trusted/absolute')), '/etc/passwd');
  });

  it('writes through no link that stands where a directory belongs', async () => {
    writeTree(at('from'), { sub: { file: 'new' } });
    writeTree(at('elsewhere'), { file: 'old' });
    mkdirSync(at('to'));
    symlinkSync(at('elsewhere'), at('to/sub'));

    const fetched = await server.client.getTree(at('from'), at('to'), { onError: 'collect' });
    await assert.rejects(server.client.putTree(at('from'), at('to')), { code: 'ENOTDIR' });

    assert.deepEqual(
      fetched.errors.map(({ path: where, error }) => `${where} ${error.code}`),
      ['sub ENOTDIR'],
    );
    assert.equal(readFileSync(at('elsewhere/file'), 'utf8'), 'old');
  });

  it('collects every error with its path, or stops at the first and leaves nothing', async () => {
    writeTree(at('from'), { good: 'g', taken: { inside: 'i' }, other: 'o' });
    writeTree(at('to'), { taken: 'a file', other: { directory: 'd' } });

    const collected = await server.client.putTree(at('from'), at('to'), { onError: 'collect' });
    await assert.rejects(server.client.putTree(at('from/good'), at('fresh')), { code: 'ENOTDIR' });
    await assert.rejects(server.client.getTree(at('nothing'), at('fresh')), { code: 'ENOENT' });

    assert.deepEqual(collected.errors.map(({ path: where, error }) => `${where} ${error.code}`).sort(), ['other EISDIR', 'taken ENOTDIR']);
    assert.deepEqual([collected.files, readFileSync(at('to/good'), 'utf8')], [1, 'g']);
    assert.equal(existsSync(at('fresh')), false);
  });

  it('copies what may be read when one directory may not', { skip: asRoot ? 'root may read everything' : false }, async () => {
    writeTree(at('from'), { open: { a: 'a' }, closed: { b: 'b' } });
    chmodSync(at('from/closed'), 0);

    const fetched = await server.client.getTree(at('from'), at('to'), { onError: 'collect' });
    chmodSync(at('from/closed'), 0o700);

    assert.deepEqual(
      fetched.errors.map(({ path: where, error }) => `${where} ${error.code}`),
      ['closed EACCES'],
    );
    assert.equal(readFileSync(at('to/open/a'), 'utf8'), 'a');
  });

  it('appears complete or not at all when the server dies in the middle', async () => {
    writeTree(at('from'), Object.fromEntries(Array.from({ length: 400 }, (_, n) => [`file ${n}`, 'x'.repeat(2_000)])));

    const putting = server.client.putTree(at('from'), at('put'), {
      onProgress: ({ doneFiles }) => (doneFiles === 100 ? server.child.kill('SIGKILL') : undefined),
    });
    await assert.rejects(putting, { code: 'SFTP_LOST' });
    await server.stop();
    server = await startSftpServer(directory);
    const getting = server.client.getTree(at('from'), at('got'), {
      onProgress: ({ doneFiles }) => (doneFiles === 100 ? server.child.kill('SIGKILL') : undefined),
    });
    await assert.rejects(getting, { code: 'SFTP_LOST' });

    // Ours is tidied up; the host's lies under a name that nobody takes for the tree.
    assert.equal(
      names()
        .filter((name) => !/^\.put\.[0-9a-f]+\.part$/.test(name))
        .join(),
      'from',
    );
  });

  it('leaves nothing after an abort', async () => {
    writeTree(at('from'), Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`file ${n}`, 'x'])));
    for (const way of ['put', 'get'] as const) {
      const abort = new AbortController();
      const reason = new Error('enough');
      const onProgress = ({ doneFiles }: TreeProgress): void => (doneFiles === 50 ? abort.abort(reason) : undefined);
      const options = { signal: abort.signal, onProgress };

      const copying =
        way === 'put' ? server.client.putTree(at('from'), at('to'), options) : server.client.getTree(at('from'), at('to'), options);

      await assert.rejects(copying, reason);
    }
    assert.deepEqual(names(), ['from']);
  });

  it('tells its progress up to the end', async () => {
    writeTree(at('from'), { a: 'aaa', b: 'b'.repeat(100_000) });
    const told: TreeProgress[] = [];

    await server.client.putTree(at('from'), at('to'), { onProgress: (progress) => told.push(progress) });

    assert.deepEqual(told.at(-1), { doneFiles: 2, totalFiles: 2, doneBytes: 100_003, totalBytes: 100_003 });
  });

  it('holds files that do not tell their size', async () => {
    mkdirSync(at('none'));

    const fetched = await server.client.getTree('/proc/sys/kernel/random', at('proc'), {
      onError: 'collect',
      exclude: ['urandom_*', 'write_*'],
    });

    assert.match(readFileSync(at('proc/uuid'), 'utf8'), /^[0-9a-f-]{36}\n$/);
    assert.deepEqual(fetched.errors, []);
  });
});
