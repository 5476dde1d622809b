// An embedded server as bare ssh2 sees it: who gets in, what a command finds, and that nothing outlives it.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, ClientChannel, ConnectConfig } from 'ssh2';
import { SFTPClient } from '#src/ssh/sftp/client';
import { EmbeddedServer } from '#src/testing/embedded-server';
import { generateKeyPair } from '#src/testing/key-pair';
import { finish, logIn, logOut, openCommand, openSubsystem, run } from '../support/bare-client.js';

const withKey = ({ host, port, user, clientKey }: EmbeddedServer): ConnectConfig => ({
  host,
  port,
  username: user,
  privateKey: clientKey.privateKey,
});

/** Whether a process runs; a zombie does not. */
async function runs(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z');
  return !/\) [ZX]/.test(status);
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 5_000; Date.now() < end; await sleep(5)) if (await condition()) return;
  assert.fail('it did not come about');
}

describe('the login of an embedded server', () => {
  let server: EmbeddedServer;
  before(async () => {
    server = await EmbeddedServer.start({ user: 'tester', password: 'correct horse' });
  });
  after(() => server.stop());

  it('takes its own key and its password', async () => {
    await logOut(await logIn(withKey(server)));
    await logOut(await logIn({ host: server.host, port: server.port, username: 'tester', password: 'correct horse' }));
  });

  it('refuses another key, another password, another user and nobody', async () => {
    const { privateKey: _, ...nobody } = withKey(server);
    const strangers: ConnectConfig[] = [
      { ...nobody, privateKey: generateKeyPair('').privateKey },
      { ...nobody, password: 'wrong horse' },
      { ...withKey(server), username: 'root2' },
      nobody,
    ];

    for (const stranger of strangers) await assert.rejects(logIn(stranger), /All configured authentication methods failed/);
  });

  it('refuses every password where it was given none', async () => {
    await using keyOnly = await EmbeddedServer.start({ user: 'tester' });

    await assert.rejects(
      logIn({ host: keyOnly.host, port: keyOnly.port, username: 'tester', password: '' }),
      /authentication methods failed/,
    );
  });

  it('shows the host key that its known_hosts line has', async () => {
    let shown: Buffer | undefined;
    const hostVerifier = (key: Buffer): boolean => {
      shown = key;
      return true;
    };

    await logOut(await logIn({ ...withKey(server), hostVerifier }));

    assert.equal(server.knownHostsLine.split(' ')[2], shown?.toString('base64'));
  });
});

describe('a command on an embedded server', () => {
  let server: EmbeddedServer;
  let client: Client;
  before(async () => {
    server = await EmbeddedServer.start();
    client = await logIn(withKey(server));
  });
  after(async () => {
    await logOut(client);
    await server.stop();
  });

  it('has stdin, stdout, stderr and an exit status of its own', async () => {
    const ended = await run(client, 'cat; echo err >&2; exit 7', 'in');

    assert.deepEqual(ended, { code: 7, signal: undefined, stdout: 'in', stderr: 'err\n' });
  });

  it('tells the signal that ended it', async () => {
    const ended = await run(client, 'kill -TERM $$');

    assert.deepEqual([ended.code, ended.signal], [null, 'SIGTERM']);
  });

  it('starts in the directory of the server, which is its home, with nothing of our own environment', async () => {
    const ended = await run(client, 'pwd; echo "$HOME"; echo "$USER"; env | grep -c "^npm_\\|^NODE"');

    assert.equal(ended.stdout, `${server.directory}\n${server.directory}\n${server.user}\n0\n`);
  });

  it('gets the variables a Debian sshd would take, and no others', async () => {
    const ended = await run(client, 'echo "$LC_TEST:$LD_TEST"', '', { LC_TEST: 'yes', LD_TEST: 'no' });

    assert.equal(ended.stdout, 'yes:\n');
  });

  it('brings 8 MiB through, both ways, unchanged', async () => {
    const sent = randomBytes(6 * 1024 * 1024).toString('base64');

    const ended = await run(client, 'cat', sent);

    assert.equal(ended.stdout.length, sent.length);
    assert.equal(createHash('sha256').update(ended.stdout).digest('hex'), createHash('sha256').update(sent).digest('hex'));
  });

  it('waits for a slow reader instead of filling the memory', async () => {
    const channel = await openCommand(client, 'head -c 33554432 /dev/zero; echo done >progress');
    channel.pause();
    await once(channel, 'readable');
    await run(client, 'sleep 0.2');

    const early = existsSync(path.join(server.directory, 'progress'));
    const ended = await finish(channel);

    assert.equal(early, false);
    assert.deepEqual([ended.code, ended.stdout.length], [0, 33_554_432]);
  });

  it('is given the signals the client sends', async () => {
    const channel = await openCommand(client, 'trap "echo caught; exit 3" USR1; echo ready; while :; do sleep 0.02; done');
    channel.once('data', () => channel.signal('USR1'));

    const closed = once(channel, 'close');
    const exited = once(channel, 'exit');
    channel.resume();
    channel.stderr.resume();
    const [code] = await exited;
    await closed;

    assert.equal(code, 3);
  });

  it('ends with its channel although it left its input unread', async () => {
    const ended = await run(client, 'exit 0', 'x'.repeat(5 * 1024 * 1024));

    assert.equal(ended.code, 0);
  });

  it('reads its script from stdin when a shell is asked for, and has no terminal', async () => {
    const shell = await new Promise<ClientChannel>((resolve, reject) => {
      client.shell(false, (error, channel) => (error === undefined ? resolve(channel) : reject(error)));
    });
    const ended = await finish(shell, 'test -t 0 || echo no terminal; exit 4\n');
    const terminal = new Promise((resolve, reject) => {
      client.shell({}, (error, channel) => (error === undefined ? resolve(channel) : reject(error)));
    });

    assert.deepEqual([ended.code, ended.stdout], [4, 'no terminal\n']);
    await assert.rejects(terminal, /pseudo-terminal/i);
  });

  it('runs beside 30 others on the same connection', async () => {
    const numbers = Array.from({ length: 30 }, (_, n) => n);

    const ended = await Promise.all(numbers.map((n) => run(client, `cat; exit ${n}`, String(n))));

    assert.deepEqual(
      ended.map(({ code, stdout }) => [code, stdout]),
      numbers.map((n) => [n, String(n)]),
    );
  });

  it('has no subsystem but sftp', async () => {
    await assert.rejects(openSubsystem(client, 'netconf'), /subsystem/i);
  });
});

