// Logging in to a real OpenSSH sshd: made keys, certificates, agents, several factors, and what is said when nobody is let in.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { appendFile, chmod, copyFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Agent } from '#src/ssh/auth/agent';
import { ECDSAKey, Ed25519Key, PKey, RSAKey } from '#src/ssh/auth/pkey';
import { SSHClient } from '#src/ssh/client';
import type { ConnectOptions } from '#src/ssh/settings';
import { OpenSshServer } from '../../support/openssh-server.ts';
import { needs } from '../../support/real.ts';

describe('logging in to OpenSSH', needs('sshd', 'ssh-keygen', 'ssh-agent', 'ssh-add'), () => {
  let directory: string;
  let server: OpenSshServer;
  let agent: ChildProcess;
  const at = (name: string): string => path.join(directory, name);
  const options = (more: Partial<ConnectOptions> = {}, to = server): ConnectOptions => ({
    host: '127.0.0.1',
    port: to.port,
    user: to.user,
    knownHostsFiles: [to.knownHostsFile],
    homeDirectory: directory,
    localUser: to.user,
    allowAgent: false,
    ...more,
  });
  const keygen = (...args: string[]): string => {
    const done = spawnSync('ssh-keygen', args, { encoding: 'utf8' });
    if (done.status !== 0) throw new Error(done.stderr);
    return done.stdout;
  };
  const add = (...args: string[]): void => {
    const done = spawnSync('ssh-add', ['-q', ...args], { encoding: 'utf8', env: { ...process.env, SSH_AUTH_SOCK: at('agent.sock') } });
    if (done.status !== 0) throw new Error(done.stderr);
  };
  const letIn = async (given: ConnectOptions): Promise<string> => {
    await using client = new SSHClient();
    await client.connect(given);
    return (await (await client.run('echo in')).stdout.text()).trim();
  };
  const refusal = async (given: ConnectOptions): Promise<{ code: string; message: string }> =>
    await letIn(given).then(
      () => assert.fail('let in'),
      (error: { code: string; message: string }) => error,
    );

  before(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-login-'));
    keygen('-q', '-t', 'ed25519', '-N', '', '-f', at('ca'));
    server = await OpenSshServer.start({ config: [`TrustedUserCAKeys ${at('ca.pub')}`] });
    agent = spawn('ssh-agent', ['-D', '-a', at('agent.sock')], { stdio: 'ignore' });
    while (!(await stat(at('agent.sock')).catch(() => undefined))) await new Promise((resolve) => setTimeout(resolve, 10));
  });
  after(async () => {
    agent.kill();
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  });

  describe('with keys that were made here', () => {
    const kinds: readonly [string, () => Promise<PKey>, number][] = [
      ['ed25519', async () => await Ed25519Key.generate(), 256],
      ['ecdsa 256', async () => await ECDSAKey.generate(256), 256],
      ['ecdsa 384', async () => await ECDSAKey.generate(384), 384],
      ['ecdsa 521', async () => await ECDSAKey.generate(521), 521],
      ['rsa', async () => await RSAKey.generate(2048), 2048],
    ];
    for (const [name, make, bits] of kinds) {
      it(`works: ${name}, from memory and from the file that ssh-keygen reads too`, async () => {
        const key = await make();
        await appendFile(path.join(server.directory, 'authorized_keys'), `${key.publicKeyLine('made')}\n`);
        const file = at(`made-${name.replace(' ', '-')}`);

        await key.writePrivateKeyFile(file, 'made');

        const read = await PKey.fromPrivateKeyFile(file);
        assert.equal(keygen('-y', '-f', file).split(' ').slice(0, 2).join(' '), key.publicKeyLine());
        assert.equal(keygen('-l', '-f', file).split(' ')[1], key.fingerprint);
        assert.deepEqual([read.blob, read.getBits()], [key.blob, bits]);
        assert.equal((await stat(file)).mode & 0o777, 0o600);
        assert.deepEqual(await Promise.all([letIn(options({ pkey: key })), letIn(options({ privateKeyFile: file }))]), ['in', 'in']);
      });
    }

    it('sign what only they can have signed', async () => {
      const keys = await Promise.all(kinds.map(async ([, make]) => await make()));
      const data = Buffer.from('the data');

      for (const key of keys) {
        const signature = await key.sign(data);

        assert.equal(key.verify(data, signature), true);
        assert.equal(key.verify(Buffer.from('other data'), signature), false);
      }
    });

    it('are told apart by their classes', async () => {
      await (await Ed25519Key.generate()).writePrivateKeyFile(at('not-rsa'));

      await assert.rejects(RSAKey.fromPrivateKeyFile(at('not-rsa')), { code: 'KEY_UNREADABLE', message: /type ssh-ed25519/ });
      assert.ok((await PKey.fromPrivateKey(await readFile(at('not-rsa'), 'utf8'))) instanceof Ed25519Key);
      await assert.rejects(RSAKey.generate(1024), RangeError);
    });

    it('are read while other work goes on, where a passphrase makes that costly', async () => {
      keygen('-q', '-t', 'ed25519', '-N', 'open sesame', '-a', '64', '-f', at('costly'));
      let turns = 0;
      const timer = setInterval(() => turns++, 5);

      const key = await PKey.fromPrivateKeyFile(at('costly'), 'open sesame');

      clearInterval(timer);
      assert.ok(key instanceof Ed25519Key);
      assert.ok(turns > 3, `only ${turns} turns of the event loop in over a second`);
    });
  });

  describe('with a certificate', () => {
    for (const type of ['ed25519', 'ecdsa', 'rsa']) {
      it(`works when it lies beside its key: ${type}`, async () => {
        const key = at(`certified-${type}`);
        keygen('-q', '-t', type, '-N', '', '-f', key);
        keygen('-q', '-s', at('ca'), '-I', 'tester', '-n', server.user, `${key}.pub`);

        const said = await letIn(options({ privateKeyFile: key }));

        assert.equal(said, 'in');
      });
    }

    it('works from elsewhere, by CertificateFile', async () => {
      keygen('-q', '-t', 'ed25519', '-N', '', '-f', at('apart'));
      keygen('-q', '-s', at('ca'), '-I', 'tester', '-n', server.user, at('apart.pub'));
      await copyFile(at('apart-cert.pub'), at('elsewhere.pub'));
      await rm(at('apart-cert.pub'));
      await writeFile(at('config'), `CertificateFile ${at('elsewhere.pub')}\n`);

      const said = await letIn(options({ privateKeyFile: at('apart'), configFiles: [at('config')] }));

      assert.equal(said, 'in');
    });

    it('for somebody else is tried, and then its key', async () => {
      keygen('-q', '-t', 'ed25519', '-N', '', '-f', at('other'));
      keygen('-q', '-s', at('ca'), '-I', 'tester', '-n', 'somebody-else', at('other.pub'));

      const error = await refusal(options({ privateKeyFile: at('other') }));

      assert.match(error.message, /Tried: certificate .*other-cert\.pub, key .*other; the server takes publickey/);
    });
  });

  describe('with an agent', () => {
    for (const type of ['ed25519', 'ecdsa', 'rsa']) {
      it(`works: ${type}`, async () => {
        const key = at(`agent-${type}`);
        keygen('-q', '-t', type, '-N', '', '-C', `of ${type}`, '-f', key);
        await appendFile(path.join(server.directory, 'authorized_keys'), await readFile(`${key}.pub`));
        add('-D');
        add(key);

        const said = await letIn(options({ allowAgent: true, agentSocket: at('agent.sock') }));
        const [held] = await new Agent(at('agent.sock')).getKeys();

        assert.deepEqual([said, held?.comment], ['in', `of ${type}`]);
      });
    }

    it('works for a key with a passphrase that nobody is asked for, and by its public half alone', async () => {
      keygen('-q', '-t', 'ed25519', '-N', '', '-f', at('locked'));
      await appendFile(path.join(server.directory, 'authorized_keys'), await readFile(at('locked.pub')));
      add('-D');
      add(at('locked'));
      keygen('-q', '-p', '-N', 'open sesame', '-f', at('locked'));
      const agentSocket = at('agent.sock');

      const whole = await letIn(options({ allowAgent: true, agentSocket, privateKeyFile: at('locked') }));
      const half = await letIn(
        options({ allowAgent: true, agentSocket, privateKeyFile: at('locked.pub'), sshArgs: ['-o', 'IdentitiesOnly=yes'] }),
      );

      assert.deepEqual([whole, half], ['in', 'in']);
    });

    it('that holds more keys than the server lets one try does not keep out the named one', async () => {
      add('-D');
      for (let i = 0; i < 7; i++) {
        keygen('-q', '-t', 'ed25519', '-N', '', '-f', at(`wrong-${i}`));
        add(at(`wrong-${i}`));
      }

      const said = await letIn(options({ allowAgent: true, agentSocket: at('agent.sock'), privateKeyFile: server.clientKeyFile }));
      const only = await refusal(
        options({ allowAgent: true, agentSocket: at('agent.sock'), privateKeyFile: at('wrong-0'), sshArgs: ['-o', 'IdentitiesOnly=yes'] }),
      );

      assert.equal(said, 'in');
      assert.match(only.message, /^Tried|Tried: agent key SHA256:\S+ \([^)]*\); the server takes publickey/);
    });

    it('that holds a certificate shows it', async () => {
      keygen('-q', '-t', 'ed25519', '-N', '', '-f', at('held'));
      keygen('-q', '-s', at('ca'), '-I', 'tester', '-n', server.user, at('held.pub'));
      add('-D');
      add(at('held'));

      const said = await letIn(options({ allowAgent: true, agentSocket: at('agent.sock') }));

      assert.equal(said, 'in');
    });

    it('that refuses to sign is passed over, and named when nothing else works', async () => {
      keygen('-q', '-t', 'ed25519', '-N', '', '-f', at('asked'));
      await appendFile(path.join(server.directory, 'authorized_keys'), await readFile(at('asked.pub')));
      add('-D');
      // Each use must be confirmed, and nobody is there to do it.
      add('-c', at('asked'));
      const agentSocket = at('agent.sock');

      const other = await letIn(
        options({ allowAgent: true, agentSocket, privateKeyFile: at('asked'), sshArgs: ['-i', server.clientKeyFile] }),
      );
      const alone = await refusal(options({ allowAgent: true, agentSocket }));

      assert.equal(other, 'in');
      assert.match(alone.message, /refused to sign/);
    });

    it('that does not answer is mentioned', async () => {
      const error = await refusal(options({ allowAgent: true, agentSocket: at('nobody.sock') }));

      assert.deepEqual([error.code, /ssh-agent is of no use: .*ENOENT/.test(error.message)], ['AUTH_FAILED', true]);
    });

    it('lends itself to the host only when asked to', async () => {
      add('-D');
      add(server.clientKeyFile);
      await using client = new SSHClient();
      await client.connect(options({ privateKeyFile: server.clientKeyFile, agentSocket: at('agent.sock') }));

      const without = await client.run('ssh-add -l', { env: {} });
      const lent = await client.run('ssh-add -l', { agentForward: true });

      assert.equal(without.ok, false);
      assert.match(await lent.stdout.text(), /ED25519/);
    });
  });

  it('takes two keys where two are asked for', async () => {
    await using strict = await OpenSshServer.start({ config: ['AuthenticationMethods publickey,publickey'] });
    keygen('-q', '-t', 'ed25519', '-N', '', '-f', at('second'));
    await appendFile(path.join(strict.directory, 'authorized_keys'), await readFile(at('second.pub')));

    const one = await refusal(options({ privateKeyFile: strict.clientKeyFile }, strict));
    const both = await letIn(options({ privateKeyFile: strict.clientKeyFile, sshArgs: ['-i', at('second')] }, strict));

    assert.deepEqual([one.code, both], ['AUTH_FAILED', 'in']);
  });

  it('signs with what the server verifies, once told so', async () => {
    await using picky = await OpenSshServer.start({ config: ['PubkeyAcceptedAlgorithms rsa-sha2-256'] });
    keygen('-q', '-t', 'rsa', '-b', '2048', '-N', '', '-f', at('picky'));
    await copyFile(at('picky.pub'), path.join(picky.directory, 'authorized_keys'));
    await chmod(path.join(picky.directory, 'authorized_keys'), 0o644);

    const said = await letIn(options({ privateKeyFile: at('picky'), sshArgs: ['-o', 'PubkeyAcceptedAlgorithms=-rsa-sha2-512'] }, picky));
    const none = await refusal(options({ privateKeyFile: at('picky'), sshArgs: ['-o', 'PubkeyAcceptedAlgorithms=ssh-ed25519'] }, picky));

    assert.equal(said, 'in');
    assert.match(none.message, /Tried: nothing.*key .*picky: PubkeyAcceptedAlgorithms leaves it no signature algorithm/);
  });
});
