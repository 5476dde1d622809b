// Host keys of a real OpenSSH sshd: policies, certificates, rotation, rekeying; and names beside ssh-keygen -F.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { SSHClient } from '#src/ssh/client';
import { KnownHosts } from '#src/ssh/host-keys/known-hosts';
import { AskPolicy, AutoAddPolicy, type MissingHostKeyPolicy, RejectPolicy, WarningPolicy } from '#src/ssh/host-keys/policies';
import type { ConnectOptions } from '#src/ssh/settings';
import { OpenSshServer } from '../../support/openssh-server.ts';
import { needs } from '../../support/real.ts';

describe('host keys of OpenSSH', needs('sshd', 'ssh-keygen'), () => {
  let directory: string;
  let server: OpenSshServer;
  const at = (name: string): string => path.join(directory, name);
  const keygen = (...args: string[]): string => {
    const done = spawnSync('ssh-keygen', args, { encoding: 'utf8' });
    if (done.status !== 0) throw new Error(done.stderr);
    return done.stdout;
  };
  const name = (to = server): string => `[127.0.0.1]:${to.port}`;
  const options = (more: Partial<ConnectOptions> = {}, to = server): ConnectOptions => ({
    host: '127.0.0.1',
    port: to.port,
    user: to.user,
    privateKeyFile: to.clientKeyFile,
    homeDirectory: directory,
    allowAgent: false,
    ...more,
  });
  const outcome = async (given: ConnectOptions): Promise<string> => {
    await using client = new SSHClient();
    return await client.connect(given).then(
      () => client.info?.hostKeyAlgorithm ?? '',
      (error: { code: string }) => error.code,
    );
  };
  const knowing = async (file: string, text: string): Promise<{ knownHostsFiles: string[] }> => {
    await writeFile(at(file), text);
    return { knownHostsFiles: [at(file)] };
  };

  before(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-host-keys-'));
    keygen('-q', '-t', 'ed25519', '-N', '', '-f', at('ca'));
    keygen('-q', '-t', 'ed25519', '-N', '', '-f', at('other-ca'));
    server = await OpenSshServer.start({ hostKeyTypes: ['ed25519', 'ecdsa', 'rsa'], config: ['RekeyLimit 1M'] });
  });
  after(async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  });

  describe('that nobody knows', () => {
    it('are refused, added, asked for or only told, as the policy says', async () => {
      const told: string[] = [];
      const policies: readonly [MissingHostKeyPolicy, boolean][] = [
        [new RejectPolicy(), false],
        [new AutoAddPolicy(), true],
        [new WarningPolicy(({ fingerprint }) => told.push(fingerprint)), false],
        [new AskPolicy(async () => await Promise.resolve(true)), true],
        [new AskPolicy(async () => await Promise.resolve(false)), false],
      ];

      const results: [string, boolean][] = [];
      for (const [i, [policy, isKept]] of policies.entries()) {
        const known = await knowing(`policy-${i}`, '');
        const end = await outcome(options({ ...known, hostKeyPolicy: policy }));
        const kept = (await readFile(at(`policy-${i}`), 'utf8')) !== '';
        results.push([end, kept]);
        assert.equal(kept, isKept);
      }

      assert.deepEqual(
        results.map(([end]) => end),
        ['HOST_KEY_UNKNOWN', 'ssh-ed25519', 'ssh-ed25519', 'ssh-ed25519', 'HOST_KEY_UNKNOWN'],
      );
      assert.match(told[0] ?? '', /^SHA256:/);
    });

    it('are refused whatever else than a yes a policy answers, and when it fails', async () => {
      const answers: readonly (() => unknown)[] = [
        () => true,
        () => undefined,
        () => 'yes',
        () => Promise.reject(new Error('no answer')),
        () => {
          throw new Error('broken');
        },
      ];

      const ends: string[] = [];
      for (const answer of answers) {
        const policy = { name: 'own', missingHostKey: answer } as unknown as MissingHostKeyPolicy;
        ends.push(await outcome(options({ knownHostsFiles: [at('nobody')], hostKeyPolicy: policy })));
      }

      assert.deepEqual(new Set(ends), new Set(['HOST_KEY_UNKNOWN']));
    });

    it('are refused when known_hosts cannot be read', async () => {
      assert.equal(await outcome(options({ knownHostsFiles: [directory], hostKeyPolicy: 'accept-new' })), 'KNOWN_HOSTS_UNREADABLE');
    });

    it('but known without their port are accepted, as ssh does', async () => {
      const plain = await knowing('portless', `127.0.0.1 ${server.hostKey()}\n`);
      const wrong = await knowing('portless-wrong', `127.0.0.1 ${(await readFile(at('ca.pub'), 'utf8')).trim()}\n`);

      assert.deepEqual([await outcome(options(plain)), await outcome(options(wrong))], ['ssh-ed25519', 'HOST_KEY_UNKNOWN']);
    });
  });

  it('of paramiko’s program are loaded, added and saved', async () => {
    await using client = new SSHClient();
    await writeFile(at('mine'), '');
    client.loadHostKeys(at('mine'));
    client.setMissingHostKeyPolicy(new AutoAddPolicy());

    await client.connect(options());
    await client.saveHostKeys(at('all'));

    const found = (await client.getHostKeys()).lookup(name());
    assert.deepEqual(
      found.map(({ type }) => type),
      ['ssh-ed25519'],
    );
    assert.equal(await readFile(at('all'), 'utf8'), await readFile(at('mine'), 'utf8'));
  });

  it('are asked for by the type that is known', async () => {
    const known = await knowing('ecdsa-only', `${name()} ${server.hostKey('ecdsa')}\n`);

    assert.equal(await outcome(options(known)), 'ecdsa-sha2-nistp256');
  });

  it('that are listed as revoked are refused, known or not, and a list that cannot be read refuses all', async () => {
    await writeFile(at('revoked'), `# gone\n${server.hostKey()}\n`);
    await writeFile(at('krl'), 'SSHKRL\n\0');
    const known = await knowing('known', `${name()} ${server.hostKey()}\n`);
    const revoking = (file: string): Partial<ConnectOptions> => ({ ...known, sshArgs: ['-o', `RevokedHostKeys=${at(file)}`] });

    const ends = [
      await outcome(options(revoking('revoked'))),
      await outcome(options(revoking('krl'))),
      await outcome(options(revoking('missing'))),
    ];

    assert.deepEqual(ends, ['HOST_KEY_REVOKED', 'KNOWN_HOSTS_UNREADABLE', 'KNOWN_HOSTS_UNREADABLE']);
  });

  it('stay the same while megabytes move and the keys change every megabyte, with an answer that takes its time', async () => {
    await using client = new SSHClient();
    await client.connect(
      options({
        knownHostsFiles: [at('slow-answer')],
        hostKeyPolicy: new AskPolicy(async () => await new Promise((resolve) => setTimeout(() => resolve(true), 60))),
      }),
    );

    const { stdout } = await client.run('head -c 8000000 /dev/zero');

    assert.equal(stdout.sizeBytes, 8_000_000);
  });

  describe('with certificates', () => {
    let certified: OpenSshServer;
    const certify = async (type: readonly string[], ...more: string[]): Promise<OpenSshServer> => {
      const file = at(`host-${[...type, ...more].join('').replaceAll(/\W/g, '')}`);
      keygen('-q', '-t', ...type, '-N', '', '-f', file);
      keygen('-q', '-s', at('ca'), '-I', 'host', '-h', ...more, `${file}.pub`);
      return await OpenSshServer.start({ config: ['RekeyLimit 1M', `HostKey ${file}`, `HostCertificate ${file}-cert.pub`] });
    };
    const trusting = async (to: OpenSshServer, line: (ca: string) => string): Promise<Partial<ConnectOptions>> => {
      const ca = (await readFile(at('ca.pub'), 'utf8')).trim();
      return await knowing(`trust-${to.port}`, `${line(ca)}\n`);
    };

    before(async () => {
      certified = await certify(['ed25519'], '-n', '127.0.0.1');
    });
    after(async () => await certified.stop());

    it('are accepted for the sake of who signed them, and stay so while the keys change', async () => {
      await using client = new SSHClient();
      await client.connect(options(await trusting(certified, (ca) => `@cert-authority ${name(certified)} ${ca}`), certified));

      const { stdout } = await client.run('head -c 4000000 /dev/zero');

      assert.equal(stdout.sizeBytes, 4_000_000);
    });

    it('are accepted by a pattern, and by the name without a port', async () => {
      const ends = [
        await outcome(options(await trusting(certified, (ca) => `@cert-authority [127.*]:* ${ca}`), certified)),
        await outcome(options(await trusting(certified, (ca) => `@cert-authority 127.0.0.* ${ca}`), certified)),
      ];

      assert.ok(
        ends.every((end) => end.startsWith('ssh-ed25519')),
        ends.join(),
      );
    });

    for (const [type, ...bits] of [['ecdsa'], ['ecdsa', '-b', '384'], ['ecdsa', '-b', '521'], ['rsa', '-b', '2048']] as const) {
      it(`of ${[type, ...bits].join(' ')} are accepted too, and stay so while the keys change`, async () => {
        await using other = await certify([type, ...bits], '-n', '127.0.0.1');
        await using client = new SSHClient();

        await client.connect(options(await trusting(other, (ca) => `@cert-authority * ${ca}`), other));
        const { stdout } = await client.run('head -c 3000000 /dev/zero');

        assert.equal(stdout.sizeBytes, 3_000_000);
        assert.match(client.info?.hostKeyAlgorithm ?? '', new RegExp(`^${type === 'rsa' ? 'rsa-sha2-512' : 'ecdsa-sha2-nistp'}`));
      });
    }

    it('are refused when signed by nobody known, by a revoked one, or for another host', async () => {
      const other = (await readFile(at('other-ca.pub'), 'utf8')).trim();

      const ends = [
        await outcome(options(await trusting(certified, () => `@cert-authority * ${other}`), certified)),
        await outcome(options(await trusting(certified, (ca) => `@cert-authority * ${ca}\n@revoked * ${ca}`), certified)),
        await outcome(
          options({ ...(await trusting(certified, (ca) => `@cert-authority * ${ca}`)), sshArgs: ['-o', 'HostKeyAlias=web07'] }, certified),
        ),
      ];

      assert.deepEqual(ends, ['HOST_KEY_UNKNOWN', 'HOST_KEY_REVOKED', 'HOST_KEY_UNKNOWN']);
    });

    it('of a revoked authority are refused even where the key in them is known, as ssh does', async () => {
      const plain = (await readFile(at('host-ed25519n127001.pub'), 'utf8')).trim();
      const ca = (await readFile(at('ca.pub'), 'utf8')).trim();
      const trust = `@cert-authority * ${ca}\n${name(certified)} ${plain}\n`;
      await writeFile(at('revoked-ca'), `${ca}\n`);

      const ends = [
        await outcome(options(await knowing('ca-trusted', trust), certified)),
        await outcome(options(await knowing('ca-revoked', `${trust}@revoked * ${ca}\n`), certified)),
        await outcome(
          options({ ...(await knowing('ca-listed', trust)), sshArgs: ['-o', `RevokedHostKeys=${at('revoked-ca')}`] }, certified),
        ),
      ];

      assert.deepEqual(ends, ['ssh-ed25519', 'HOST_KEY_REVOKED', 'HOST_KEY_REVOKED']);
    });

    it('that have expired are refused, unless the key in them is known', async () => {
      await using old = await certify(['ed25519'], '-n', '127.0.0.1', '-V', '-2d:-1d');
      const ca = (await readFile(at('ca.pub'), 'utf8')).trim();
      const plain = (await readFile(at('host-ed25519n127001V2d1d.pub'), 'utf8')).trim();

      const refused = await outcome(options(await knowing('expired', `@cert-authority * ${ca}\n`), old));
      const known = await outcome(options(await knowing('expired-known', `@cert-authority * ${ca}\n${name(old)} ${plain}\n`), old));

      assert.equal(refused, 'HOST_KEY_UNKNOWN');
      assert.match(known, /^ssh-ed25519/);
    });

    it('for users are no host certificates', async () => {
      const file = at('host-user');
      keygen('-q', '-t', 'ed25519', '-N', '', '-f', file);
      keygen('-q', '-s', at('ca'), '-I', 'host', '-n', '127.0.0.1', `${file}.pub`);
      await copyFile(`${file}-cert.pub`, `${file}-as-host.pub`);
      await using wrong = await OpenSshServer.start({ config: [`HostKey ${file}`, `HostCertificate ${file}-as-host.pub`] }).catch(
        () => undefined,
      );
      // sshd itself may refuse to start with it; then there is nothing to be fooled by.
      const end =
        wrong === undefined ? 'HOST_KEY_UNKNOWN' : await outcome(options(await trusting(wrong, (ca) => `@cert-authority * ${ca}`), wrong));

      assert.equal(end, 'HOST_KEY_UNKNOWN');
    });
  });

  it('that a server gives up for new ones are followed from one run of it to the next', async () => {
    for (const key of ['first', 'second']) keygen('-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', at(key));
    const [first, second] = await Promise.all(['first', 'second'].map(async (key) => (await readFile(at(`${key}.pub`), 'utf8')).trim()));
    let port: number | undefined;
    const known = { knownHostsFiles: [at('followed')], updateHostKeys: true };
    const run = async (...keys: string[]): Promise<string[]> => {
      const config = keys.map((key) => `HostKey ${at(key)}`);
      await using one = await OpenSshServer.start({ hostKeyTypes: [], config, ...(port === undefined ? {} : { port }) });
      if (port === undefined) await writeFile(at('followed'), `# kept\n${name(one)} ${first}\n`);
      port = one.port;
      await using client = new SSHClient();
      await client.connect(options(known, one));
      // The server proves its keys before it answers these; closing waits until they are written down.
      await client.run('true');
      await client.run('true');
      await client.close();
      return (await readFile(at('followed'), 'utf8')).replaceAll(name(one), 'host').split('\n');
    };

    const texts = [await run('first'), await run('first', 'second'), await run('second')];

    assert.deepEqual(texts, [
      ['# kept', `host ${first}`, ''],
      ['# kept', `host ${first}`, `host ${second}`, ''],
      ['# kept', `host ${second}`, ''],
    ]);
  });

  it('under an alias are written and found where ssh itself finds them', async () => {
    const file = at('alias');
    const alias = ['-o', 'HostKeyAlias=Fleet', '-o', `UserKnownHostsFile=${file}`, '-o', 'GlobalKnownHostsFile=/dev/null'];
    await writeFile(file, '');

    const end = await outcome(options({ sshArgs: alias, hostKeyPolicy: 'accept-new' }));
    const ssh = spawnSync(
      'ssh',
      ['-F', 'none', '-p', `${server.port}`, '-i', server.clientKeyFile, ...alias, '-o', 'BatchMode=yes', '127.0.0.1', 'exit 7'],
      { encoding: 'utf8', timeout: 10_000 },
    );

    assert.deepEqual([end, ssh.status, await readFile(file, 'utf8')], ['ssh-ed25519', 7, `fleet ${server.hostKey()}\n`], ssh.stderr);
  });

  it('are found by the names by which ssh-keygen finds them', async () => {
    const line = server.hostKey();
    const hosts = fc.stringMatching(/^[a-z0-9*?.-]{1,8}$/);
    const asked = fc.stringMatching(/^[a-z0-9.-]{1,8}$/);
    const patterns = fc.array(fc.tuple(fc.boolean(), hosts), { minLength: 1, maxLength: 3 });
    const samples = fc.sample(fc.tuple(patterns, asked), { numRuns: 60, seed: 7 });

    for (const [i, [list, host]] of samples.entries()) {
      const field = list.map(([negated, pattern]) => `${negated && i % 3 === 0 ? '!' : ''}${pattern}`).join(',');
      const text = `${field} ${line}\n`;
      await writeFile(at('find'), text);
      const found = spawnSync('ssh-keygen', ['-F', host, '-f', at('find')]).status === 0;
      if (i % 4 === 0 && !/[*?!,]/.test(field)) {
        spawnSync('ssh-keygen', ['-q', '-H', '-f', at('find')]);
        assert.equal(
          KnownHosts.parse([{ file: 'f', text: await readFile(at('find'), 'utf8') }]).entries(host).length > 0,
          found,
          `hashed ${field} ${host}`,
        );
      }

      assert.equal(KnownHosts.parse([{ file: 'f', text }]).entries(host).length > 0, found, `${field} asked for ${host}`);
    }
  });
});