describe('the forwarding of an embedded server', () => {
  it('leads to loopback ports, so that it can be a jump host, and nowhere else', async () => {
    await using target = await EmbeddedServer.start();
    await using jump = await EmbeddedServer.start();
    const outer = await logIn(withKey(jump));
    const forward = async (address: string, port: number): Promise<ClientChannel> =>
      await new Promise((resolve, reject) => {
        outer.forwardOut('127.0.0.1', 1, address, port, (error, channel) => (error === undefined ? resolve(channel) : reject(error)));
      });
    const closedPort = await freePort();

    const inner = await logIn({ ...withKey(target), sock: await forward('localhost', target.port) });
    const ended = await run(inner, 'pwd');

    assert.equal(ended.stdout, `${target.directory}\n`);
    await assert.rejects(forward('192.0.2.1', 22), /open failure/i);
    await assert.rejects(forward('127.0.0.1', closedPort), /open failure/i);
    await logOut(inner);
    await logOut(outer);
  });
});

async function freePort(): Promise<number> {
  const listener = net.createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as net.AddressInfo;
  listener.close();
  await once(listener, 'close');
  return port;
}

describe('the SFTP of an embedded server', () => {
  let server: EmbeddedServer;
  let client: Client;
  let sftp: SFTPClient;
  let here: string;
  const there = (name: string): string => path.join(server.directory, name);
  before(async () => {
    here = await mkdtemp(path.join(os.tmpdir(), 'sshoal-here-'));
    server = await EmbeddedServer.start();
    client = await logIn(withKey(server));
    sftp = await SFTPClient.open(await openSubsystem(client, 'sftp'));
  });
  after(async () => {
    await sftp.close();
    await logOut(client);
    await server.stop();
    await rm(here, { recursive: true, force: true });
  });

  it('starts in the directory of the server', async () => {
    assert.equal(await sftp.realpath('.'), server.directory);
    assert.equal(await sftp.realpath('not there yet'), there('not there yet'));
  });

  it('carries 16 MiB there and back, whole', async () => {
    const content = randomBytes(16 * 1024 * 1024);
    await writeFile(path.join(here, 'big'), content);

    await sftp.put(path.join(here, 'big'), 'big', { mode: 0o640 });
    await sftp.get('big', path.join(here, 'back'));

    assert.ok(content.equals(await readFile(path.join(here, 'back'))));
    assert.equal(((await sftp.stat('big')).mode ?? 0) & 0o777, 0o640);
    assert.deepEqual(
      (await readdir(server.directory)).filter((name) => name.endsWith('.part')),
      [],
    );
  });

  it('makes, lists, links, renames, dates and removes', async () => {
    await sftp.mkdir('box', 0o700);
    await (await sftp.open('box/a', 'wx')).close();
    await sftp.rename('box/a', 'box/b');
    await sftp.symlink('b', 'box/link');
    await sftp.utimes('box/b', 1_000_000_000, 1_100_000_000);
    await sftp.chmod('box/b', 0o604);

    const listed = (await sftp.readdir('box')).map(({ name }) => name);
    const { mode, mtimeSeconds } = await sftp.stat('box/link');
    const target = await sftp.readlink('box/link');
    const space = await sftp.statvfs('box');
    for (const name of listed) await sftp.remove(`box/${name}`);
    await sftp.rmdir('box');

    assert.deepEqual(new Set(listed), new Set(['b', 'link']));
    assert.deepEqual([(mode ?? 0) & 0o777, mtimeSeconds, target], [0o604, 1_100_000_000, 'b']);
    assert.ok(space.totalBytes > 0);
    assert.equal(existsSync(there('box')), false);
  });

  it('appends, truncates and replaces', async () => {
    await writeFile(there('log'), 'one\n');
    const log = await sftp.open('log', 'a');
    await log.write(Buffer.from('two\n'), 0);
    await log.fsync();
    await log.close();
    await writeFile(there('other'), 'other');
    await sftp.posixRename('other', 'replaced');
    await sftp.setstat('replaced', { sizeBytes: 2 });

    assert.equal(await readFile(there('log'), 'utf8'), 'one\ntwo\n');
    assert.equal(await readFile(there('replaced'), 'utf8'), 'ot');
  });

  it('lists a directory of many names, and any bytes in them', async () => {
    await mkdir(there('many'));
    const names = [...Array.from({ length: 250 }, (_, n) => `n ${n}`), 'new\nline', 'latin\udce9'];
    for (const name of names) await (await sftp.open(`many/${name}`, 'wx')).close();

    const listed = (await sftp.readdir('many')).map(({ name }) => name);

    assert.deepEqual(new Set(listed), new Set(names));
  });

  it("says no as OpenSSH's server does", async () => {
    await mkdir(there('dir'));
    await writeFile(there('dir/file'), '');
    await symlink('nowhere', there('dir/dangling'));
    const attempts: readonly [() => Promise<unknown>, string][] = [
      [() => sftp.stat('nothing'), 'ENOENT'],
      [() => sftp.open('dir/file', 'wx'), 'EEXIST'],
      [() => sftp.mkdir('dir'), 'EEXIST'],
      [() => sftp.rename('dir/dangling', 'dir/file'), 'EEXIST'],
      [() => sftp.rmdir('dir'), 'ENOTEMPTY'],
      [() => sftp.remove('dir'), 'EISDIR'],
      [() => sftp.readdir('dir/file'), 'ENOTDIR'],
      [() => sftp.readlink('dir/file'), 'EINVAL'],
      [() => sftp.open('dir', 'w'), 'EISDIR'],
      [() => sftp.open('x'.repeat(300), 'w'), 'EINVAL'],
    ];

    for (const [attempt, code] of attempts) await assert.rejects(attempt(), { code });
  });
});

