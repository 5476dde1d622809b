// What a server may ask of a person: several questions, a second factor, a new password. The server is npm ssh2's own.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, before, describe, it } from 'node:test';
import ssh2, { type AuthContext } from 'ssh2';
import type { LoginQuestion } from '#src/ssh/ask';
import { SSHClient } from '#src/ssh/client';
import type { ConnectOptions } from '#src/ssh/settings';
import { generateKeyPair } from '#src/testing/key-pair';

type Server = InstanceType<typeof ssh2.Server>;

describe('a server that asks', () => {
  const hostKey = generateKeyPair('');
  let directory: string;
  let server: Server | undefined;

  before(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-questions-'));
    return async () => await rm(directory, { recursive: true, force: true });
  });
  afterEach(async () => {
    const closed = server === undefined ? undefined : once(server, 'close');
    server?.close();
    await closed;
  });

  async function serve(decide: (attempt: AuthContext) => void): Promise<ConnectOptions> {
    server = new ssh2.Server({ hostKeys: [hostKey.privateKey], banner: 'Authorised \x1b[2Jonly\n' }, (connection) => {
      connection.on('error', () => {});
      connection.on('authentication', decide);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const knownHosts = path.join(directory, `known_hosts_${port}`);
    await writeFile(knownHosts, `[127.0.0.1]:${port} ${hostKey.publicKey}\n`);
    return { host: '127.0.0.1', port, user: 'deploy', knownHostsFiles: [knownHosts], homeDirectory: directory, allowAgent: false };
  }

  it('several questions at once gets an answer to each, and shows which may be seen', async () => {
    const asked: LoginQuestion[] = [];
    const options = await serve((attempt) => {
      if (attempt.method !== 'keyboard-interactive') return attempt.reject(['keyboard-interactive']);
      const prompts = [
        { prompt: 'Token\x07: ', echo: true },
        { prompt: 'PIN: ', echo: false },
      ];
      attempt.prompt(prompts, 'Two factors', 'Look at your phone', (answers) => {
        if (answers?.join() === '123456,0000') attempt.accept();
        else attempt.reject();
      });
    });
    await using client = new SSHClient();

    await client.connect({
      ...options,
      questions: {
        prompts: async (question) => {
          asked.push(question);
          return await Promise.resolve(['123456', '0000']);
        },
      },
    });

    assert.deepEqual(asked, [
      {
        host: '127.0.0.1',
        name: 'Two factors',
        instructions: 'Look at your phone',
        prompts: [
          { text: 'Token\\x07: ', echo: true },
          { text: 'PIN: ', echo: false },
        ],
      },
    ]);
    assert.equal(client.info?.banner.trim(), 'Authorised \\x1b[2Jonly');
  });

  it('for a password and then for a code is given both', async () => {
    let partly = false;
    const options = await serve((attempt) => {
      if (attempt.method === 'password' && attempt.password === 'secret') {
        partly = true;
        return attempt.reject(['keyboard-interactive'], true);
      }
      if (!partly || attempt.method !== 'keyboard-interactive') return attempt.reject(['password']);
      attempt.prompt([{ prompt: 'Code: ', echo: false }], (answers) => {
        if (answers?.[0] === '42') attempt.accept();
        else attempt.reject();
      });
    });
    await using client = new SSHClient();

    await client.connect({ ...options, password: 'secret', questions: { prompts: async () => await Promise.resolve(['42']) } });

    assert.equal(client.isOpen, true);
  });

  it('a question that nobody is there to answer is named in the error', async () => {
    const options = await serve((attempt) => {
      if (attempt.method !== 'keyboard-interactive') return attempt.reject(['keyboard-interactive']);
      attempt.prompt(
        [
          { prompt: 'Verification code: ', echo: false },
          { prompt: 'Again: ', echo: false },
        ],
        () => attempt.reject(),
      );
    });

    await assert.rejects(new SSHClient().connect({ ...options, password: 'secret' }), {
      code: 'AUTH_FAILED',
      message: /the server asks "Verification code:", and nobody is there to answer/,
    });
  });

  it('for a new password gets one from a person', async () => {
    let changed = '';
    const options = await serve((attempt) => {
      if (attempt.method !== 'password') return attempt.reject(['password']);
      attempt.requestChange('Your password has expired', (password) => {
        changed = password;
        attempt.accept();
      });
    });
    await using client = new SSHClient();

    await client.connect({ ...options, password: 'old', questions: { prompts: async () => await Promise.resolve(['new']) } });

    assert.equal(changed, 'new');
  });

  it('for a new password, with nobody there, leads to an error that says so', async () => {
    const options = await serve((attempt) => {
      if (attempt.method !== 'password') return attempt.reject(['password']);
      attempt.requestChange('Your password has expired', () => {});
    });

    await assert.rejects(new SSHClient().connect({ ...options, password: 'old' }), {
      code: 'AUTH_FAILED',
      message: /the server asks "Your password has expired", and nobody is there to answer/,
    });
  });

  it('is shown no password before its keys have been refused', async () => {
    const seen: string[] = [];
    const key = generateKeyPair('');
    const file = path.join(directory, 'key');
    await writeFile(file, key.privateKey, { mode: 0o600 });
    const options = await serve((attempt) => {
      seen.push(attempt.method);
      if (attempt.method === 'password') attempt.accept();
      else attempt.reject(['password', 'publickey']);
    });
    await using client = new SSHClient();

    await client.connect({ ...options, password: 'secret', privateKeyFile: file });

    assert.deepEqual(seen, ['none', 'publickey', 'password']);
  });
});
