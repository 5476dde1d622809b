// Logging in with a password, on the embedded server.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { SSHClient } from '#src/ssh/client';
import type { ConnectOptions } from '#src/ssh/settings';
import { EmbeddedServer } from '#src/testing/embedded-server';

describe('a password', () => {
  let directory: string;
  let server: EmbeddedServer;
  let options: ConnectOptions;

  before(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-password-'));
    server = await EmbeddedServer.start({ password: 'correct horse' });
    const knownHosts = path.join(directory, 'known_hosts');
    await writeFile(knownHosts, `${server.knownHostsLine}\n`);
    options = {
      host: server.host,
      port: server.port,
      user: server.user,
      knownHostsFiles: [knownHosts],
      homeDirectory: directory,
      localUser: 'nobody',
    };
  });
  after(async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it('lets in when it is right', async () => {
    const client = new SSHClient();

    await client.connect({ ...options, password: 'correct horse' });

    assert.equal(client.isOpen, true);
    await client.close();
  });

  it('that is wrong leads to an error that says what was tried, and never the password', async () => {
    const client = new SSHClient();

    const error: unknown = await client.connect({ ...options, password: 'battery staple' }).catch((reason: unknown) => reason);

    assert.ok(error instanceof Error && 'code' in error && 'fix' in error);
    assert.equal(error.code, 'AUTH_FAILED');
    assert.match(error.message, /Tried: .*password/);
    assert.equal(`${error.message}${String(error.fix)}`.includes('battery'), false);
  });

  it('is named as the way in when none was given', async () => {
    const client = new SSHClient();

    await assert.rejects(
      client.connect(options),
      (error: Error & { fix?: string }) => error.fix?.includes('give the password with -k') === true,
    );
  });
});