describe('an embedded server in trouble', () => {
  it('breaks its connections when killed, ends what ran on them, and can be reached again', async () => {
    await using server = await EmbeddedServer.start();
    const client = await logIn(withKey(server));
    const channel = await openCommand(client, 'echo $$; exec sleep 1000');
    const [pid] = await once(channel, 'data');
    const sftp = await SFTPClient.open(await openSubsystem(client, 'sftp'));
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));

    server.kill();
    await closed;

    await assert.rejects(sftp.stat('/'), { code: 'SFTP_LOST' });
    await until(async () => !(await runs(Number(pid))));
    await logOut(await logIn(withKey(server)));
  });

  it('says nothing while frozen, and everything when thawed', async () => {
    await using server = await EmbeddedServer.start();
    const client = await logIn(withKey(server));
    server.freeze();
    let answered = false;
    const running = run(client, 'echo late').finally(() => {
      answered = true;
    });
    const newcomer = logIn(withKey(server));
    await sleep(50);
    const early = answered;

    server.thaw();
    const ended = await running;
    await logOut(await newcomer);
    await logOut(client);

    assert.deepEqual([early, ended.stdout], [false, 'late\n']);
  });

  it('refuses newcomers only, until it accepts them again on the same port', async () => {
    await using server = await EmbeddedServer.start();
    const { port } = server;
    const client = await logIn(withKey(server));

    server.refuse();
    await assert.rejects(logIn(withKey(server)), { code: 'ECONNREFUSED' });
    const ended = await run(client, 'echo still here');
    await server.accept();

    await logOut(await logIn(withKey(server)));
    await logOut(client);
    assert.deepEqual([ended.stdout, server.port], ['still here\n', port]);
  });
});

const hasProc = existsSync('/proc/self/stat');

describe('a stopped embedded server', () => {
  it('leaves no process, no port and no directory, not even what left its group or its connection', {
    skip: hasProc ? false : 'only /proc tells what left its group',
  }, async () => {
    const server = await EmbeddedServer.start();
    const client = await logIn(withKey(server));
    client.on('error', () => undefined);
    const { stdout } = await run(client, 'sleep 1001 >/dev/null 2>&1 & echo $!; sh -c "set -m; sleep 1002 >/dev/null 2>&1 & echo \\$!"');
    const running = await openCommand(client, 'echo $$; sleep 1003');
    const [own] = await once(running, 'data');
    const pids = [...stdout.trim().split('\n'), String(own)].map(Number);
    const before = await Promise.all(pids.map(runs));

    await server.stop();
    await server.stop();

    assert.deepEqual(before, [true, true, true]);
    for (const pid of pids) await until(async () => !(await runs(pid)));
    await assert.rejects(logIn(withKey(server)), { code: 'ECONNREFUSED' });
    assert.equal(existsSync(server.directory), false);
  });

  it('keeps a directory it was given', async () => {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-kept-'));
    const server = await EmbeddedServer.start({ directory });

    await server.stop();

    assert.equal(existsSync(directory), true);
    await rm(directory, { recursive: true });
  });
});
