// Hosts over the system's own ssh, on a real OpenSSH sshd.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { SshoalError } from '#src/base/errors';
import { opensshKind } from '#src/connection/openssh';
import type { Connection, ConnectionSpec, Questions } from '#src/connection/seam';
import { EmbeddedServer } from '#src/testing/embedded-server';
import { generateKeyPair } from '#src/testing/key-pair';
import { OpenSshServer } from '../support/openssh-server.ts';
import { needs } from '../support/real.ts';
import { connectionContract } from './contract.ts';

/** Nothing of whoever runs the tests: neither configuration nor agent. */
const NOTHING = ['-F', 'none', '-o', 'IdentityAgent=none'] as const;

function specOf(server: OpenSshServer): ConnectionSpec {
  return {
    kind: 'openssh',
    name: 'real',
    address: '127.0.0.1',
    port: server.port,
    user: server.user,
    privateKeyFile: server.clientKeyFile,
    knownHostsFiles: [server.knownHostsFile],
    sshArgs: NOTHING,
  };
}

connectionContract(
  "system's ssh",
  async () => {
    const server = await OpenSshServer.start();
    return { connection: await opensshKind.open(specOf(server), {}), stop: async () => await server.stop() };
  },
  needs('sshd', 'ssh-keygen', 'ssh'),
);

