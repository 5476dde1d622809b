// The SSH client against a real OpenSSH sshd: keys, host keys, commands, and everything that breaks.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmod, copyFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Execution } from '#src/ssh/channel/execution';
import { SSHClient } from '#src/ssh/client';
import type { ConnectOptions } from '#src/ssh/settings';
import { OpenSshServer } from '../support/openssh-server.ts';
import { needs } from '../support/real.ts';

let directory: string;

function to(server: OpenSshServer, more: Partial<ConnectOptions> = {}): ConnectOptions {
  return {
    host: '127.0.0.1',
    port: server.port,
    user: server.user,
    privateKeyFile: server.clientKeyFile,
    knownHostsFiles: [server.knownHostsFile],
    homeDirectory: directory,
    localUser: server.user,
    ...more,
  };
}

async function connected<T>(options: ConnectOptions, use: (client: SSHClient) => Promise<T>): Promise<T> {
  const client = new SSHClient();
  await client.connect(options);
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

async function output({ stdout, stderr, exit }: Execution): Promise<{ stdout: string; stderr: string; exit: unknown }> {
  const read = async (stream: AsyncIterable<Buffer>): Promise<string> => {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  };
  const [out, err, end] = await Promise.all([read(stdout), read(stderr), exit]);
  return { stdout: out, stderr: err, exit: end };
}

const refused = async (options: ConnectOptions): Promise<{ code: string; message: string; fix: string; where: unknown }> => {
  const client = new SSHClient();
  const error: unknown = await client.connect(options).then(
    async () => {
      await client.close();
      return undefined;
    },
    (reason: unknown) => reason,
  );
  assert.ok(
    error instanceof Error && 'code' in error && 'fix' in error && 'where' in error,
    `connected, or no error of ours: ${String(error)}`,
  );
  return error as unknown as { code: string; message: string; fix: string; where: unknown };
};

describe('SSHClient on OpenSSH', needs('sshd', 'ssh-keygen'), () => {
  let server: OpenSshServer;

  before(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-client-'));
    server = await OpenSshServer.start({ hostKeyTypes: ['ed25519', 'rsa'] });
  });
  after(async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  });

  describe('keys', () => {
    const kinds: readonly [name: string, args: readonly string[], passphrase?: string][] = [
      ['ed25519', ['-t', 'ed25519']],
      ['ecdsa', ['-t', 'ecdsa', '-b', '384']],
      ['rsa', ['-t', 'rsa', '-b', '2048']],
      ['rsa as PEM', ['-t', 'rsa', '-b', '2048', '-m', 'PEM']],
      ['rsa as PKCS#8', ['-t', 'rsa', '-b', '2048', '-m', 'PKCS8']],
      ['ecdsa as PKCS#8', ['-t', 'ecdsa', '-m', 'PKCS8']],
      ['ed25519 with a passphrase', ['-t', 'ed25519'], 'open sesame'],
      ['rsa as PEM with a passphrase', ['-t', 'rsa', '-b', '2048', '-m', 'PEM'], 'open sesame'],
      ['ecdsa as PKCS#8 with a passphrase', ['-t', 'ecdsa', '-m', 'PKCS8'], 'open sesame'],
    ];
    for (const [name, args, passphrase] of kinds) {
      it(`log in: ${name}`, async () => {
        const file = await makeKey(server, args, passphrase);

        const who = await connected(
          to(server, { privateKeyFile: file, passphrase }),
          async (client) => await output(await client.execCommand('id -un')),
        );

        assert.equal(who.stdout.trim(), server.user);
      });
    }

    it('with a passphrase say when it is wrong, when it is missing, and take it from a person', async () => {
      const file = await makeKey(server, ['-t', 'ed25519'], 'open sesame');

      const wrong = await refused(to(server, { privateKeyFile: file, passphrase: 'close' }));
      const missing = await refused(to(server, { privateKeyFile: file }));
      const asked = await connected(
        to(server, { privateKeyFile: file, questions: { passphrase: async () => await Promise.resolve('open sesame') } }),
        async (client) => client.isOpen,
      );

      assert.deepEqual([wrong.code, missing.code, asked], ['KEY_PASSPHRASE_WRONG', 'KEY_PASSPHRASE_NEEDED', true]);
    });

    it('are refused when others may read them, when they are missing, and when they are no keys', async () => {
      const open = await makeKey(server, ['-t', 'ed25519']);
      await chmod(open, 0o644);
      const junk = path.join(directory, 'junk');
      await writeFile(junk, 'no key\n', { mode: 0o600 });

      const codes = await Promise.all(
        [open, path.join(directory, 'missing'), junk, `${server.clientKeyFile}.pub`].map(
          async (file) => (await refused(to(server, { privateKeyFile: file }))).code,
        ),
      );

      assert.deepEqual(codes, ['KEY_PERMISSIONS', 'KEY_UNREADABLE', 'KEY_UNREADABLE', 'KEY_PERMISSIONS']);
    });

    it('that the server does not know lead to an error that says what was tried', async () => {
      const stranger = path.join(directory, 'stranger');
      spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', stranger]);

      const error = await refused(to(server, { privateKeyFile: stranger }));

      assert.equal(error.code, 'AUTH_FAILED');
      assert.match(error.message, new RegExp(`key ${stranger}; the server takes publickey`));
    });

    it('of an agent log in', async () => {
      const socket = path.join(directory, 'agent.sock');
      const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
      try {
        while (!(await stat(socket).catch(() => undefined))) await new Promise((resolve) => setTimeout(resolve, 10));
        spawnSync('ssh-add', ['-q', server.clientKeyFile], { env: { ...process.env, SSH_AUTH_SOCK: socket } });

        const open = await connected(to(server, { privateKeyFile: undefined, agentSocket: socket }), async (client) => client.isOpen);

        assert.equal(open, true);
      } finally {
        agent.kill();
      }
    });
  });

  describe('host keys', () => {
    const knownHosts = async (text: string): Promise<string> => {
      const file = await mkdtemp(path.join(directory, 'kh-')).then((made) => path.join(made, 'known_hosts'));
      await writeFile(file, text);
      return file;
    };
    const name = (): string => `[127.0.0.1]:${server.port}`;
    const other = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEUd5Y4O8dCqVdXlK6aK7cS5rTn7sZsV1yKkQ9h8bq3J';

    it('that nobody knows are refused, with the way to accept them', async () => {
      const error = await refused(to(server, { knownHostsFiles: [path.join(directory, 'none')] }));

      assert.equal(error.code, 'HOST_KEY_UNKNOWN');
      assert.match(error.fix, /--host-key accept-new/);
    });

    it('that changed are refused whatever the policy, with file and line', async () => {
      const file = await knownHosts(`# first\n${name()} ${other}\n`);

      const errors = await Promise.all(
        (['strict', 'accept-new', 'ask'] as const).map(
          async (hostKeyPolicy) =>
            await refused(
              to(server, { knownHostsFiles: [file], hostKeyPolicy, questions: { hostKey: async () => await Promise.resolve(true) } }),
            ),
        ),
      );

      assert.deepEqual(
        errors.map((error) => error.code),
        ['HOST_KEY_CHANGED', 'HOST_KEY_CHANGED', 'HOST_KEY_CHANGED'],
      );
      assert.match(String(errors[0]?.where), /known_hosts:2$/);
    });

    it('that are revoked are refused', async () => {
      const file = await knownHosts(`@revoked * ${server.hostKey()}\n${name()} ${server.hostKey()}\n`);

      assert.equal((await refused(to(server, { knownHostsFiles: [file] }))).code, 'HOST_KEY_REVOKED');
    });

    it('are found hashed, by pattern, and in a second file', async () => {
      const hashed = await knownHosts(`${name()} ${server.hostKey()}\n`);
      spawnSync('ssh-keygen', ['-q', '-H', '-f', hashed]);
      assert.match(await readFile(hashed, 'utf8'), /^\|1\|/);
      const pattern = await knownHosts(`!10.*,[127.0.0.?]:* ${server.hostKey()}\n`);

      for (const files of [[hashed], [pattern], [path.join(directory, 'none'), hashed]]) {
        assert.equal(await connected(to(server, { knownHostsFiles: files }), async (client) => client.isOpen), true);
      }
    });

    it('are asked for by the type that is known, though the server would rather show another', async () => {
      const file = await knownHosts(`${name()} ${server.hostKey('rsa')}\n`);

      assert.equal(await connected(to(server, { knownHostsFiles: [file] }), async (client) => client.isOpen), true);
    });

    it('are kept by accept-new in a file of one’s own, and then known', async () => {
      const file = path.join(directory, 'fresh', 'known_hosts');

      await connected(to(server, { knownHostsFiles: [file], hostKeyPolicy: 'accept-new' }), async () => await Promise.resolve());

      assert.equal((await stat(file)).mode & 0o777, 0o600);
      assert.equal(await readFile(file, 'utf8'), `${name()} ${server.hostKey()}\n`);
      assert.equal(await connected(to(server, { knownHostsFiles: [file] }), async (client) => client.isOpen), true);
    });

    it('wait for a person longer than the time to connect', async () => {
      const questions = { hostKey: async () => await new Promise<boolean>((resolve) => setTimeout(() => resolve(true), 1_500)) };
      const options = to(server, {
        knownHostsFiles: [path.join(directory, 'slow')],
        hostKeyPolicy: 'ask',
        questions,
        connectTimeoutMs: 1_000,
      });

      assert.equal(await connected(options, async (client) => client.isOpen), true);
    });

    it('are accepted by nothing but a true answer', async () => {
      for (const answer of [false, 0, null, 'yes', undefined, {}]) {
        const questions = { hostKey: async () => await Promise.resolve(answer as boolean) };
        assert.equal(
          (await refused(to(server, { knownHostsFiles: [path.join(directory, 'none')], hostKeyPolicy: 'ask', questions }))).code,
          'HOST_KEY_UNKNOWN',
        );
      }
      const throwing = { hostKey: async () => await Promise.reject(new Error('gone')) };
      assert.equal(
        (await refused(to(server, { knownHostsFiles: [path.join(directory, 'none')], hostKeyPolicy: 'ask', questions: throwing }))).code,
        'HOST_KEY_UNKNOWN',
      );
    });
  });

  describe('commands', () => {
    it('end with a code or a signal, their streams apart', async () =>
      await connected(to(server), async (client) => {
        const coded = await output(await client.execCommand('echo out; echo err >&2; exit 255'));
        const killed = await output(await client.execCommand('kill -TERM $$'));
        const unread = await client.execCommand('head -c 5000000 /dev/zero >&2');
        unread.stdout.resume();
        unread.stderr.resume();

        assert.deepEqual(coded, { stdout: 'out\n', stderr: 'err\n', exit: { kind: 'code', code: 255 } });
        assert.deepEqual(killed.exit, { kind: 'signal', signal: 'SIGTERM' });
        assert.deepEqual(await unread.exit, { kind: 'code', code: 0 });
      }));

    it('take stdin to its end', async () =>
      await connected(to(server), async (client) => {
        const execution = await client.execCommand('wc -c; echo after');
        execution.stdin.end('12345');

        assert.equal((await output(execution)).stdout, '5\nafter\n');
      }));

    it('wait for a place when the server allows no more at once', async () => {
      await using small = await OpenSshServer.start();
      await connected(to(small), async (client) => {
        const results = await Promise.all(
          Array.from({ length: 25 }, async (_, i) => await output(await client.execCommand(`echo ${i}; sleep 0.05`))),
        );

        assert.deepEqual(
          results.map((result) => result.stdout.trim()),
          [...Array(25).keys()].map(String),
        );
      });
    });

    it('are lost, never successful, when their session is killed', async () => {
      await using fragile = await OpenSshServer.start();
      await connected(to(fragile), async (client) => {
        const execution = await client.execCommand('echo begun; sleep 30');
        execution.stderr.resume();
        await new Promise((resolve) => execution.stdout.once('data', resolve));

        fragile.killSessions();

        await assert.rejects(execution.exit, { code: 'CONNECTION_LOST' });
        await client.closed;
        assert.equal(client.isOpen, false);
        await assert.rejects(client.execCommand('true'), { code: 'CONNECTION_LOST' });
      });
    });

    it('are lost when the server freezes, within the keep-alive', async () => {
      await using frozen = await OpenSshServer.start();
      await connected(to(frozen, { sshArgs: ['-o', 'ServerAliveInterval=1', '-o', 'ServerAliveCountMax=1'] }), async (client) => {
        const execution = await client.execCommand('sleep 30');
        execution.stdout.resume();
        execution.stderr.resume();

        frozen.freeze();

        await assert.rejects(execution.exit, { code: 'CONNECTION_LOST' });
        frozen.thaw();
      });
    });

    it('go on over many rekeys after a host key that a person accepted', async () => {
      await using rekeying = await OpenSshServer.start({ config: ['RekeyLimit 1M none'] });
      const questions = { hostKey: async () => await new Promise<boolean>((resolve) => setTimeout(() => resolve(true), 20)) };
      await connected(
        to(rekeying, { knownHostsFiles: [path.join(directory, 'rekey')], hostKeyPolicy: 'ask', questions }),
        async (client) => {
          const { stdout } = await output(await client.execCommand('head -c 8000000 /dev/zero | tr "\\0" x'));

          assert.equal(stdout.length, 8_000_000);
        },
      );
    });
  });

  describe('connecting', () => {
    it('says that nothing listens, and that a name is nobody’s', async () => {
      const nobody = await refused(to(server, { port: 1 }));
      const nowhere = await refused(to(server, { host: 'no-such-host.invalid' }));

      assert.deepEqual([nobody.code, nowhere.code], ['CONNECT_REFUSED', 'HOST_NOT_FOUND']);
    });

    it('tries again when the server is only busy', async () => {
      await using busy = await OpenSshServer.start({ config: ['MaxStartups 2:60:6'] });

      const clients = await Promise.all(
        Array.from({ length: 16 }, async () => {
          const client = new SSHClient();
          await client.connect(to(busy, { connectTimeoutMs: 30_000 }));
          return client;
        }),
      );

      assert.equal(clients.filter((client) => client.isOpen).length, 16);
      await Promise.all(clients.map(async (client) => await client.close()));
    });

    it('gives up at its deadline when the server says nothing', async () => {
      await using silent = await OpenSshServer.start();
      silent.freeze();

      const error = await refused(to(silent, { connectTimeoutMs: 300 }));

      silent.thaw();
      assert.equal(error.code, 'CONNECT_TIMEOUT');
    });

    it('goes through a jump host, each hop under its own name', async () => {
      await using inner = await OpenSshServer.start();
      await copyFile(path.join(server.directory, 'authorized_keys'), path.join(inner.directory, 'authorized_keys'));
      const both = path.join(directory, 'both');
      await writeFile(both, `${await readFile(server.knownHostsFile, 'utf8')}${await readFile(inner.knownHostsFile, 'utf8')}`);
      const jump = ['-J', `${server.user}@127.0.0.1:${server.port}`];

      const answer = await connected(
        to(inner, { privateKeyFile: server.clientKeyFile, knownHostsFiles: [both], sshArgs: jump }),
        async (client) => await output(await client.execCommand('echo through')),
      );
      const unknownHop = await refused(
        to(inner, { privateKeyFile: server.clientKeyFile, knownHostsFiles: [inner.knownHostsFile], sshArgs: jump }),
      );

      assert.equal(answer.stdout, 'through\n');
      assert.equal(unknownHop.code, 'HOST_KEY_UNKNOWN');
      assert.match(unknownHop.message, /127\.0\.0\.1/);
    });

    it('takes what ssh_config and flags say, the flags first', async () => {
      const config = path.join(directory, 'config');
      await writeFile(
        config,
        `Host nick\n  HostName 127.0.0.1\n  Port ${server.port}\n  User nobody-here\n  UserKnownHostsFile ${server.knownHostsFile}\n  IdentityFile ${server.clientKeyFile}\n`,
      );
      const options = {
        ...to(server),
        host: 'nick',
        port: undefined,
        user: undefined,
        privateKeyFile: undefined,
        knownHostsFiles: undefined,
      };

      const open = await connected({ ...options, sshArgs: ['-F', config, '-l', server.user] }, async (client) => client.address);

      assert.equal(open, `${server.user}@127.0.0.1:${server.port}`);
    });

    it('never passes a hostile name on', async () => {
      for (const host of ['-oProxyCommand=x', 'a b', 'a;b', 'a\nb', '$(x)', '`x`']) {
        assert.equal((await refused(to(server, { host }))).code, 'SSH_ARGS');
        assert.equal((await refused(to(server, { user: host }))).code, 'SSH_ARGS');
      }
    });
  });
});

let made = 0;

/** A new key that the server takes. */
async function makeKey(server: OpenSshServer, args: readonly string[], passphrase = ''): Promise<string> {
  const file = path.join(directory, `key-${made++}`);
  const done = spawnSync('ssh-keygen', ['-q', ...args, '-N', passphrase, '-C', '', '-f', file], { encoding: 'utf8' });
  assert.equal(done.status, 0, done.stderr);
  const authorized = path.join(server.directory, 'authorized_keys');
  await writeFile(authorized, await readFile(`${file}.pub`, 'utf8'), { flag: 'a' });
  return file;
}
