// What ssh_config changes about a connection to a real OpenSSH sshd: the road there, the algorithms, the agent and the environment.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Bastions } from '#src/ssh/bastions';
import { SSHClient } from '#src/ssh/client';
import type { ConnectOptions } from '#src/ssh/settings';
import { OpenSshServer } from '../../support/openssh-server.ts';
import { TcpProxy } from '../../support/proxy.ts';
import { needs } from '../../support/real.ts';

/** Passes bytes to and fro, as `nc` does. */
const CARRIER = `
import net from 'node:net';
const socket = net.connect(Number(process.argv[3]), process.argv[2]);
process.stdin.pipe(socket).pipe(process.stdout);
socket.on('error', (error) => { console.error(error.message); process.exitCode = 1; process.stdin.destroy(); });
`;

interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly where: unknown;
  readonly fix: string;
}

describe('ssh_config on the way to OpenSSH', needs('sshd', 'ssh-keygen', 'ssh-agent', 'ssh-add'), () => {
  let directory: string;
  let server: OpenSshServer;
  let files = 0;
  const at = (name: string): string => path.join(directory, name);

  /** Options that leave all but the configuration to the defaults. */
  async function by(config: string, more: Partial<ConnectOptions> = {}): Promise<ConnectOptions> {
    const file = at(`config-${++files}`);
    await writeFile(file, config);
    return { host: 'target', homeDirectory: directory, localUser: server.user, configFiles: [file], allowAgent: false, ...more };
  }

  /** Lines that lead to a server under a name of its own. */
  function block(name: string, to = server, ...lines: string[]): string {
    return [
      `Host ${name}`,
      ...lines,
      'HostName 127.0.0.1',
      `Port ${to.port}`,
      `IdentityFile ${to.clientKeyFile}`,
      `HostKeyAlias ${name}`,
      `UserKnownHostsFile ${at('known_hosts')}`,
      'GlobalKnownHostsFile none',
      '',
    ].join('\n');
  }

  async function output(options: ConnectOptions, command: string): Promise<string> {
    await using client = new SSHClient();
    await client.connect(options);
    return (await (await client.run(command)).stdout.text()).trim();
  }

  async function refusal(options: ConnectOptions): Promise<Refusal> {
    return await output(options, 'true').then(
      () => assert.fail('it connected'),
      (error: unknown) => {
        if (error instanceof Error && 'code' in error && 'fix' in error && 'where' in error) return error as unknown as Refusal;
        throw error;
      },
    );
  }

  async function known(...names: readonly [name: string, server: OpenSshServer][]): Promise<void> {
    await writeFile(at('known_hosts'), names.map(([name, of]) => `${name} ${of.hostKey()}\n`).join(''));
  }

  before(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-connecting-'));
    server = await OpenSshServer.start({ config: ['AcceptEnv SSHOAL_*'], hostKeyTypes: ['ed25519', 'rsa'] });
    await known(['target', server]);
    await writeFile(at('carry.mjs'), CARRIER);
  });
  after(async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  });

  describe('ProxyCommand', () => {
    const carry = (): string => `'${process.execPath}' '${at('carry.mjs')}'`;
    const proxied = async (command: string, more: Partial<ConnectOptions> = {}): Promise<ConnectOptions> =>
      await by(block('target', server, `ProxyCommand ${command}`), more);

    /** A script that tells its group before it does `rest`. */
    async function script(rest: string): Promise<{ readonly command: string; readonly group: () => Promise<number> }> {
      const name = at(`proxy-${++files}`);
      await writeFile(name, `echo $$ > ${name}.group\necho "$@" > ${name}.given\n${rest}\n`);
      return { command: `sh ${name} %h %p %r %n %%`, group: async () => Number(await readFile(`${name}.group`, 'utf8')) };
    }

    async function gone(group: number): Promise<void> {
      assert.ok(group > 1, 'the program told its group');
      for (let i = 0; i < 500; i++) {
        const members = spawnSync('ps', ['-A', '-o', 'pgid=,stat='], { encoding: 'utf8' }).stdout.split('\n');
        if (!members.some((line) => new RegExp(`^\\s*${group} [^Z]`).test(line))) return;
        await delay(20);
      }
      assert.fail(`group ${group} is still there`);
    }

    it('leads to a host by a program, which learns who and where', async () => {
      const { command, group } = await script(`exec ${carry()} "$1" "$2"`);

      const said = await output(await proxied(command), 'echo through');

      assert.equal(said, 'through');
      const given = await readFile(`${command.split(' ')[1]}.given`, 'utf8');
      assert.equal(given, `127.0.0.1 ${server.port} ${server.user} target %\n`);
      await gone(await group());
    });

    it('may be a pipeline, of which nothing is left after the close', async () => {
      const { command, group } = await script(`cat | ${carry()} "$1" "$2" | cat`);
      const client = new SSHClient();
      await client.connect(await proxied(command));

      await client.close();

      await gone(await group());
    });

    it('leaves nothing behind after a failed login', async () => {
      const { command, group } = await script(`cat | ${carry()} "$1" "$2" | cat`);
      spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at('stranger')]);
      const config = block('target', server, `ProxyCommand ${command}`).replace(server.clientKeyFile, at('stranger'));

      const error = await refusal(await by(config));

      assert.equal(error.code, 'AUTH_FAILED');
      await gone(await group());
    });

    it('leaves nothing behind where it heeds neither its end of input nor SIGTERM', async () => {
      const { command, group } = await script(`trap '' TERM\n${carry()} "$1" "$2"\nsleep 600 & wait; sleep 600`);

      const said = await output(await proxied(command), 'echo through');

      assert.equal(said, 'through');
      await gone(await group());
    });

    it('leaves nothing behind of a shell that went away before what it started', async () => {
      const { command, group } = await script('sleep 600 &');

      const error = await refusal(await proxied(command));

      assert.deepEqual([error.code, /it ended with code 0$/.test(error.message)], ['CONNECT_FAILED', true]);
      await gone(await group());
    });

    it('that says nothing runs into the deadline, and is ended', async () => {
      const { command, group } = await script('sleep 600');

      const error = await refusal(await proxied(command, { connectTimeoutMs: 500 }));

      assert.equal(error.code, 'CONNECT_TIMEOUT');
      await gone(await group());
    });

    it('that is aborted is ended', async () => {
      const { command, group } = await script('sleep 600');
      const abort = new AbortController();
      const connecting = output(await proxied(command, { signal: abort.signal }), 'true');
      while (!existsSync(`${command.split(' ')[1]}.given`)) await delay(10);

      abort.abort(new Error('enough'));

      await assert.rejects(connecting, /enough/);
      await gone(await group());
    });

    const ends: readonly [what: string, command: string, message: RegExp][] = [
      ['with a code', 'echo no road here >&2; exit 3', /it ended with code 3, and said: no road here$/],
      ['at once', 'true', /it ended with code 0$/],
      ['without having read', 'exec <&-; exit 4', /it ended with code 4$/],
      ['by a signal', 'kill -KILL $$', /it was ended by SIGKILL$/],
      ['because it is not there', '/nowhere/program %h', /it ended with code 127, and said: .*\/nowhere\/program/],
      ['with a message for a terminal', "printf '\\033[2Jgone' >&2; exit 1", /and said: \P{Control}*gone$/u],
    ];
    for (const [what, program, message] of ends) {
      it(`that ends ${what} is named as the reason`, async () => {
        const command = program.startsWith('/') ? program : (await script(program)).command;

        const error = await refusal(await proxied(command));

        assert.equal(error.code, 'CONNECT_FAILED', error.message);
        assert.match(error.message, message);
        assert.match(error.fix, /Try it by hand: /);
        assert.equal(error.where, `127.0.0.1:${server.port}`);
      });
    }

    it('that ends later breaks what was under way', async () => {
      const { command, group } = await script(`exec ${carry()} "$1" "$2"`);
      await using client = new SSHClient();
      await client.connect(await proxied(command));
      const { exit } = await client.execCommand('sleep 600');

      process.kill(await group(), 'SIGKILL');

      await assert.rejects(exit, { code: 'CONNECTION_LOST' });
    });

    it('never sees a name that a shell would take for more', async () => {
      const ran = at('ran');
      const config = `Host *\n ProxyCommand touch ${ran} %n %r`;

      const host = await refusal(await by(config, { host: 'web;id' }));
      const user = await refusal(await by(config, { host: 'web', user: '$(id)' }));

      assert.deepEqual([host.code, user.code, existsSync(ran)], ['SSH_ARGS', 'SSH_ARGS', false]);
    });

    it('none goes straight there', async () => {
      assert.equal(await output(await proxied('none'), 'echo straight'), 'straight');
    });

    it('also leads to a jump host', async () => {
      const { command, group } = await script(`exec ${carry()} "$1" "$2"`);
      await known(['target', server], ['bastion', server]);
      const config = block('bastion', server, `ProxyCommand ${command}`) + block('target', server, 'ProxyJump bastion');

      const said = await output(await by(config), 'echo through');

      assert.equal(said, 'through');
      await gone(await group());
    });
  });

  describe('ProxyJump', () => {
    let first: OpenSshServer;
    let middle: OpenSshServer;
    before(async () => {
      [first, middle] = await Promise.all([OpenSshServer.start(), OpenSshServer.start()]);
    });
    after(async () => {
      await Promise.all([first.stop(), middle.stop()]);
      await known(['target', server]);
    });
    const chain = (): string => block('first', first) + block('middle', middle) + block('target', server, 'ProxyJump first,middle');

    it('over two hops knows each by its own name and key', async () => {
      await known(['first', first], ['middle', middle], ['target', server]);

      const said = await output(await by(chain()), 'echo $SSH_CONNECTION');

      assert.match(said, new RegExp(`^127.0.0.1 \\d+ 127.0.0.1 ${server.port}$`));
    });

    for (const stranger of ['first', 'middle', 'target']) {
      it(`is refused where ${stranger} is not known`, async () => {
        const all: readonly [string, OpenSshServer][] = [
          ['first', first],
          ['middle', middle],
          ['target', server],
        ];
        await known(...all.filter(([name]) => name !== stranger));
        const port = all.find(([name]) => name === stranger)?.[1].port;

        const error = await refusal(await by(chain()));

        assert.equal(error.code, 'HOST_KEY_UNKNOWN');
        assert.match(`${error.message} ${String(error.where)}`, new RegExp(`${stranger}.*|${port}`));
        assert.match(error.message, new RegExp(stranger));
      });
    }

    it('is refused where the key of the middle hop is another one', async () => {
      await known(['first', first], ['middle', first], ['target', server]);

      const error = await refusal(await by(chain()));

      assert.equal(error.code, 'HOST_KEY_CHANGED');
      assert.match(error.message, /middle/);
    });

    it('may be given hop by hop', async () => {
      await known(['first', first], ['middle', middle], ['target', server]);
      const config = block('first', first) + block('middle', middle, 'ProxyJump first') + block('target', server, 'ProxyJump middle');

      assert.equal(await output(await by(config), 'echo through'), 'through');
    });

    for (const flag of [(file: string) => ['-F', file], (file: string) => [`-F${file}`]]) {
      it(`takes the file of ${flag('FILE').join(' ')} for its hops too`, async () => {
        await known(['first', first], ['middle', middle], ['target', server]);
        const { configFiles = [], ...options } = await by(chain());

        assert.equal(await output({ ...options, sshArgs: flag(configFiles[0] ?? '') }, 'echo through'), 'through');
      });
    }

    it('names user and port, as text and as ssh://', async () => {
      await known(['target', server], [`[127.0.0.1]:${first.port}`, first]);
      const rest = `Host 127.0.0.1\n IdentityFile ${first.clientKeyFile}\n UserKnownHostsFile ${at('known_hosts')}\n`;

      for (const jump of [`${first.user}@127.0.0.1:${first.port}`, `ssh://${first.user}@127.0.0.1:${first.port}`]) {
        assert.equal(await output(await by(block('target', server, `ProxyJump ${jump}`) + rest), 'echo through'), 'through');
      }
    });

    it('says which hop does not answer', async () => {
      const { port } = first;
      await known(['target', server]);
      const closed = await freePort();
      const config = block('first', first).replace(`Port ${port}`, `Port ${closed}`) + block('target', server, 'ProxyJump first');

      const error = await refusal(await by(config));

      assert.deepEqual([error.code, error.where], ['CONNECT_REFUSED', `127.0.0.1:${closed}`]);
    });

    const circles: readonly [what: string, config: string][] = [
      ['a host through itself', 'Host *\n ProxyJump target'],
      ['a jump host through itself', 'Host *\n ProxyJump bastion'],
      ['two hosts through each other', 'Host a\n ProxyJump target\nHost target\n ProxyJump a'],
    ];
    for (const [what, config] of circles) {
      it(`is refused where it leads ${what}`, async () => {
        const error = await refusal(await by(config));

        assert.equal(error.code, 'SSH_CONFIG');
        assert.match(error.message, /through itself/);
      });
    }

    it('is one connection to each jump host, however many hosts are behind it', async () => {
      await known(['first', first], ['middle', middle], ['target', server]);
      await using line = await TcpProxy.start(first.port);
      const config =
        block('first', first).replace(`Port ${first.port}`, `Port ${line.port}`) +
        block('middle', middle, 'ProxyJump first') +
        block('target', server, 'ProxyJump middle');
      const options = await by(config, { bastions: new Bastions() });
      const clients = Array.from({ length: 12 }, () => new SSHClient());

      await Promise.all(clients.map(async (client) => await client.connect(options)));
      const said = await Promise.all(clients.map(async (client) => await (await client.run('echo through')).stdout.text()));
      const lines = line.connections;
      await Promise.all(clients.map(async (client) => await client.close()));

      assert.deepEqual(new Set(said), new Set(['through\n']));
      assert.equal(lines, 1);
    });

    it('lost in the middle is a lost connection of each host behind it, and made anew by the next', async () => {
      await known(['first', first], ['target', server]);
      await using line = await TcpProxy.start(first.port);
      const config = block('first', first).replace(`Port ${first.port}`, `Port ${line.port}`) + block('target', server, 'ProxyJump first');
      const options = await by(config, { bastions: new Bastions() });
      const clients = [new SSHClient(), new SSHClient()];
      await Promise.all(clients.map(async (client) => await client.connect(options)));

      const running = Promise.allSettled(clients.map(async (client) => await client.run('sleep 100')));
      line.cut();
      const errors = (await running).map((one) => (one.status === 'rejected' ? (one.reason as { code: string }).code : 'ended'));
      const again = await output(options, 'echo again');

      assert.deepEqual(errors, ['CONNECTION_LOST', 'CONNECTION_LOST']);
      assert.equal(again, 'again');
      await Promise.all(clients.map(async (client) => await client.close()));
    });

    it('none goes straight there', async () => {
      await known(['target', server]);

      assert.equal(await output(await by(block('target', server, 'ProxyJump none')), 'echo straight'), 'straight');
    });
  });

  describe('the environment', () => {
    const print = 'echo "$SSHOAL_A $SSHOAL_B"';

    it('is set by SetEnv for every command, the first value of a name counting', async () => {
      const options = await by(block('target', server, 'SetEnv SSHOAL_A=1 SSHOAL_A=3 SSHOAL_B="two words"'));

      assert.equal(await output(options, print), '1 two words');
    });

    it('of a command goes before that of the file', async () => {
      await using client = new SSHClient();
      await client.connect(await by(block('target', server, 'SetEnv SSHOAL_A=file SSHOAL_B=file')));

      const { stdout, refusedEnvironment } = await client.execCommand(print, { env: { SSHOAL_A: 'own' } });

      assert.deepEqual([(await stdout.text()).trim(), refusedEnvironment], ['own file', []]);
    });

    it('that the server does not take is no error', async () => {
      assert.equal(await output(await by(block('target', server, 'SetEnv OTHER=1 SSHOAL_A=2')), 'echo "$OTHER/$SSHOAL_A"'), '/2');
    });

    it('takes with SendEnv what its patterns name of ours', async () => {
      const { configFiles } = await by(block('target', server, 'SendEnv SSHOAL_A* SSHOAL_B', 'SendEnv -*_B'));
      const script = `
        const { SSHClient } = await import(${JSON.stringify(import.meta.resolve('#src/ssh/client'))});
        const client = new SSHClient();
        await client.connect({ host: 'target', configFiles: ${JSON.stringify(configFiles)}, allowAgent: false });
        process.stdout.write(await (await client.run(${JSON.stringify(print)})).stdout.text());
        await client.close();`;

      const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
        encoding: 'utf8',
        env: { ...process.env, SSHOAL_A: 'sent', SSHOAL_B: 'kept' },
        timeout: 20_000,
      });

      assert.equal(child.stdout.trim(), 'sent', child.stderr);
    });

    it('that is no NAME=VALUE is refused', async () => {
      const error = await refusal(await by('SetEnv SSHOAL_A'));

      assert.deepEqual([error.code, error.message], ['SSH_CONFIG', 'SetEnv `SSHOAL_A` is no NAME=VALUE']);
    });
  });

  describe('the agent', () => {
    let agent: ChildProcess;
    const socket = (): string => at('agent.sock');
    before(async () => {
      agent = spawn('ssh-agent', ['-D', '-a', socket()], { stdio: 'ignore' });
      while (!(await stat(socket()).catch(() => undefined))) await delay(10);
      spawnSync('ssh-add', ['-q', server.clientKeyFile], { env: { ...process.env, SSH_AUTH_SOCK: socket() } });
    });
    after(() => agent.kill());
    const withoutKey = (...lines: string[]): string =>
      block('target', server, ...lines).replace(`IdentityFile ${server.clientKeyFile}`, 'IdentityFile none');

    it('of IdentityAgent logs in', async () => {
      const options = await by(withoutKey(`IdentityAgent ${socket()}`), { allowAgent: true, agentSocket: undefined });

      assert.equal(await output(options, 'echo in'), 'in');
    });

    it('of IdentityAgent may be named with ~ and %d', async () => {
      for (const name of ['~/agent.sock', '%d/agent.sock']) {
        assert.equal(await output(await by(withoutKey(`IdentityAgent ${name}`), { allowAgent: true }), 'echo in'), 'in');
      }
    });

    it('is left alone with IdentityAgent none', async () => {
      const options = await by(withoutKey('IdentityAgent none'), { allowAgent: true, agentSocket: socket() });

      assert.equal((await refusal(options)).code, 'AUTH_FAILED');
    });

    it('is lent to every command with ForwardAgent yes', async () => {
      const options = await by(block('target', server, 'ForwardAgent yes'), { agentSocket: socket() });

      assert.match(await output(options, 'ssh-add -l'), /ED25519/);
    });

    it('is lent from where ForwardAgent says', async () => {
      for (const place of [socket(), '~/agent.sock']) {
        const options = await by(block('target', server, 'IdentityAgent none', `ForwardAgent ${place}`));

        assert.match(await output(options, 'ssh-add -l'), /ED25519/);
      }
    });

    it('stays here unless asked for', async () => {
      for (const lines of [[], ['ForwardAgent no']]) {
        const options = await by(block('target', server, ...lines), { agentSocket: socket() });

        assert.equal(await output(options, 'echo "[$SSH_AUTH_SOCK]"'), '[]');
      }
    });

    it('is lent by -A and kept by -a, whatever the file says', async () => {
      const lent = await by(block('target', server, 'ForwardAgent no'), { agentSocket: socket(), sshArgs: ['-A'] });
      const kept = await by(block('target', server, 'ForwardAgent yes'), { agentSocket: socket(), sshArgs: ['-a'] });

      assert.match(await output(lent, 'ssh-add -l'), /ED25519/);
      assert.equal(await output(kept, 'echo "[$SSH_AUTH_SOCK]"'), '[]');
    });
  });

  describe('the socket', () => {
    it('comes from BindAddress', async (t) => {
      if (process.platform !== 'linux') return t.skip('only Linux has all of 127/8');

      for (const lines of [['BindAddress 127.0.0.2'], ['BindAddress 127.0.0.2', 'AddressFamily inet']]) {
        const said = await output(await by(block('target', server, ...lines)), 'echo $SSH_CONNECTION');
        assert.match(said, /^127\.0\.0\.2 /);
      }
    });

    it('comes from a BindAddress that is a name', async () => {
      assert.match(await output(await by(block('target', server, 'BindAddress localhost')), 'echo $SSH_CONNECTION'), /^127\.0\.0\.1 /);
    });

    it('cannot come from an address that is not ours', async () => {
      const foreign = await refusal(await by(block('target', server, 'BindAddress 192.0.2.1')));
      const unknown = await refusal(await by(block('target', server, 'BindAddress nowhere.invalid')));

      assert.deepEqual([foreign.code, unknown.code], ['CONNECT_FAILED', 'CONNECT_FAILED']);
      assert.match(foreign.message, /192\.0\.2\.1/);
      assert.match(unknown.message, /BindAddress nowhere\.invalid/);
    });

    it('is of the family that AddressFamily names', async () => {
      assert.equal(await output(await by(block('target', server, 'AddressFamily inet')), 'echo in'), 'in');

      const error = await refusal(await by(block('target', server, 'AddressFamily inet6')));

      assert.equal(error.code, 'HOST_NOT_FOUND');
      assert.match(error.fix, /AddressFamily/);
    });

    it('is tried as often as ConnectionAttempts says', async () => {
      const port = await freePort();
      const config = (attempts: number): string =>
        block('target', server, `ConnectionAttempts ${attempts}`).replace(`Port ${server.port}`, `Port ${port}`);
      assert.equal((await refusal(await by(config(1)))).code, 'CONNECT_REFUSED');
      const late = net.createServer((socket) => {
        socket.pipe(net.connect(server.port, '127.0.0.1')).pipe(socket);
      });

      const connecting = output(await by(config(5)), 'echo late');
      await delay(200);
      await new Promise<void>((resolve) => late.listen(port, '127.0.0.1', resolve));

      assert.equal(await connecting, 'late');
      await new Promise((resolve) => late.close(resolve));
    });
  });

  describe('algorithms', () => {
    const agreed = async (...lines: string[]): Promise<Record<'kex' | 'key' | 'cipher' | 'mac', string | undefined>> => {
      await using client = new SSHClient();
      await client.connect(await by(block('target', server, ...lines), { hostKeyPolicy: 'accept-new' }));
      const { info } = client;
      return { kex: info?.keyExchange, key: info?.hostKeyAlgorithm, cipher: info?.cipher, mac: info?.mac };
    };

    it('are those that are named, the first of them first', async () => {
      const info = await agreed(
        'Ciphers aes256-ctr,aes128-ctr',
        'MACs hmac-sha2-512',
        'KexAlgorithms ecdh-sha2-nistp384',
        'HostKeyAlgorithms ssh-ed25519',
      );

      assert.deepEqual(info, { kex: 'ecdh-sha2-nistp384', key: 'ssh-ed25519', cipher: 'aes256-ctr', mac: 'hmac-sha2-512' });
    });

    it('come first with ^', async () => {
      const info = await agreed(
        'Ciphers ^aes192-ctr',
        'MACs ^hmac-sha2-512-etm@openssh.com',
        'KexAlgorithms ^diffie-hellman-group14-sha256',
      );

      assert.deepEqual([info.cipher, info.mac, info.kex], ['aes192-ctr', 'hmac-sha2-512-etm@openssh.com', 'diffie-hellman-group14-sha256']);
    });

    it('are left out with -, by patterns too', async () => {
      const info = await agreed('Ciphers -*gcm*,chacha20*', 'MACs -*-etm@openssh.com', 'KexAlgorithms -curve25519*');

      assert.deepEqual([info.cipher, info.mac, info.kex], ['aes128-ctr', 'hmac-sha2-256', 'ecdh-sha2-nistp256']);
    });

    it('come last with +', async () => {
      assert.equal((await agreed('Ciphers +aes128-cbc')).cipher, (await agreed()).cipher);
    });

    it('that are too new for us are passed over in a list', async () => {
      assert.equal((await agreed('KexAlgorithms mlkem768x25519-sha256,ecdh-sha2-nistp521')).kex, 'ecdh-sha2-nistp521');
    });

    it('of the host key choose the key that is shown', async () => {
      const options = await by(block('target', server, 'HostKeyAlgorithms rsa-sha2-256'));

      const error = await refusal(options);

      assert.match(error.code, /^HOST_KEY_/);
      assert.match(error.message, /rsa/i);
    });

    for (const [keyword, list] of [
      ['Ciphers', 'rot13'],
      ['MACs', '-*'],
      ['KexAlgorithms', 'sntrup761x25519-sha512@openssh.com'],
      ['HostKeyAlgorithms', 'sk-ssh-ed25519@openssh.com'],
    ] as const) {
      it(`${keyword} ${list} leaves none, which is said`, async () => {
        const error = await refusal(await by(block('target', server, `${keyword} ${list}`)));

        assert.equal(error.code, 'SSH_CONFIG', error.message);
        assert.match(error.message, new RegExp(keyword));
      });
    }

    it('that are no longer safe are spoken only with a server that has no other, and only where named', async () => {
      const named = ['Ciphers +aes128-cbc', 'MACs +hmac-sha1', 'KexAlgorithms +diffie-hellman-group14-sha1', 'HostKeyAlgorithms +ssh-rsa'];
      await using old = await OpenSshServer.start({
        hostKeyTypes: ['rsa'],
        config: named.map((line) => line.replace('+', '')),
      });
      await writeFile(at('known_hosts'), `target ${old.hostKey('rsa')}\n`);

      const said = await output(await by(block('target', old, ...named)), 'echo old');

      assert.equal(said, 'old');
      for (const missing of named) {
        const error = await refusal(await by(block('target', old, ...named.filter((line) => line !== missing))));
        assert.equal(error.code, 'KEX_FAILED', missing);
      }
      await known(['target', server]);
    });
  });

  describe('what would change the connection, and is not there', () => {
    const refused: readonly [line: string, fix: RegExp][] = [
      ['ProxyUseFdpass yes', /openssh/],
      ['RemoteCommand top', /another name/],
      ['SessionType none', /another name/],
      ['SessionType subsystem', /another name/],
      ['BindInterface lo', /BindAddress/],
      ['AddressFamily inet7', /any, inet or inet6/],
      ['StrictHostKeyChecking maybe', /accept-new/],
      ['IdentitiesOnly ask', /yes or no/],
      ['ConnectTimeout soon', /1m30s/],
      ['Port ssh', /number/],
      ['ConnectionAttempts 0', /number/],
      ['UserKnownHostsFile /tmp/%x', /%%/],
      ['IdentityFile ${SSHOAL_NOWHERE}/key', /SSHOAL_NOWHERE/],
    ];
    for (const [line, fix] of refused) {
      it(`is refused: ${line}`, async () => {
        const error = await refusal(await by(block('target', server, line)));

        assert.equal(error.code, 'SSH_CONFIG', error.message);
        assert.match(error.fix, fix);
        assert.match(error.message, new RegExp(line.split(' ')[0] ?? '', 'i'));
      });
    }

    it('is no hindrance where it says only what is so anyhow', async () => {
      const lines = [
        'ProxyUseFdpass no',
        'RemoteCommand none',
        'SessionType default',
        'Compression yes',
        'ConnectTimeout 0',
        'PubkeyAuthentication unbound',
        'UpdateHostKeys ask',
        'ControlMaster auto',
        'Tunnel no',
      ];

      assert.equal(await output(await by(block('target', server, ...lines)), 'echo in'), 'in');
    });
  });

  it('names of files may hold blanks where they are quoted', async () => {
    await writeFile(at('known hosts'), `target ${server.hostKey()}\n`);
    const config = block('target').replace(`UserKnownHostsFile ${at('known_hosts')}`, `UserKnownHostsFile /nowhere "${at('known hosts')}"`);

    assert.equal(await output(await by(config), 'echo in'), 'in');
  });
});

async function freePort(): Promise<number> {
  const one = net.createServer();
  await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve));
  const { port } = one.address() as net.AddressInfo;
  await new Promise((resolve) => one.close(resolve));
  return port;
}
