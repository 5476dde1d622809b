// Tunnels through servers that answer late, or open what nobody asked for.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import ssh2, { type Connection } from 'ssh2';
import { SSHClient } from '#src/ssh/client';
import { generateKeyPair } from '#src/testing/key-pair';

describe('a server', () => {
  const hostKey = generateKeyPair('');
  let directory: string;
  let knownHosts: string;
  let server: InstanceType<typeof ssh2.Server>;
  const connections: Connection[] = [];
  /** Each opens at last what has been asked for. */
  const waiting: (() => void)[] = [];

  before(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-odd-'));
    server = new ssh2.Server({ hostKeys: [hostKey.privateKey] }, (connection) => {
      connection.on('error', () => {});
      connection.on('authentication', (attempt) => attempt.accept());
      connection.on('tcpip', (accept) => waiting.push(() => accept().end('late')));
      connection.on('request', (answer) => answer?.());
      connections.push(connection);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    knownHosts = path.join(directory, 'known_hosts');
    await writeFile(knownHosts, `[127.0.0.1]:${(server.address() as AddressInfo).port} ${hostKey.publicKey}\n`);
  });
  after(async () => {
    const closed = once(server, 'close');
    server.close();
    await closed;
    await rm(directory, { recursive: true, force: true });
  });

  const connected = async (client: SSHClient): Promise<void> => {
    const { port } = server.address() as AddressInfo;
    await client.connect({
      host: '127.0.0.1',
      port,
      user: 'ada',
      knownHostsFiles: [knownHosts],
      homeDirectory: directory,
      channelTimeoutMs: 500,
    });
  };

  it('whose target says nothing costs that one connection, and what opens too late is closed', async () => {
    await using client = new SSHClient();
    await connected(client);

    const first = await client.openDirect({ host: 'black.hole', port: 1 }).catch((error: unknown) => error);
    const { isOpen } = client;
    const second = client.openDirect({ host: 'slow', port: 1 });
    while (waiting.length < 2) await new Promise((resolve) => setImmediate(resolve));
    for (const open of waiting) open();
    const answer = await (await second).setEncoding('utf8').toArray();

    assert.equal((first as { code?: string }).code, 'CHANNEL_TIMEOUT');
    assert.equal(isOpen, true);
    assert.deepEqual(answer, ['late']);
  });

  it('that connects to us where nobody listens, or no longer does, is turned away', async () => {
    await using client = new SSHClient();
    await connected(client);
    const taken: unknown[] = [];
    const listener = await client.listenRemote({ host: 'localhost', port: 4_000 }, (channel) => {
      taken.push(channel);
      channel.destroy();
    });
    const connection = connections.at(-1);
    const open = async (port: number): Promise<boolean> =>
      await new Promise((resolve) => connection?.forwardOut('localhost', port, '10.0.0.9', 9, (error) => resolve(error === undefined)));

    const during = [await open(4_000), await open(4_001)];
    await listener.close();
    const afterwards = await open(4_000);

    assert.deepEqual([...during, afterwards], [true, false, false]);
    assert.equal(taken.length, 1);
  });
});
