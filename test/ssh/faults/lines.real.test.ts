// Lines to a real sshd that are cut, go dead, are slow or end in the middle of the handshake: whoever waits learns of it.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { sshKind } from '#src/connection/ssh';
import { SSHClient } from '#src/ssh/client';
import type { ConnectOptions } from '#src/ssh/settings';
import { OpenSshServer } from '../../support/openssh-server.ts';
import { TcpProxy } from '../../support/proxy.ts';
import { needs } from '../../support/real.ts';

const MEBI = 1024 * 1024;

const codeOf = async (work: Promise<unknown>): Promise<string> =>
  await work.then(
    () => 'DONE',
    (error: Error & { code?: string }) => error.code ?? String(error),
  );

describe('a line to a server', needs('sshd', 'ssh-keygen'), () => {
  let directory: string;
  let server: OpenSshServer;
  const at = (...names: string[]): string => path.join(directory, ...names);

  before(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-lines-'));
    server = await OpenSshServer.start();
    await writeFile(at('big'), randomBytes(16 * MEBI));
    // Every proxy has a port of its own.
    await writeFile(at('known_hosts'), `[127.0.0.1]:* ${server.hostKey()}\n`);
  });
  beforeEach(async () => {
    for (const name of ['here', 'there']) {
      await rm(at(name), { recursive: true, force: true });
      await mkdir(at(name));
      await writeFile(at(name, 'old'), 'old');
    }
  });
  after(async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const over = (proxy: TcpProxy, more: Partial<ConnectOptions> = {}): ConnectOptions =>
    server.connectOptions({ port: proxy.port, knownHostsFiles: [at('known_hosts')], ...more });
  const watchful = { sshArgs: ['-o', 'ServerAliveInterval=1', '-o', 'ServerAliveCountMax=1'] };

  // R4.8, section 6 promise 10.
  it('that is cut ends every transfer and command with an error, and leaves old files and no temporary ones here', async () => {
    await using proxy = await TcpProxy.start(server.port);
    await using client = new SSHClient();
    await client.connect(over(proxy));
    const sftp = await client.openSftp();
    const onProgress = (done: number): void => {
      if (done > 4 * MEBI) proxy.cut();
    };

    const codes = await Promise.all([
      codeOf(sftp.get(at('big'), at('here', 'old'), { onProgress })),
      codeOf(sftp.get(at('big'), at('here', 'new'))),
      codeOf(sftp.put(at('big'), at('there', 'old'))),
      codeOf(sftp.put(at('big'), at('there', 'new'))),
      codeOf(sftp.readdir(directory).then(async () => await client.run('sleep 30'))),
      codeOf(client.run('cat', { input: Buffer.alloc(64 * MEBI) })),
    ]);

    assert.deepEqual(codes, ['SFTP_LOST', 'SFTP_LOST', 'SFTP_LOST', 'SFTP_LOST', 'CONNECTION_LOST', 'CONNECTION_LOST']);
    assert.deepEqual(await readdir(at('here')), ['old']);
    assert.deepEqual([await readFile(at('here', 'old'), 'utf8'), await readFile(at('there', 'old'), 'utf8')], ['old', 'old']);
    // What nobody could remove has at least no name that anybody waits for.
    assert.equal((await readdir(at('there'))).includes('new'), false);
    assert.deepEqual([await codeOf(sftp.stat('/')), await codeOf(client.run('true'))], ['SFTP_LOST', 'CONNECTION_LOST']);
  });

  // R4.16, H9.
  it('that goes dead ends them as well, when nothing answers any more', async () => {
    await using proxy = await TcpProxy.start(server.port);
    await using client = new SSHClient();
    await client.connect(over(proxy, watchful));
    const sftp = await client.openSftp();
    const onProgress = (done: number): void => {
      if (done > 4 * MEBI) proxy.swallow();
    };

    const codes = await Promise.all([
      codeOf(sftp.get(at('big'), at('here', 'old'), { onProgress })),
      codeOf(sftp.put(at('big'), at('there', 'old'))),
      codeOf(client.run('sleep 30')),
      codeOf(client.run('cat', { input: Buffer.alloc(64 * MEBI), timeoutMs: 60_000 })),
    ]);

    assert.deepEqual(codes, ['SFTP_LOST', 'SFTP_LOST', 'CONNECTION_LOST', 'CONNECTION_LOST']);
    assert.deepEqual(await readdir(at('here')), ['old']);
    assert.equal(client.isOpen, false);
  });

  it('that goes dead does not hold up a script or a file longer than its deadline and the time to tidy up', async () => {
    await using proxy = await TcpProxy.start(server.port);
    const { port, user, knownHostsFiles, privateKeyFile } = over(proxy);
    const spec = { kind: 'ssh', name: 'dead', address: '127.0.0.1', port, user, knownHostsFiles, privateKeyFile };
    const connection = await sshKind.open(spec, {});
    try {
      await connection.run('true');
      const script = codeOf(connection.run('echo begun; sleep 30', { timeoutMs: 300, onOutput: () => proxy.swallow() }));
      const file = codeOf(connection.put(at('big'), at('there', 'old'), { timeoutMs: 300 }));

      assert.deepEqual([await script, await file], ['TIMED_OUT', 'TIMED_OUT']);
    } finally {
      await connection.close();
    }
  });

  it('that ends in the middle of the handshake is an error, wherever that is', async () => {
    const places = Array.from({ length: 40 }, (_, i) => i * 60);

    const codes = await Promise.all(
      places.map(async (cutAfterBytes) => {
        await using proxy = await TcpProxy.start(server.port, { cutAfterBytes });
        await using client = new SSHClient();
        // Where the login still fits in before the cut, the first command does not.
        return await codeOf(
          client.connect(over(proxy, { connectTimeoutMs: 1_000 })).then(async () => await client.run('head -c 9999 /dev/zero')),
        );
      }),
    );

    for (const code of codes) assert.match(code, /^(CONNECTION_DROPPED|CONNECTION_LOST|CONNECT_TIMEOUT|AUTH_FAILED)$/);
  });

  it('that is dead from the start is given up at the deadline', async () => {
    await using proxy = await TcpProxy.start(server.port);
    await using client = new SSHClient();
    proxy.swallow();

    assert.equal(await codeOf(client.connect(over(proxy, { connectTimeoutMs: 400 }))), 'CONNECT_TIMEOUT');
  });

  it('that is long carries files and commands unharmed', async () => {
    await using proxy = await TcpProxy.start(server.port, { delayMs: 20 });
    await using client = new SSHClient();
    await client.connect(over(proxy));
    const sftp = await client.openSftp();

    await sftp.put(at('big'), at('there', 'big'));
    await sftp.get(at('there', 'big'), at('here', 'big'));
    const { stdout } = await client.run('cat', { input: await readFile(at('here', 'big')) });

    assert.ok((await stdout.bytes()).equals(await readFile(at('big'))));
    assert.ok(proxy.carriedBytes > 4 * 16 * MEBI);
  });

  it('that is slow is not taken for a dead one, though answers wait behind what is sent', async () => {
    await using proxy = await TcpProxy.start(server.port, { bytesPerSecond: 4 * MEBI });
    await using client = new SSHClient();
    await client.connect(over(proxy, watchful));

    const { stdout, exit } = await client.run('wc -c', { input: Buffer.alloc(12 * MEBI) });

    assert.deepEqual([Number(await stdout.text()), exit], [12 * MEBI, { kind: 'code', code: 0 }]);
  });
});