describe('an openssh connection', needs('sshd', 'ssh-keygen', 'ssh', 'ps'), () => {
  let server: OpenSshServer;
  let directory: string;
  const opened: Connection[] = [];
  const open = async (changes: Partial<ConnectionSpec> = {}, questions: Questions = {}, signal?: AbortSignal): Promise<Connection> => {
    const connection = await opensshKind.open({ ...specOf(server), ...changes }, questions, signal);
    opened.push(connection);
    return connection;
  };
  const echo = async (connection: Connection, script: string): Promise<string> =>
    Buffer.from((await connection.run(script, { timeoutMs: 10_000 })).stdout).toString();

  before(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-openssh-'));
    server = await OpenSshServer.start({ config: ['MaxStartups 100', 'AllowAgentForwarding yes'] });
  });
  after(async () => {
    for (const connection of opened) await connection.close();
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it('tells a refused port, a wrong key, a missing key, a silent host and a host without an address apart', async () => {
    await using silent = await listener();
    const [stranger, free] = [path.join(directory, 'stranger'), await closedPort()];
    await writeFile(stranger, generateKeyPair('').privateKey, { mode: 0o600 });

    const codes = await Promise.all([
      codeOf(open({ port: free })),
      codeOf(open({ privateKeyFile: stranger })),
      codeOf(open({ privateKeyFile: '/dev/null/key' })),
      codeOf(open({ port: silent.port, connectTimeoutMs: 400 })),
      codeOf(open({ address: 'nowhere.invalid', port: undefined })),
      codeOf(open({ sshArgs: [...NOTHING, '-o', 'KexAlgorithms=diffie-hellman-group14-sha1'] })),
    ]);

    assert.deepEqual(codes, ['CONNECT_REFUSED', 'AUTH_FAILED', 'KEY_UNREADABLE', 'CONNECT_TIMEOUT', 'HOST_NOT_FOUND', 'KEX_FAILED']);
  });

  it('refuses a changed host key whatever the policy', async () => {
    const known = path.join(directory, 'changed');
    const other = generateKeyPair('').publicKey.trim().split(' ').slice(0, 2).join(' ');
    await writeFile(known, `[127.0.0.1]:${server.port} ${other}\n`);
    const asked: string[] = [];
    const hostKey = async ({ host }: { host: string }): Promise<boolean> => await Promise.resolve(asked.push(host) > 0);

    const codes = [];
    for (const hostKeyPolicy of ['strict', 'accept-new', 'ask'] as const) {
      const sshArgs = [...NOTHING, '-o', 'StrictHostKeyChecking=no'];
      codes.push(await codeOf(open({ hostKeyPolicy, knownHostsFiles: [known], sshArgs }, { hostKey })));
    }

    assert.deepEqual(codes, ['HOST_KEY_CHANGED', 'HOST_KEY_CHANGED', 'HOST_KEY_CHANGED']);
    assert.deepEqual(asked, []);
  });

  it('does about an unknown host key what the policy says', async () => {
    const [strict, news, yes, no] = ['strict', 'new', 'yes', 'no'].map((name) => path.join(directory, name)) as [
      string,
      string,
      string,
      string,
    ];
    const asked: { keyType: string; fingerprint: string }[] = [];
    const person = (answer: boolean): Questions => ({
      hostKey: async (question) => await Promise.resolve(asked.push(question) > 0 && answer),
    });

    const refused = await codeOf(open({ knownHostsFiles: [strict] }));
    await open({ knownHostsFiles: [news], hostKeyPolicy: 'accept-new' });
    const nobody = await codeOf(open({ knownHostsFiles: [no], hostKeyPolicy: 'ask' }));
    const declined = await codeOf(open({ knownHostsFiles: [no], hostKeyPolicy: 'ask' }, person(false)));
    await open({ knownHostsFiles: [yes], hostKeyPolicy: 'ask' }, person(true));

    assert.deepEqual([refused, nobody, declined], ['HOST_KEY_UNKNOWN', 'HOST_KEY_UNKNOWN', 'HOST_KEY_UNKNOWN']);
    assert.deepEqual([strict, no].map(existsSync), [false, false]);
    for (const file of [news, yes]) assert.equal(await readFile(file, 'utf8'), await readFile(server.knownHostsFile, 'utf8'));
    assert.deepEqual(
      asked.map(({ keyType, fingerprint }) => [keyType, fingerprint]),
      [1, 2].map(() => ['ssh-ed25519', fingerprintOf(path.join(server.directory, 'host_ed25519.pub'))]),
    );
  });

  it('opens a key with the passphrase it is given, or with that of a person', async () => {
    const key = path.join(directory, 'locked');
    await writeFile(key, await readFile(server.clientKeyFile), { mode: 0o600 });
    const locked = spawnSync('ssh-keygen', ['-q', '-p', '-a', '1', '-P', '', '-N', 'open sesame', '-f', key], { encoding: 'utf8' });
    const asked: string[] = [];
    const passphrase = async (file: string): Promise<string> => await Promise.resolve(asked.push(file) > 0 ? 'open sesame' : '');

    const given = await echo(await open({ privateKeyFile: key, passphrase: 'open sesame' }), 'echo in');
    const answered = await echo(await open({ privateKeyFile: key }, { passphrase }), 'echo in');
    const wrong = await codeOf(open({ privateKeyFile: key, passphrase: 'close sesame' }));
    const nobody = await codeOf(open({ privateKeyFile: key }, { prompts: async () => await Promise.reject(new Error('no terminal')) }));

    assert.equal(locked.status, 0, locked.stderr);
    assert.deepEqual([given, answered, asked], ['in\n', 'in\n', [key]]);
    assert.deepEqual([wrong, nobody], ['KEY_PASSPHRASE_WRONG', 'KEY_PASSPHRASE_NEEDED']);
  });

  it('logs in with a password that no process ever shows', async () => {
    await using embedded = await EmbeddedServer.start({ password: 'hunter2 \\n%s$HOME' });
    const known = path.join(directory, 'embedded');
    await writeFile(known, `${embedded.knownHostsLine}\n`);
    const spec = { port: embedded.port, user: embedded.user, privateKeyFile: undefined, knownHostsFiles: [known] };
    const sshArgs = [...NOTHING, '-o', 'PubkeyAuthentication=no'];

    const connection = await open({ ...spec, sshArgs, password: 'hunter2 \\n%s$HOME' });
    const shown = await echo(
      connection,
      "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' | grep -c hunter'[2]'",
    );
    const kept = await readdir(directoryOf(embedded.port));
    const wrong = await codeOf(open({ ...spec, sshArgs, password: 'hunter3' }));
    const nobody = await messageOf(open({ ...spec, sshArgs }, { hostKey: async () => await Promise.resolve(true) }));
    await connection.close();

    assert.equal(shown, '0\n');
    assert.deepEqual(kept.sort(), ['askpass', 'c', 'config']);
    assert.equal(wrong, 'AUTH_FAILED');
    assert.match(nobody, /nobody is there to answer/);
  });

  it('goes through a jump host, which is verified and logged in to the same way', async () => {
    await using jump = await OpenSshServer.start();
    const known = path.join(directory, 'both');
    await writeFile(known, (await readFile(server.knownHostsFile, 'utf8')) + (await readFile(jump.knownHostsFile, 'utf8')));
    await writeFile(path.join(jump.directory, 'authorized_keys'), await readFile(path.join(server.directory, 'authorized_keys')));
    const sshArgs = [...NOTHING, '-J', `${jump.user}@127.0.0.1:${jump.port}`];

    const connection = await open({ knownHostsFiles: [known], sshArgs });
    const said = await echo(connection, 'echo "$SSH_CONNECTION" | cut -d" " -f4');
    const unknown = await codeOf(open({ sshArgs }));
    jump.killSessions();
    const lost = await codeOf(connection.run('echo'));

    assert.equal(said, `${server.port}\n`);
    assert.deepEqual([unknown, lost], ['HOST_KEY_UNKNOWN', 'CONNECTION_LOST']);
  });

  it('lends no agent unless told to', async () => {
    const connection = await open();

    const socket = await echo(connection, 'echo "${SSH_AUTH_SOCK-none}"');

    assert.equal(socket, 'none\n');
  });

  it('keeps the exit code 255 of a command apart from a lost line, and goes on after a killed process group', async () => {
    const connection = await open();

    const own = await connection.run('exit 255');
    const killed = await connection.run('kill -KILL 0');
    const next = await echo(connection, 'echo next');

    assert.deepEqual([own.exit, killed.exit, next], [{ kind: 'code', code: 255 }, { kind: 'signal', signal: 'SIGKILL' }, 'next\n']);
  });

  it('says nothing of its own on stderr when a shell is killed', async () => {
    const connection = await open();

    const { exit, stderr } = await connection.run('echo mine >&2; kill -TERM $$; sleep 5');

    assert.deepEqual([exit, Buffer.from(stderr).toString()], [{ kind: 'signal', signal: 'SIGTERM' }, 'mine\n']);
  });

  it('tells that the server opens no further session', async () => {
    await using narrow = await OpenSshServer.start({ config: ['MaxSessions 1'] });
    const connection = await open(specOf(narrow));
    const gate = path.join(directory, 'narrow');
    const script = `: >'${gate}.begun'; while [ ! -e '${gate}' ]; do sleep 0.05; done`;
    const holder = connection.run(script, { timeoutMs: 10_000 });
    await until(() => existsSync(`${gate}.begun`));

    const second = await messageOf(connection.run('echo second'));
    const file = await messageOf(connection.get('/etc/passwd', path.join(directory, 'copy')));
    await writeFile(gate, '');
    await holder;

    assert.match(second, /opened no further session/);
    assert.match(file, /opened no further session/);
  });

  it('rejects everything when the sessions of the server are killed', async () => {
    await using mortal = await OpenSshServer.start();
    const connection = await open(specOf(mortal));
    const onOutput = (): void => mortal.killSessions();

    const during = await codeOf(connection.run('echo begun; sleep 60', { onOutput }));
    const after = await codeOf(connection.run('echo after'));
    const file = await codeOf(connection.put(mortal.clientKeyFile, path.join(directory, 'never')));

    assert.deepEqual([during, after, file], ['CONNECTION_LOST', 'CONNECTION_LOST', 'CONNECTION_LOST']);
  });

  it('notices a frozen server', async () => {
    await using frozen = await OpenSshServer.start();
    const sshArgs = [...NOTHING, '-o', 'ServerAliveInterval=1', '-o', 'ServerAliveCountMax=1'];
    const connection = await open({ ...specOf(frozen), sshArgs });
    const onOutput = (): void => frozen.freeze();

    const code = await codeOf(connection.run('echo begun; sleep 60', { onOutput }));

    assert.equal(code, 'CONNECTION_LOST');
  });

  it('gives up connecting when it is told to', async () => {
    await using silent = await listener();
    const abort = new AbortController();
    const opening = open({ port: silent.port }, {}, abort.signal);
    await silent.connected;

    abort.abort(new Error('enough'));

    await assert.rejects(opening, { message: 'enough' });
    assert.deepEqual(processesOf(silent.port), []);
  });

  it('takes no host, user or flag that would be something else to ssh', async () => {
    const trap = path.join(directory, 'trap');

    const codes = [
      await codeOf(open({ address: `-oProxyCommand=touch ${trap}` })),
      await codeOf(open({ address: '-oProxyCommand=x' })),
      await codeOf(open({ user: '-oProxyCommand=x' })),
      await codeOf(open({ sshArgs: ['elsewhere', '-v'] })),
      await codeOf(open({ sshArgs: ['-o', 'BatchMode=yes', '--', 'elsewhere'] })),
      await codeOf(open({ sshArgs: ['-fN'] })),
      await codeOf(open({ privateKeyFile: `${trap}\nProxyCommand x` })),
    ];

    assert.deepEqual(codes, ['SSH_ARGS', 'SSH_ARGS', 'SSH_ARGS', 'SSH_ARGS', 'SSH_ARGS', 'SSH_ARGS', 'KEY_UNREADABLE']);
    assert.equal(existsSync(trap), false);
  });

  it('leaves no process and no file when it is closed', async () => {
    await using own = await OpenSshServer.start();
    const connection = await open(specOf(own));
    await connection.run('echo');
    await connection.put(own.clientKeyFile, path.join(directory, 'sent'));
    const [during, room] = [processesOf(own.port), directoryOf(own.port)];

    await connection.close();

    assert.ok(during.length >= 3, during.join('\n'));
    assert.deepEqual(processesOf(own.port), []);
    assert.equal(existsSync(room), false);
  });

  it('leaves no process and no file when whoever opened it is killed', async () => {
    await using own = await OpenSshServer.start();
    const kind = path.resolve(import.meta.dirname, '../../../dist/connection/openssh.js');
    const script = `const { opensshKind } = await import(${JSON.stringify(kind)});
      const connection = await opensshKind.open(${JSON.stringify(specOf(own))}, {});
      await connection.run('echo');
      process.kill(process.pid, 'SIGKILL');`;

    const ended = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', timeout: 20_000 });

    assert.equal(ended.signal, 'SIGKILL', ended.stderr);
    await until(() => processesOf(own.port).length === 0);
  });
});

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof SshoalError) return error.code;
  throw new Error(`Expected an error of sshoal, and got ${String(error)}`);
}

