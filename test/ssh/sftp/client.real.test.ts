// The SFTP client against OpenSSH's own server: what it answers, and how it says no.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { kindOf } from '#src/ssh/sftp/attributes';
import type { SFTPClient } from '#src/ssh/sftp/client';
import { SftpError } from '#src/ssh/sftp/errors';
import { needs } from '../../support/real.js';
import { type RunningSftpServer, startSftpServer } from '../../support/sftp-server.js';

const asRoot = process.getuid?.() === 0;

describe("an SFTP client of OpenSSH's server", needs('sftp-server'), () => {
  let directory: string;
  let server: RunningSftpServer;
  let sftp: SFTPClient;
  const at = (name: string): string => path.join(directory, name);
  const refused = async (answer: Promise<unknown>): Promise<SftpError> => {
    const error: unknown = await answer.then(
      () => assert.fail('nothing was refused'),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof SftpError, String(error));
    return error;
  };

  before(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-sftp-'));
    server = await startSftpServer(directory);
    sftp = server.client;
  });
  after(async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it('resolves the directory it starts in', async () => {
    assert.equal(await sftp.realpath('.'), directory);
  });

  it('makes, lists, renames and removes', async () => {
    await sftp.mkdir(at('made'), 0o750);
    await writeFile(at('made/one'), '1');
    await sftp.rename(at('made/one'), at('made/two'));

    const listed = await sftp.readdir(at('made'));
    await sftp.remove(at('made/two'));
    await sftp.rmdir(at('made'));

    assert.deepEqual(
      listed.map(({ name, attributes }) => [name, attributes.sizeBytes, kindOf(attributes)]),
      [['two', 1, 'file']],
    );
    assert.equal((await readdir(directory)).includes('made'), false);
  });

  it('replaces a file in one step with a POSIX rename', async () => {
    await writeFile(at('new'), 'new');
    await writeFile(at('old'), 'old');

    await sftp.posixRename(at('new'), at('old'));

    assert.equal(await readFile(at('old'), 'utf8'), 'new');
  });

  it('tells a link from what it points to', async () => {
    await writeFile(at('pointed'), '12345');
    await sftp.symlink('pointed', at('link'));

    const [followed, itself, target] = await Promise.all([sftp.stat(at('link')), sftp.lstat(at('link')), sftp.readlink(at('link'))]);

    assert.deepEqual([kindOf(followed), followed.sizeBytes, kindOf(itself), target], ['file', 5, 'link', 'pointed']);
    assert.equal(await readlink(at('link')), 'pointed');
  });

  it('sets mode and times', async () => {
    await writeFile(at('dated'), '');

    await sftp.chmod(at('dated'), 0o604);
    await sftp.utimes(at('dated'), 1_000_000_000, 1_100_000_000);

    const { mode, mtimeMs, atimeMs } = await stat(at('dated'));
    assert.deepEqual([mode & 0o777, atimeMs, mtimeMs], [0o604, 1e12, 1.1e12]);
  });

  it('reads and writes at places in an open file, and sees its end', async () => {
    const file = await sftp.open(at('places'), 'wx+', 0o600);
    await file.write(Buffer.from('hello world'), 0);
    await file.write(Buffer.from('W'), 6);
    await file.fsync();

    const middle = await file.read(6, 5);
    const end = await file.read(11, 5);
    const { sizeBytes, mode } = await file.stat();
    await file.close();

    assert.deepEqual([middle.toString(), end.length, sizeBytes, (mode ?? 0) & 0o777], ['World', 0, 11, 0o600]);
  });

  it('reads the bytes of a sparse file beyond 4 GiB', async () => {
    execFileSync('sh', ['-c', 'truncate -s 5G "$1" && printf tail >>"$1"', 'sh', at('sparse')]);

    const file = await sftp.open(at('sparse'));
    const tail = await file.read(5 * 1024 ** 3, 10);
    await file.close();

    assert.equal(tail.toString(), 'tail');
  });

  it('keeps names with blanks, newlines, quotes, dashes and bytes that are no UTF-8', async () => {
    const names = [' two  words ', 'new\nline', `'"\`$x`, '-rf', 'naïve 🐟', 'latin\udce9', '\udcff'];
    await mkdir(at('names'));
    for (const name of names) await (await sftp.open(`${at('names')}/${name}`, 'wx')).close();

    const listed = (await sftp.readdir(at('names'))).map(({ name }) => name);
    const sizes = await Promise.all(listed.map(async (name) => (await sftp.stat(`${at('names')}/${name}`)).sizeBytes));

    assert.deepEqual(new Set(listed), new Set(names));
    assert.deepEqual(new Set(sizes), new Set([0]));
    const bytes = await readdir(Buffer.from(at('names')), { encoding: 'buffer' });
    assert.ok(bytes.some((name) => name.equals(Buffer.from('latin\xe9', 'latin1'))));
  });

  it('lists a directory that takes many answers', async () => {
    const many = Array.from({ length: 3_000 }, (_, n) => `file-${n}`);
    await mkdir(at('many'));
    await Promise.all(many.map((name) => writeFile(at(`many/${name}`), '')));

    const listed = (await sftp.readdir(at('many'))).map(({ name }) => name);
    const tooMany = await refused(sftp.readdir(at('many'), { maxEntries: 1_000 }));

    assert.deepEqual(new Set(listed), new Set(many));
    assert.match(tooMany.message, /more than 1000/);
  });

  it('measures the space of a file system', async () => {
    const space = await sftp.statvfs(directory);

    assert.ok(space.totalBytes >= space.availableBytes && space.totalBytes > 0);
  });

  it('says what is missing: the file, or the directory it should be in', async () => {
    const file = await refused(sftp.stat(at('nothing')));
    const parent = await refused(sftp.open(at('no/such/file'), 'wx'));
    const notDirectory = await refused(sftp.open('/etc/passwd/file', 'wx'));

    assert.deepEqual([file.code, file.where], ['ENOENT', at('nothing')]);
    assert.equal(parent.code, 'ENOENT');
    assert.match(parent.message, /the directory .*\/no\/such does not exist/);
    assert.equal(notDirectory.code, 'ENOTDIR');
  });

  it('finds out what a bare "failure" was', async () => {
    await mkdir(at('full'));
    await writeFile(at('full/file'), '');
    await symlink('file', at('full/link'));

    const codes = await Promise.all(
      [
        sftp.mkdir(at('full')),
        sftp.open(at('full/file'), 'wx'),
        sftp.open(at('full'), 'w'),
        sftp.rename(at('full/link'), at('full/file')),
        sftp.posixRename(at('full/file'), at('full')),
        sftp.rmdir(at('full')),
        sftp.remove(at('full')),
        sftp.readdir(at('full/file')),
        sftp.symlink('x', at('full/link')),
        sftp.readlink(at('full/file')),
      ].map(async (answer) => (await refused(answer)).code),
    );

    assert.deepEqual(codes, ['EEXIST', 'EEXIST', 'EISDIR', 'EEXIST', 'EISDIR', 'ENOTEMPTY', 'EISDIR', 'ENOTDIR', 'EEXIST', 'EINVAL']);
  });

  it('says permission denied', { skip: asRoot ? 'root may do everything' : false }, async () => {
    const error = await refused(sftp.mkdir('/sshoal-may-not'));

    assert.equal(error.code, 'EACCES');
  });

  it('shows how much is free when a write fails for a reason the server keeps to itself', async () => {
    const file = await sftp.open('/dev/full', 'r+');

    const error = await refused(file.write(Buffer.from('x'), 0));
    await file.close();

    assert.ok(['EIO', 'ENOSPC'].includes(error.code));
    assert.match(error.message, /Cannot write \/dev\/full on the host: .* free/);
  });

  it('refuses a NUL before the server sees it, and goes on', async () => {
    const error = await refused(sftp.stat('a\0b'));

    assert.equal(error.code, 'EINVAL');
    assert.equal(await sftp.realpath('.'), directory);
  });

  it('refuses a path that no packet can carry, and goes on', async () => {
    const error = await refused(sftp.stat('x'.repeat(300_000)));

    assert.equal(error.code, 'EINVAL');
    assert.equal(await sftp.realpath('.'), directory);
  });
});

describe('an SFTP client whose server dies', needs('sftp-server'), () => {
  it('rejects everything under way and everything later with SFTP_LOST', async () => {
    const server = await startSftpServer(os.tmpdir());
    server.child.kill('SIGSTOP');
    const underWay = Array.from({ length: 100 }, () => server.client.stat('/'));

    server.child.kill('SIGKILL');
    const settled = await Promise.allSettled(underWay);
    const later = await Promise.allSettled([server.client.realpath('.'), server.client.readdir('/')]);
    await server.stop();

    for (const result of [...settled, ...later]) {
      assert.equal(result.status, 'rejected');
      assert.equal(result.reason.code, 'SFTP_LOST');
    }
  });

  it('closes twice without harm, and says so to whoever asks later', async () => {
    const server = await startSftpServer(os.tmpdir());

    await server.stop();
    await server.client.close();

    await assert.rejects(server.client.stat('/'), { code: 'SFTP_LOST' });
  });
});
