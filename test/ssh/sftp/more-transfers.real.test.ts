// Transfers beyond a plain put and get, on a real OpenSSH sshd: resumed, verified, sparse, streamed, over several sessions.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, open, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Readable, Writable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { SSHClient } from '#src/ssh/client';
import { SFTPClient } from '#src/ssh/sftp/client';
import { OpenSshServer } from '../../support/openssh-server.ts';
import { needs } from '../../support/real.ts';

const MEBI = 1024 * 1024;

describe('transfers', needs('sshd', 'ssh-keygen'), () => {
  let directory: string;
  let server: OpenSshServer;
  let client: SSHClient;
  let sftp: SFTPClient;
  const at = (name: string): string => path.join(directory, name);
  const leftovers = async (): Promise<string[]> => (await readdir(directory)).filter((name) => name.endsWith('.part'));

  before(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-transfers-'));
    server = await OpenSshServer.start();
    client = new SSHClient();
    await client.connect(reaching(server.port));
    sftp = await client.openSftp();
  });
  after(async () => {
    await client.close();
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  });

  function reaching(port: number) {
    return {
      host: '127.0.0.1',
      hostKeyPolicy: 'accept-new' as const,
      port,
      user: server.user,
      privateKeyFile: server.clientKeyFile,
      knownHostsFiles: [server.knownHostsFile],
      homeDirectory: directory,
    };
  }

  it('keep the times when asked to', async () => {
    await writeFile(at('old'), 'x');
    await utimes(at('old'), 1_000_000, 2_000_000);

    await sftp.put(at('old'), at('there'), { preserveTimes: true });
    await sftp.get(at('there'), at('back'), { preserveTimes: true });

    const times = await Promise.all(['there', 'back'].map(async (name) => (await stat(at(name))).mtimeMs / 1_000));
    assert.deepEqual(times, [2_000_000, 2_000_000]);
  });

  for (const direction of ['put', 'get'] as const) {
    it(`that broke off go on where they were: ${direction}`, async () => {
      const data = randomBytes(48 * MEBI);
      await writeFile(at('large'), data);
      const stop = new AbortController();
      const target = at(`${direction}-resumed`);

      const first = await sftp[direction](at('large'), target, {
        resume: true,
        signal: stop.signal,
        onProgress: (done) => done > 40 * MEBI && stop.abort(new Error('enough')),
      }).catch((error: Error) => error.message);
      const kept = await leftovers();
      const second = await sftp[direction](at('large'), target, { resume: true, verify: true });

      assert.deepEqual([first, kept.length], ['enough', 1]);
      assert.ok(second.resumedBytes > 0 && second.resumedBytes < data.length, `${second.resumedBytes}`);
      assert.ok((await readFile(target)).equals(data));
      assert.deepEqual(await leftovers(), []);
    });
  }

  it('begin anew when the source is another one by now', async () => {
    await writeFile(at('moving'), randomBytes(40 * MEBI));
    const stop = new AbortController();
    const options = {
      resume: true,
      signal: stop.signal,
      onProgress: (done: number) => done > 39 * MEBI && stop.abort(new Error('enough')),
    };
    await assert.rejects(sftp.put(at('moving'), at('moved'), options), { message: 'enough' });
    const fresh = randomBytes(40 * MEBI);
    await writeFile(at('moving'), fresh);

    const result = await sftp.put(at('moving'), at('moved'), { resume: true });

    assert.equal(result.resumedBytes, 0);
    assert.ok((await readFile(at('moved'))).equals(fresh));
    await Promise.all((await leftovers()).map(async (name) => await rm(at(name))));
  });

  it('say when what arrived is not what was sent', async () => {
    await writeFile(at('truth'), 'a'.repeat(1_000));
    const wrong = { ok: true, stdout: `${'0'.repeat(64)}  -\n`, stderr: '' };
    const host = { openSftp: async () => await client.openSftp(), run: async () => await Promise.resolve(wrong) };
    const liar = await SFTPClient.open(await client.openSubsystem('sftp'), { host });

    await assert.rejects(liar.put(at('truth'), at('lie'), { verify: true }), { code: 'VERIFY_FAILED' });
    await liar.close();

    await assert.rejects(stat(at('lie')), { code: 'ENOENT' });
    assert.deepEqual(await leftovers(), []);
  });

  it('leave holes where there is nothing', async () => {
    const file = await open(at('holes'), 'w');
    await file.write('head', 0);
    await file.write('tail', 20 * MEBI);
    await file.truncate(30 * MEBI);
    await file.close();

    await sftp.put(at('holes'), at('holes-there'), { sparse: true, verify: true });
    await sftp.get(at('holes-there'), at('holes-back'), { sparse: true, verify: true });

    const blocks = await Promise.all(['holes-there', 'holes-back'].map(async (name) => await stat(at(name))));
    assert.deepEqual(
      blocks.map(({ size }) => size),
      [30 * MEBI, 30 * MEBI],
    );
    for (const { blocks: used } of blocks) assert.ok(used * 512 < 5 * MEBI, `${used} blocks`);
  });

  it('come from streams and go to streams', async () => {
    const data = randomBytes(3 * MEBI + 17);
    const pieces = Array.from({ length: 40 }, (_, i) => data.subarray(i * 80_000, (i + 1) * 80_000));
    const got: Buffer[] = [];
    const slow = new Writable({
      highWaterMark: 1,
      write(chunk: Buffer, _encoding, done) {
        got.push(Buffer.from(chunk));
        setImmediate(done);
      },
    });

    const sent = await sftp.putfo(Readable.from(pieces), at('streamed'), { mode: 0o640 });
    const fetched = await sftp.getfo(at('streamed'), slow);

    assert.deepEqual([sent, fetched, (await stat(at('streamed'))).mode & 0o777], [data.length, data.length, 0o640]);
    assert.ok(Buffer.concat(got).equals(data));
  });

  it('from a stream that breaks leave nothing', async () => {
    const broken = Readable.from(
      (function* () {
        yield Buffer.from('begin');
        throw new Error('the source broke');
      })(),
    );

    await assert.rejects(sftp.putfo(broken, at('never')), { message: 'the source broke' });

    await assert.rejects(stat(at('never')), { code: 'ENOENT' });
    assert.deepEqual(await leftovers(), []);
  });

  it('of files of unknown length read to their end', async () => {
    const chunks: Buffer[] = [];
    const target = new Writable({
      write(chunk: Buffer, _encoding, done) {
        chunks.push(chunk);
        done();
      },
    });

    await sftp.getfo('/proc/self/status', target);

    assert.match(Buffer.concat(chunks).toString(), /^Name:/);
  });

  it('use several sessions over a long line, and the file is whole', async () => {
    const proxy = await delayed(server.port, 15);
    await using far = new SSHClient();
    await far.connect(reaching(proxy.port));
    const data = randomBytes(24 * MEBI);
    await writeFile(at('far'), data);
    let opened = 0;
    const openSftp = async () => {
      opened++;
      return await far.openSftp();
    };
    const { host } = await far.openSftp();
    assert.ok(host !== undefined);
    const session = await SFTPClient.open(await far.openSubsystem('sftp'), { host: { ...host, openSftp } });

    const result = await session.put(at('far'), at('far-there'), { verify: true });

    proxy.stop();
    assert.deepEqual([result.bytes, opened], [data.length, 3]);
    assert.equal(hash(await readFile(at('far-there'))), hash(data));
  });

  describe('files with a position', () => {
    it('are read, sought and written as local ones', async () => {
      await writeFile(at('position'), 'one\ntwo\r\nthree');
      await using file = await sftp.file(at('position'), 'r+');

      const first = (await file.read(3)).toString();
      await file.seek(-5, 'end');
      const last = await file.text();
      await file.seek(0);
      await file.write('ONE');
      const at3 = file.tell();
      await file.seek(0);
      const lines: string[] = [];
      for await (const line of file.lines()) lines.push(line);

      assert.deepEqual([first, last, at3, lines], ['one', 'three', 3, ['ONE', 'two', 'three']]);
      await assert.rejects(file.seek(-1), { code: 'EINVAL' });
    });

    it('append at the end wherever they are, and can be cut', async () => {
      await writeFile(at('log'), 'a');
      await using file = await sftp.file(at('log'), 'a+');

      await Promise.all([file.write('b'), file.write('c'), file.write('d')]);
      await file.truncate(3);
      await file.flush();

      assert.equal(await readFile(at('log'), 'utf8'), 'abc');
    });

    it('of megabytes are read whole', async () => {
      const data = randomBytes(9 * MEBI + 5);
      await writeFile(at('whole'), data);
      await using file = await sftp.file(at('whole'));

      const read = await file.read();

      assert.ok(read.equals(data));
      assert.equal((await file.read()).length, 0);
    });
  });
});

function hash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A line on which everything takes its time. */
async function delayed(port: number, oneWayMs: number): Promise<{ port: number; stop: () => void }> {
  const sockets: net.Socket[] = [];
  const server = net.createServer({ noDelay: true }, (near) => {
    const far = net.connect({ port, host: '127.0.0.1', noDelay: true });
    const late = (from: net.Socket, to: net.Socket): void => {
      from.on('data', (chunk) => void setTimeout(() => to.writable && to.write(chunk), oneWayMs));
      from.on('close', () => void setTimeout(() => to.destroy(), oneWayMs));
      from.on('error', () => from.destroy());
    };
    sockets.push(near, far);
    late(near, far);
    late(far, near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as net.AddressInfo).port,
    stop: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
