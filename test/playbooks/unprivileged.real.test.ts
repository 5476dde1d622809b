// The playbooks that need no root, played over a real sshd: three hosts that are three directories behind one server.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fromJson } from '#src/base/value';
import { Inventory } from '#src/inventory/inventory';
import type { PlayEvent, RecapCounts } from '#src/playbook/events';
import { Playbook } from '#src/playbook/playbook';
import { OpenSshServer } from '../support/openssh-server.ts';
import { needs } from '../support/real.ts';
import { PROJECT } from './private-host.ts';

const HOSTS = ['web01', 'web02', 'web03'];

describe('playbooks without root, over sshd', needs('sshd', 'ssh-keygen', 'tar', 'curl'), () => {
  let directory: string;
  let sshd: OpenSshServer;
  let inventory: Inventory;

  before(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-playbooks-'));
    sshd = await OpenSshServer.start();
    const reach = `ansible_host=127.0.0.1 ansible_port=${sshd.port} ansible_user=${sshd.user} ansible_ssh_private_key_file=${sshd.clientKeyFile}`;
    const hosts = HOSTS.map((name) => `${name} ${reach} ansible_ssh_common_args="-o UserKnownHostsFile=${sshd.knownHostsFile}"`);
    await writeFile(path.join(directory, 'hosts.ini'), `[web]\n${hosts.join('\n')}\n`);
    inventory = await Inventory.load([path.join(directory, 'hosts.ini')]);
  });
  after(async () => {
    await sshd.stop();
    await rm(directory, { recursive: true, force: true });
  });

  describe('rolling-deploy.yml', () => {
    let health: Server;
    let url: string;

    // The application of a host: what its current release holds.
    before(async () => {
      health = createServer((request, response) => {
        readFile(path.join(directory, request.url ?? '', 'current/health')).then(
          (text) => response.end(text),
          () => response.writeHead(503).end(),
        );
      });
      await new Promise<void>((resolve) => health.listen(0, '127.0.0.1', resolve));
      url = `http://127.0.0.1:${(health.address() as AddressInfo).port}`;
      await archive('1.0', { health: 'well\n' });
      await archive('2.0', { health: 'well\n' });
      await archive('3.0', { oops: 'no health here\n' });
    });
    after(async () => {
      health.closeAllConnections();
      await new Promise((resolve) => health.close(resolve));
    });

    const deploy = async (release: string): Promise<Record<string, RecapCounts>> =>
      await play('rolling-deploy.yml', {
        release,
        release_become: false,
        release_archives: path.join(directory, 'archives'),
        release_root: `${directory}/{{ inventory_hostname }}`,
        release_health: `${url}/{{ inventory_hostname }}`,
        release_restart: 'true',
        release_health_retries: 1,
        release_health_delay: 0,
        release_drain_seconds: 0,
      });
    const running = async (): Promise<string[]> =>
      await Promise.all(HOSTS.map(async (host) => path.basename(await readlink(path.join(directory, host, 'current')))));

    it('brings a release to all hosts, and changes nothing the second time', async () => {
      const first = await deploy('1.0');
      const again = await deploy('1.0');

      assert.ok(HOSTS.every((host) => (first[host]?.changed ?? 0) > 0 && first[host]?.failed === 0));
      assert.deepEqual(
        HOSTS.map((host) => [again[host]?.changed, again[host]?.failed]),
        HOSTS.map(() => [0, 0]),
      );
      assert.deepEqual(await running(), ['1.0', '1.0', '1.0']);
    });

    it('goes back where a release is ill, and leaves the other hosts alone', async () => {
      await deploy('2.0');

      const recap = await deploy('3.0');

      assert.equal(recap.web01?.failed, 1);
      assert.equal(recap.web02?.changed ?? 0, 0);
      assert.deepEqual(await running(), ['2.0', '2.0', '2.0']);
      assert.deepEqual((await readdir(path.join(directory, 'web02/releases'))).sort(), ['1.0', '2.0']);
      assert.ok(!(await readdir(path.join(directory, 'web01'))).includes('drained'));
    });

    async function archive(release: string, files: Readonly<Record<string, string>>): Promise<void> {
      const content = path.join(directory, 'content', release);
      await mkdir(content, { recursive: true });
      await mkdir(path.join(directory, 'archives'), { recursive: true });
      for (const [name, text] of Object.entries(files)) await writeFile(path.join(content, name), text);
      const done = spawnSync('tar', ['-czf', path.join(directory, 'archives', `app-${release}.tar.gz`), '-C', content, '.']);
      assert.equal(done.status, 0);
    }
  });

  describe('collect-logs.yml', () => {
    it('brings young logs of each host, leaves out large ones, and changes nothing the second time', async () => {
      const logs = path.join(directory, 'logs');
      await mkdir(path.join(logs, 'app'), { recursive: true });
      await writeFile(path.join(logs, 'app/access.log'), 'GET /\n');
      await writeFile(path.join(logs, 'huge.log'), 'x'.repeat(5000));
      await writeFile(path.join(logs, 'notes.txt'), 'no log\n');
      const vars = {
        collect_become: false,
        collect_paths: [logs],
        collect_bytes_at_most: 1000,
        collect_to: path.join(directory, 'collected'),
      };

      const first = await play('collect-logs.yml', vars);
      const again = await play('collect-logs.yml', vars);

      assert.deepEqual(
        HOSTS.map((host) => [first[host]?.changed, again[host]?.changed]),
        HOSTS.map(() => [1, 0]),
      );
      for (const host of HOSTS) {
        assert.equal(await readFile(path.join(directory, 'collected', host, logs, 'app/access.log'), 'utf8'), 'GET /\n');
        assert.deepEqual((await readdir(path.join(directory, 'collected', host, logs), { recursive: true })).sort(), [
          'app',
          'app/access.log',
        ]);
      }
    });
  });

  async function play(name: string, vars: Readonly<Record<string, unknown>>): Promise<Record<string, RecapCounts>> {
    const extraVars = fromJson(vars) as Map<string, never>;
    const playbook = Playbook.load([path.join(PROJECT, 'playbooks', name)], { extraVars });
    let last: PlayEvent | undefined;
    for await (const event of playbook.play({ inventory, extraVars })) last = event;
    assert.equal(last?.kind, 'recap');
    return Object.fromEntries(last.hosts);
  }
});
