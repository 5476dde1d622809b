// An embedded fleet: its inventory leads to its hosts, its faults hit one host only, and its end is complete.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { ConnectConfig } from 'ssh2';
import { EmbeddedFleet } from '#src/testing/embedded-fleet';
import { logIn, logOut, run } from '../support/bare-client.js';

/** What a client reads of the inventory and its files: nothing else leads to a host. */
async function byInventory({ inventoryFile }: EmbeddedFleet, name: string): Promise<ConnectConfig> {
  const inventory = await readFile(inventoryFile, 'utf8');
  const line = inventory.split('\n').find((text) => text.startsWith(`${name} `)) ?? '';
  const variable = (key: string): string => new RegExp(` ansible_${key}=(\\S+)`).exec(line)?.[1] ?? '';
  const knownHostsFile = /UserKnownHostsFile=([^\s']+)/.exec(inventory)?.[1] ?? '';
  const [host, port] = [variable('host'), Number(variable('port'))];
  const knownHosts = (await readFile(knownHostsFile, 'utf8')).split('\n').map((entry) => entry.split(' '));
  const known = knownHosts.find(([address]) => address === `[${host}]:${port}`)?.[2];
  return {
    host,
    port,
    username: variable('user'),
    privateKey: await readFile(variable('ssh_private_key_file')),
    hostVerifier: (key: Buffer) => key.toString('base64') === known,
  };
}

describe('an embedded fleet', () => {
  it('is reached through its inventory, each host with a key and a directory of its own', async () => {
    await using fleet = await EmbeddedFleet.start({ hosts: 3 });
    const names = [...fleet.hosts.keys()];

    const homes = await Promise.all(
      names.map(async (name) => {
        const client = await logIn(await byInventory(fleet, name));
        const { stdout } = await run(client, 'pwd');
        await logOut(client);
        return path.basename(stdout.trim());
      }),
    );

    assert.deepEqual(names, ['web01', 'web02', 'web03']);
    assert.deepEqual(homes, names);
    assert.equal(new Set([...fleet.hosts.values()].map(({ hostKey }) => hostKey)).size, 3);
    assert.equal(await readFile(fleet.inventoryFile, 'utf8'), fleet.inventory);
    assert.equal((await stat(fleet.privateKeyFile)).mode & 0o777, 0o600);
  });

  it('lets one host fail and the others go on', async () => {
    await using fleet = await EmbeddedFleet.start({ hosts: ['db-1', 'db-2'] });
    fleet.host('db-1').refuse();

    await assert.rejects(logIn(await byInventory(fleet, 'db-1')), { code: 'ECONNREFUSED' });
    const client = await logIn(await byInventory(fleet, 'db-2'));
    const ended = await run(client, 'echo up');
    await logOut(client);

    assert.equal(ended.stdout, 'up\n');
  });

  it('starts and stops 300 hosts, and leaves no file of them', async (test) => {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-hosts-'));
    test.after(() => rm(directory, { recursive: true }));
    const fleet = await EmbeddedFleet.start({ hosts: 300, directory });
    const ports = new Set([...fleet.hosts.values()].map(({ port }) => port));
    const names = [...fleet.hosts.keys()];

    await fleet.stop();
    await fleet.stop();

    assert.equal(ports.size, 300);
    assert.deepEqual([names[0], names[299]], ['web001', 'web300']);
    assert.equal(existsSync(fleet.privateKeyFile), false);
    assert.equal((await readdir(directory)).length, 300);
  });

  it('says which hosts it cannot have, and which it has not', async () => {
    await using fleet = await EmbeddedFleet.start({ hosts: 1 });

    for (const hosts of [0, 1.5, [], ['a', 'a'], ['../a'], ['a b'], ['-a']]) {
      await assert.rejects(EmbeddedFleet.start({ hosts }), { code: 'EMBEDDED_BAD_HOSTS' });
    }
    assert.throws(() => fleet.host('web02'), { code: 'EMBEDDED_NO_SUCH_HOST', fix: 'Its hosts are web01' });
  });
});
