// Hosts that are not like others: dropbear, a jail, accounts without a shell, servers without SFTP, and logins that go wrong early.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { sshKind } from '#src/connection/ssh';
import { SSHClient } from '#src/ssh/client';
import { DropbearServer } from '../../support/dropbear-server.ts';
import { OpenSshServer, onlyRoot } from '../../support/openssh-server.ts';
import { TcpProxy } from '../../support/proxy.ts';
import { findProgram, needs } from '../../support/real.ts';

const MEBI = 1024 * 1024;

const codeOf = async (work: Promise<unknown>): Promise<string> =>
  await work.then(
    () => 'DONE',
    (error: Error & { code?: string }) => error.code ?? String(error),
  );

describe('hosts that are not like others', needs('sshd', 'ssh-keygen'), () => {
  let directory: string;
  const at = (name: string): string => path.join(directory, name);
  before(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-hosts-'));
    await writeFile(at('body'), randomBytes(2 * MEBI));
  });
  after(async () => await rm(directory, { recursive: true, force: true }));

  // "Further": dropbear.
  describe('with dropbear', { skip: needs('dropbear', 'dropbearkey').skip || onlyRoot.skip }, () => {
    it('run scripts, and take and give files', async () => {
      await using server = await DropbearServer.start();
      const connection = await sshKind.open(server.spec, {});
      try {
        const ran = await connection.run('echo out; echo err >&2; exit 3');
        const big = await connection.run('head -c 3000000 /dev/zero');
        await connection.put(at('body'), path.join(server.home, 'body'));
        await connection.get(path.join(server.home, 'body'), at('back'));

        assert.deepEqual(
          [Buffer.from(ran.stdout).toString(), Buffer.from(ran.stderr).toString(), ran.exit],
          ['out\n', 'err\n', { kind: 'code', code: 3 }],
        );
        assert.equal(big.stdout.length, 3_000_000);
        assert.ok((await readFile(at('back'))).equals(await readFile(at('body'))));
      } finally {
        await connection.close();
      }
    });

    it('end a script at its deadline, and nothing else', async () => {
      await using server = await DropbearServer.start();
      const connection = await sshKind.open(server.spec, {});
      try {
        const other = connection.run('sleep 1; echo done');
        const late = await codeOf(connection.run('sleep 30', { timeoutMs: 300 }));

        assert.equal(late, 'TIMED_OUT');
        assert.equal(Buffer.from((await other).stdout).toString(), 'done\n');
        assert.deepEqual((await connection.run('exit 4')).exit, { kind: 'code', code: 4 });
      } finally {
        await connection.close();
      }
    });

    it('stop an endless command that nobody reads any more, and go on', async () => {
      await using server = await DropbearServer.start();
      await using proxy = await TcpProxy.start(server.spec.port ?? 0);
      await writeFile(at('dropbear hosts'), (await readFile(server.spec.knownHostsFiles?.[0] ?? '', 'utf8')).replace(/:\d+/, ':*'));
      await using client = new SSHClient();
      const { user, privateKeyFile } = server.spec;
      await client.connect({
        host: '127.0.0.1',
        port: proxy.port,
        user,
        privateKeyFile,
        knownHostsFiles: [at('dropbear hosts')],
        allowAgent: false,
      });
      const endless = await client.execCommand('exec cat /dev/zero');
      await new Promise((resolve) => endless.stdout.once('readable', resolve));

      endless.close();
      const { stdout } = await client.run('echo fine');
      await delay(100);
      const before = proxy.carriedBytes;
      await delay(200);

      assert.equal(await stdout.text(), 'fine\n');
      assert.equal(proxy.carriedBytes, before);
    });
  });

  // "Further": internal-sftp, chroot.
  it('that are a jail take and give files, and refuse to run anything in good time', onlyRoot, async () => {
    // All directories above a jail must be root's alone, which those for temporary files are not.
    const prelude = ['mount -t tmpfs -o mode=755 tmpfs /mnt', 'mkdir -m 777 /mnt/in'];
    const config = ['ChrootDirectory /mnt', 'ForceCommand internal-sftp', 'AllowTcpForwarding no'];
    await using server = await OpenSshServer.start({ ownMounts: true, prelude, config });
    await using client = new SSHClient();
    await client.connect(server.connectOptions());
    const sftp = await client.openSftp();

    await sftp.put(at('body'), '/in/body');
    await sftp.get('/in/body', at('from jail'));
    const outside = await Promise.all([codeOf(sftp.stat('/etc/passwd')), codeOf(sftp.get('/in/../../etc/passwd', at('escaped')))]);
    const run = await codeOf(client.run('sleep 5; echo ran', { timeoutMs: 500 }));

    assert.ok((await readFile(at('from jail'))).equals(await readFile(at('body'))));
    assert.deepEqual(outside, ['ENOENT', 'ENOENT']);
    assert.match(run, /^(DONE|COMMAND_TIMEOUT)$/);
    assert.equal((await readdir(directory)).includes('escaped'), false);
  });

  it('that have no SFTP say so, keep no session for it, and still run commands', async () => {
    await using server = await OpenSshServer.start({ config: ['Subsystem sftp /does/not/exist', 'MaxSessions 2'] });
    await using client = new SSHClient();
    await client.connect(server.connectOptions());

    const missing: string[] = [];
    for (let i = 0; i < 5; i++) missing.push(await codeOf(client.openSubsystem('netconf')));
    for (let i = 0; i < 5; i++) missing.push(await codeOf(client.openSftp()));
    const { stdout } = await client.run('echo fine');

    assert.deepEqual(new Set(missing.slice(0, 5)), new Set(['SUBSYSTEM_REFUSED']));
    assert.deepEqual(new Set(missing.slice(5)), new Set(['SFTP_LOST']));
    assert.equal(await stdout.text(), 'fine\n');
  });

  // Case 20.
  it('whose login files talk into the SFTP session are told by what these say', needs('sftp-server'), async () => {
    const chatty = `echo Welcome to web07; exec ${findProgram('sftp-server')}`;
    await using server = await OpenSshServer.start({ config: [`Subsystem sftp ${chatty}`] });
    await using client = new SSHClient();
    await client.connect(server.connectOptions());

    await assert.rejects(client.openSftp(), { code: 'SFTP_PROTOCOL', message: /Welcome to web07/ });

    assert.equal(await (await client.run('echo fine')).stdout.text(), 'fine\n');
  });

  it('whose account has no shell say what they said', onlyRoot, async () => {
    const prelude = [`sed 's|^\\(sshoal-plain.*:\\)/bin/sh$|\\1/usr/sbin/nologin|' passwd >edited`, 'cat edited >/etc/passwd'];
    await using server = await OpenSshServer.start({ plainAccount: true, prelude });
    const { port, user, privateKeyFile, knownHostsFiles } = server.connectOptions();
    const connection = await sshKind.open(
      { kind: 'ssh', name: 'x', address: '127.0.0.1', port, user, privateKeyFile, knownHostsFiles },
      {},
    );
    try {
      await assert.rejects(connection.run('echo mine'), { code: 'CONNECTION_LOST', message: /gave no shell: .*not available/ });
    } finally {
      await connection.close();
    }
  });

  it('are known by their alias whatever the port, as ssh knows them', async () => {
    await using server = await OpenSshServer.start();
    await writeFile(at('known_hosts'), `cluster ${server.hostKey()}\n`);
    const known = { knownHostsFiles: [at('known_hosts')] };

    const codes = await Promise.all(
      ['cluster', 'other'].map(async (alias) => {
        await using client = new SSHClient();
        return await codeOf(client.connect(server.connectOptions({ ...known, sshArgs: ['-o', `HostKeyAlias=${alias}`] })));
      }),
    );

    assert.deepEqual(codes, ['DONE', 'HOST_KEY_UNKNOWN']);
  });

  // "Further": wrong passphrase. R4.23.
  it('hear nothing of a login whose key cannot be used anyway', async () => {
    let heard = 0;
    const listener = net.createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', (chunk: Buffer) => {
        heard += chunk.length;
      });
    });
    await once(listener.listen(0, '127.0.0.1'), 'listening');
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'right', '-f', at('locked')]);
    await writeFile(at('nonsense'), 'no key at all\n', { mode: 0o600 });

    const codes = await Promise.all(
      [
        { privateKeyFile: at('locked') },
        { privateKeyFile: at('locked'), passphrase: 'wrong' },
        { privateKeyFile: at('nonsense') },
        { privateKeyFile: at('missing') },
      ].map(async (key) => {
        const { port } = listener.address() as net.AddressInfo;
        await using client = new SSHClient();
        return await codeOf(client.connect({ host: '127.0.0.1', port, user: 'x', homeDirectory: directory, allowAgent: false, ...key }));
      }),
    );
    await new Promise((resolve) => listener.close(resolve));

    assert.deepEqual(codes, ['KEY_PASSPHRASE_NEEDED', 'KEY_PASSPHRASE_WRONG', 'KEY_UNREADABLE', 'KEY_UNREADABLE']);
    assert.equal(heard, 0);
  });

  // "Further": 7 agent keys against MaxAuthTries 6.
  it('that end a login after six wrong keys of an agent are not taken for busy ones', needs('ssh-agent', 'ssh-add'), async () => {
    const socket = at('agent');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    try {
      const env = { ...process.env, SSH_AUTH_SOCK: socket };
      for (let i = 0; i < 7; i++) {
        spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', `key ${i}`, '-f', at(`key${i}`)]);
        while (spawnSync('ssh-add', ['-q', at(`key${i}`)], { env }).status !== 0) await delay(50);
      }
      await using server = await OpenSshServer.start({ config: ['MaxAuthTries 6'] });
      await using client = new SSHClient();
      const agentOnly = { privateKeyFile: undefined, agentSocket: socket, allowAgent: true, lookForKeys: false };
      const started = await codeOf(client.connect(server.connectOptions(agentOnly)));
      // With the right key among the first six, and with only it offered, the agent lets in.
      await copyFile(at('key6.pub'), path.join(server.directory, 'authorized_keys'));
      const chosen = await codeOf(
        client.connect(server.connectOptions({ ...agentOnly, sshArgs: ['-o', 'IdentitiesOnly=yes', '-i', at('key6')] })),
      );

      assert.deepEqual([started, chosen], ['AUTH_FAILED', 'DONE']);
    } finally {
      const gone = once(agent, 'exit');
      agent.kill();
      await gone;
    }
  });
});
