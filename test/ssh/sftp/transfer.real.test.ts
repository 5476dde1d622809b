// Files sent to and fetched from OpenSSH's own SFTP server: whole or not at all, whatever happens in between.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, readdirSync, statSync, truncateSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { SftpError } from '#src/ssh/sftp/errors';
import { needs } from '../../support/real.js';
import { type RunningSftpServer, startSftpServer } from '../../support/sftp-server.js';

const asRoot = process.getuid?.() === 0;
const MIB = 1024 * 1024;

describe('a file sent or fetched over SFTP', needs('sftp-server'), () => {
  let directory: string;
  let server: RunningSftpServer;
  const at = (name: string): string => path.join(directory, name);
  const hash = async (file: string): Promise<string> =>
    createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
  const leftovers = async (): Promise<string[]> => (await readdir(directory, { recursive: true })).filter((name) => name.endsWith('.part'));
  const refused = async (answer: Promise<unknown>): Promise<SftpError> => {
    const error: unknown = await answer.then(
      () => assert.fail('nothing was refused'),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof SftpError, String(error));
    return error;
  };

  beforeEach(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-transfer-'));
    server = await startSftpServer(directory);
  });
  afterEach(async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it('comes back equal after 64 MiB there and back, with its progress told', async () => {
    await writeFile(at('big'), randomBytes(64 * MIB));
    const progress: (number | undefined)[] = [];

    const sent = await server.client.put(at('big'), at('there'), { onProgress: (done, total) => progress.push(done, total) });
    const fetched = await server.client.get(at('there'), at('back'));

    assert.deepEqual([sent.bytes, fetched.bytes], [64 * MIB, 64 * MIB]);
    assert.equal(await hash(at('back')), await hash(at('big')));
    assert.deepEqual(progress.slice(-2), [64 * MIB, 64 * MIB]);
    assert.deepEqual(await leftovers(), []);
  });

  it('is one of 200 small files at once on one channel, and no other', async () => {
    const names = Array.from({ length: 200 }, (_, n) => `file ${n}`);
    await Promise.all([mkdir(at('from')), mkdir(at('to')), mkdir(at('back'))]);
    await Promise.all(names.map((name) => writeFile(at(`from/${name}`), `${name}\n`.repeat(100))));

    await Promise.all(names.map((name) => server.client.put(at(`from/${name}`), `${at('to')}/`)));
    await Promise.all(names.map((name) => server.client.get(at(`to/${name}`), `${at('back')}/`)));

    for (const name of names) assert.equal(await readFile(at(`back/${name}`), 'utf8'), `${name}\n`.repeat(100));
    assert.deepEqual(await leftovers(), []);
  });

  it('may be empty, or of a kind that does not tell its size', async () => {
    await writeFile(at('empty'), '');

    await server.client.put(at('empty'), at('empty there'));
    await server.client.get(at('empty there'), at('empty back'));
    await server.client.get('/proc/cpuinfo', at('processors'));
    await server.client.put('/proc/version', at('version'));

    assert.equal((await stat(at('empty back'))).size, 0);
    assert.match(await readFile(at('processors'), 'utf8'), /processor/);
    assert.equal(await readFile(at('version'), 'utf8'), await readFile('/proc/version', 'utf8'));
  });

  it('may have any name', async () => {
    for (const name of ['it\'s\n a "$name`', '-rf', ' ', 'ü'.repeat(127)]) {
      await writeFile(at('source'), name);

      await server.client.put(at('source'), at(name));
      await server.client.get(at(name), at('back'));

      assert.equal(await readFile(at('back'), 'utf8'), name);
    }
  });

  it('takes the mode it is given, else that of its source without setuid', async () => {
    await writeFile(at('tool'), '#!/bin/sh\n');
    await chmod(at('tool'), 0o4751);

    await server.client.put(at('tool'), at('sent'));
    await server.client.get(at('tool'), at('fetched'));
    await server.client.put(at('tool'), at('secret'), { mode: 0o400 });

    const modes = await Promise.all(['sent', 'fetched', 'secret'].map(async (name) => (await stat(at(name))).mode & 0o7777));
    assert.deepEqual(modes, [0o751, 0o751, 0o400]);
  });

  it('is readable by nobody else before it is complete', async () => {
    await writeFile(at('secret'), randomBytes(2 * MIB));
    const seen: number[] = [];
    const onProgress = (): void => {
      const partial = readdirSync(directory).filter((name) => name.endsWith('.part'));
      seen.push(...partial.map((name) => statSync(at(name)).mode & 0o777));
    };

    await server.client.put(at('secret'), at('there'), { mode: 0o644, onProgress });

    assert.deepEqual(new Set(seen), new Set([0o600]));
    assert.equal((await stat(at('there'))).mode & 0o777, 0o644);
  });

  it('replaces a link instead of writing through it', async () => {
    await writeFile(at('new'), 'new');
    await writeFile(at('precious'), 'precious');
    await symlink('precious', at('link'));

    await server.client.put(at('new'), at('link'));

    assert.equal(await readFile(at('precious'), 'utf8'), 'precious');
    assert.equal(await readFile(at('link'), 'utf8'), 'new');
  });

  it('never takes the name of a directory, but goes into one whose path ends with /', async () => {
    await writeFile(at('file'), 'content');
    await mkdir(at('box'));

    const put = await refused(server.client.put(at('file'), at('box')));
    const get = await refused(server.client.get(at('file'), at('box')));
    const into = await server.client.put(at('file'), `${at('box')}/`);

    assert.deepEqual([put.code, get.code], ['EISDIR', 'EISDIR']);
    assert.match(put.fix ?? '', /end the target path with \//);
    assert.equal(into.remotePath, at('box/file'));
    assert.equal(await readFile(at('box/file'), 'utf8'), 'content');
  });

  it('cannot be a directory or a pipe, and says so without opening it', async () => {
    execFileSync('mkfifo', [at('pipe')]);

    const codes = await Promise.all(
      [
        server.client.put(directory, at('x')),
        server.client.get(directory, at('x')),
        server.client.put(at('pipe'), at('x')),
        server.client.get(at('pipe'), at('x')),
      ].map(async (answer) => (await refused(answer)).code),
    );

    assert.deepEqual(codes, ['EISDIR', 'EISDIR', 'EINVAL', 'EINVAL']);
  });

  it('says on which side something is missing, and leaves the old file', async () => {
    await writeFile(at('kept'), 'kept');

    const noSource = await refused(server.client.put(at('nothing'), at('kept')));
    const noRemote = await refused(server.client.get(at('nothing'), at('kept')));
    const noDirectory = await refused(server.client.put(at('kept'), at('no/kept')));
    const noLocalDirectory = await refused(server.client.get(at('kept'), at('no/kept')));

    assert.match(noSource.message, /^The local file /);
    assert.match(noRemote.message, /on the host: no such file/);
    assert.match(noDirectory.message, /the directory .* does not exist/);
    assert.deepEqual([noSource.code, noRemote.code, noDirectory.code, noLocalDirectory.code], Array(4).fill('ENOENT'));
    assert.equal(await readFile(at('kept'), 'utf8'), 'kept');
    assert.deepEqual(await leftovers(), []);
  });

  it('fails when its source shrinks on the way, instead of waiting for the rest', async () => {
    await writeFile(at('log'), randomBytes(24 * MIB));
    await writeFile(at('old'), 'old');
    const onProgress = (): void => truncateSync(at('log'), 1000);

    const put = await refused(server.client.put(at('log'), at('old'), { onProgress }));
    await writeFile(at('log'), randomBytes(24 * MIB));
    const get = await refused(server.client.get(at('log'), at('old'), { onProgress }));

    assert.deepEqual([put.code, get.code], ['SOURCE_CHANGED', 'SOURCE_CHANGED']);
    assert.equal(await readFile(at('old'), 'utf8'), 'old');
    assert.deepEqual(await leftovers(), []);
  });

  it('fails when its source is written to on the way', async () => {
    await writeFile(at('log'), randomBytes(MIB));
    const onProgress = (): void => appendFileSync(at('log'), 'more');

    const error = await refused(server.client.put(at('log'), at('copy'), { onProgress }));

    assert.equal(error.code, 'SOURCE_CHANGED');
    assert.deepEqual(await leftovers(), []);
  });

  it('ends with the reason of an abort, and leaves nothing behind', async () => {
    await writeFile(at('big'), randomBytes(24 * MIB));
    for (const transfer of [
      (options: object) => server.client.put(at('big'), at('there'), options),
      (options: object) => server.client.get(at('big'), at('here'), options),
    ]) {
      const abort = new AbortController();
      const reason = new Error('enough');

      const outcome: unknown = await transfer({ signal: abort.signal, onProgress: () => abort.abort(reason) }).catch(
        (error: unknown) => error,
      );

      assert.equal(outcome, reason);
    }
    assert.deepEqual(await readdir(directory), ['big']);
  });

  it('rejects when the server is killed on the way, and leaves no temporary file here', async () => {
    await writeFile(at('big'), randomBytes(24 * MIB));
    await mkdir(at('here'));
    const underWay = new Set<string>();
    // Both have begun by then, so both have a temporary file.
    const begun = (which: string) => (): void => {
      if (underWay.add(which).size === 2) server.child.kill('SIGKILL');
    };

    const [one, other] = await Promise.all([
      refused(server.client.get(at('big'), `${at('here')}/`, { onProgress: begun('get') })),
      refused(server.client.put(at('big'), at('there'), { onProgress: begun('put') })),
    ]);

    assert.deepEqual([one.code, other.code], ['SFTP_LOST', 'SFTP_LOST']);
    assert.match(other.fix ?? '', /temporary file may be left on the host: .*\.part/);
    assert.deepEqual(await readdir(at('here')), []);
  });

  it('may not be read', { skip: asRoot ? 'root may read everything' : false }, async () => {
    await writeFile(at('closed'), '');
    await chmod(at('closed'), 0);

    const get = await refused(server.client.get(at('closed'), at('x')));
    const put = await refused(server.client.put(at('closed'), at('x')));

    assert.deepEqual([get.code, put.code], ['EACCES', 'EACCES']);
  });
});

describe('a file sent to a full disk', asRoot ? needs('sftp-server', 'mount') : { skip: 'only root may mount a small disk' }, () => {
  let directory: string;
  let server: RunningSftpServer;
  let mounted: boolean;

  before(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-full-'));
    server = await startSftpServer(directory);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', directory], { stdio: 'ignore' });
      mounted = true;
    } catch {
      mounted = false; // a container may forbid even root to mount
    }
  });
  after(async () => {
    await server.stop();
    if (mounted) execFileSync('umount', [directory]);
    await rm(directory, { recursive: true, force: true });
  });

  it('fails with the free space shown, keeps the old file and frees what it took', async (test) => {
    if (!mounted) return test.skip('mounting is forbidden here');
    const source = path.join(os.tmpdir(), `sshoal-source-${process.pid}`);
    test.after(() => rm(source));
    await writeFile(source, randomBytes(3 * MIB));
    await writeFile(path.join(directory, 'old'), 'old');

    const there: unknown = await server.client.put(source, path.join(directory, 'old')).catch((error: unknown) => error);
    const here: unknown = await server.client.get(source, path.join(directory, 'old')).catch((error: unknown) => error);

    assert.ok(there instanceof SftpError && here instanceof SftpError);
    assert.deepEqual([there.code, here.code], ['ENOSPC', 'ENOSPC']);
    assert.match(there.message, /no space left, .* of 2.0 MiB are free/);
    assert.deepEqual(await readdir(directory), ['old']);
    assert.equal(await readFile(path.join(directory, 'old'), 'utf8'), 'old');
  });
});