async function messageOf(promise: Promise<unknown>): Promise<string> {
  return await promise.then(
    () => 'no error',
    (reason: unknown) => (reason instanceof Error ? reason.message : String(reason)),
  );
}

/** What runs here for the connection to a port. */
function processesOf(port: number): string[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'stat=,args='], { encoding: 'utf8' });
  return stdout.split('\n').filter((line) => !line.startsWith('Z') && line.includes(` -p ${port} `));
}

function directoryOf(port: number): string {
  const [line = ''] = processesOf(port);
  return path.dirname(/ -F (\S+)/.exec(line)?.[1] ?? '/nothing/at/all');
}

function fingerprintOf(publicKeyFile: string): string {
  return spawnSync('ssh-keygen', ['-l', '-f', publicKeyFile], { encoding: 'utf8' }).stdout.split(' ')[1] ?? '';
}

interface Listener extends AsyncDisposable {
  readonly port: number;
  /** Resolves when somebody has come. */
  readonly connected: Promise<unknown>;
}

/** Takes connections and says nothing. */
async function listener(): Promise<Listener> {
  const sockets = new Set<net.Socket>();
  const plain = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => sockets.delete(socket));
  });
  plain.listen(0, '127.0.0.1');
  await once(plain, 'listening');
  return {
    port: (plain.address() as net.AddressInfo).port,
    connected: once(plain, 'connection'),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => plain.close(resolve));
    },
  };
}

async function closedPort(): Promise<number> {
  await using found = await listener();
  return found.port;
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    assert.ok(Date.now() < deadline, 'it did not come about within 10 s');
    await delay(100);
  }
}
