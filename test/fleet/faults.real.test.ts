// Large fleets over a real OpenSSH sshd while hosts are dead, freeze, flood, lose their line, or somebody ends the run.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Assignment, Instruction, Outcome } from '#src/fleet/events';
import { Fleet } from '#src/fleet/fleet';
import type { Target } from '#src/fleet/target';
import { sshoal } from '../cli/program-run.ts';
import { freePort, OpenSshServer, onlyRoot } from '../support/openssh-server.ts';
import { TcpProxy } from '../support/proxy.ts';
import { needs } from '../support/real.ts';

const HOSTS = 160;
const MEBI = 1024 * 1024;

describe('a large fleet', needs('sshd', 'ssh-keygen'), () => {
  let server: OpenSshServer;
  let directory: string;
  let knownHosts: string;

  before(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-fleet-faults-'));
    knownHosts = path.join(directory, 'known_hosts');
    server = await OpenSshServer.start({ config: ['MaxStartups 300', 'MaxSessions 10'] });
  });
  after(async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const hostNames = (count = HOSTS): string[] => Array.from({ length: count }, (_, i) => `h${String(i + 1).padStart(3, '0')}`);

  /** Hosts that all lead to the one server, some by a road of their own. */
  async function targets(names: readonly string[], portOf: (host: string) => number): Promise<Target[]> {
    const ports = new Set(names.map(portOf));
    await writeFile(knownHosts, [...ports].map((port) => `[127.0.0.1]:${port} ${server.hostKey()}\n`).join(''));
    const { user, clientKeyFile: privateKeyFile } = server;
    const spec = { kind: 'ssh', address: '127.0.0.1', user, privateKeyFile, knownHostsFiles: [knownHosts], connectTimeoutMs: 20_000 };
    return names.map((name) => ({ name, spec: { ...spec, name, port: portOf(name) } }));
  }

  it('gives every host its outcome, though some are dead, freeze, flood or lose their line', async () => {
    const names = hostNames();
    const dead = new Set(names.slice(0, 8));
    const frozen = new Set(names.slice(8, 16));
    const [cut = '', flood = ''] = names.slice(16, 18);
    await using ice = await TcpProxy.start(server.port);
    await using line = await TcpProxy.start(server.port);
    const closed = await freePort();
    const portOf = (host: string): number =>
      dead.has(host) ? closed : frozen.has(host) ? ice.port : host === cut ? line.port : server.port;
    await using fleet = new Fleet(await targets(names, portOf), { forks: 48 });
    const instructionOf = (host: string): Instruction => {
      const common = { kind: 'script', timeoutMs: 6_000, live: frozen.has(host) || host === cut } as const;
      if (host === flood) return { ...common, script: 'exec yes', timeoutMs: 4_000, keepBytes: MEBI };
      if (frozen.has(host) || host === cut) return { ...common, script: 'echo begun; sleep 100' };
      return { ...common, script: 'echo fine' };
    };
    const before = process.memoryUsage().rss;
    let peak = 0;

    const outcomes = new Map<string, Outcome>();
    const begun = new Set<string>();
    for await (const event of fleet.perform(names.map((host): Assignment => ({ host, instruction: instructionOf(host) })))) {
      peak = Math.max(peak, process.memoryUsage().rss);
      if (event.kind === 'finished') {
        assert.ok(!outcomes.has(event.host), `${event.host} ended twice`);
        outcomes.set(event.host, event.outcome);
      } else if (event.kind === 'output') {
        begun.add(event.host);
        if (event.host === cut) line.cut();
        if ([...frozen].every((host) => begun.has(host))) ice.swallow();
      }
    }

    const ended = (host: string): readonly unknown[] => [outcomes.get(host)?.status, outcomes.get(host)?.error?.code];
    assert.equal(outcomes.size, HOSTS);
    for (const host of dead) assert.deepEqual(ended(host), ['unreachable', 'CONNECT_REFUSED'], host);
    for (const host of frozen) assert.deepEqual(ended(host), ['timed-out', 'TIMED_OUT'], host);
    assert.deepEqual(ended(cut), ['unreachable', 'CONNECTION_LOST']);
    assert.deepEqual([...ended(flood), outcomes.get(flood)?.stdout?.byteLength], ['timed-out', 'TIMED_OUT', MEBI]);
    for (const host of names.slice(18)) assert.deepEqual(ended(host), ['ok', undefined], host);
    assert.ok(peak - before < 400 * MEBI, `it grew by ${Math.round((peak - before) / MEBI)} MiB`);
  });

  it('sends a file to all, though one loses its line in the middle', async () => {
    const names = hostNames(140);
    await using line = await TcpProxy.start(server.port, { bytesPerSecond: 4 * MEBI });
    const [cut = ''] = names;
    await using fleet = new Fleet(await targets(names, (host) => (host === cut ? line.port : server.port)), { forks: 32, transfers: 8 });
    const source = path.join(directory, 'source');
    await writeFile(source, Buffer.alloc(2 * MEBI, 7));
    const place = path.join(directory, 'sent');
    await mkdir(place);

    const outcomes: Outcome[] = [];
    const put = (host: string): Instruction => ({ kind: 'put', localPath: source, remotePath: path.join(place, host) });
    for await (const event of fleet.perform(names.map((host) => ({ host, instruction: put(host) })))) {
      if (event.kind === 'progress' && event.host === cut && event.doneBytes > 0) line.cut();
      if (event.kind === 'finished') outcomes.push(event.outcome);
    }

    assert.deepEqual(
      outcomes.filter(({ status }) => status !== 'ok').map(({ host, status, error }) => [host, status, error?.code]),
      [[cut, 'unreachable', 'CONNECTION_LOST']],
    );
    const sizes = await Promise.all(names.slice(1).map(async (host) => (await stat(path.join(place, host))).size));
    assert.deepEqual(new Set(sizes), new Set([2 * MEBI]));
  });

  describe('as a program', () => {
    /** An inventory of so many hosts, and the flags to reach them. */
    async function reach(count: number): Promise<string[]> {
      const file = path.join(directory, `${randomUUID()}.ini`);
      const vars = `ansible_host=127.0.0.1 ansible_port=${server.port} ansible_user=${server.user}`;
      await writeFile(
        file,
        hostNames(count)
          .map((host) => `${host} ${vars}\n`)
          .join(''),
      );
      return ['-i', file, '--private-key', server.clientKeyFile, '--known-hosts', server.knownHostsFile];
    }

    it('ends all that runs on SIGTERM, and says how each host ended', async () => {
      const flags = await reach(150);
      const mark = randomUUID();
      let ended = false;

      const { code, stdout } = await sshoal(['run', 'all', ...flags, '-f', '40', '-o', 'jsonl', '--', 'sh', '-c', `sleep 100; : ${mark}`], {
        onStdout: (text, kill) => {
          if (ended || (text.match(/"event":"host-started"/g)?.length ?? 0) < 40) return;
          ended = true;
          kill('SIGTERM');
        },
      });

      const lines = stdout
        .trimEnd()
        .split('\n')
        .map((text) => JSON.parse(text) as { event: string; status?: string });
      const finished = lines.filter(({ event }) => event === 'host-finished');
      assert.equal(code, 130);
      assert.equal(finished.length, 150);
      assert.deepEqual(new Set(finished.map(({ status }) => status)), new Set(['cancelled']));
      assert.equal(lines.at(-1)?.event, 'run-finished');
      const left = spawnSync('pgrep', ['-f', `: ${mark}`], { encoding: 'utf8' });
      assert.equal(left.stdout, '');
    });

    it('goes on when the disk of --outdir is full, and says so', { ...onlyRoot }, async () => {
      const flags = await reach(140);
      const full = path.join(directory, 'full');
      await mkdir(full);
      spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', full]);
      try {
        const command = 'head -c 20000 /dev/zero | tr "\\\\0" x';
        const { code, stdout, stderr } = await sshoal(['run', 'all', ...flags, '--outdir', path.join(full, 'out'), '-o', 'json', command]);

        const { hosts } = JSON.parse(stdout) as { hosts: Record<string, { status: string; stdout: string }> };
        assert.equal(code, 2);
        assert.match(stderr, /OUTPUT_UNWRITABLE/);
        assert.match(stderr, /no space left|ENOSPC|full/i);
        assert.equal(Object.keys(hosts).length, 140);
        assert.ok(Object.values(hosts).every((host) => host.status === 'ok' && host.stdout.length === 20_000));
        assert.ok((await readdir(path.join(full, 'out'))).length > 0);
      } finally {
        spawnSync('umount', [full]);
      }
    });

    it('begins with no further host once more than --max-fail of them failed, and exits with 2', async () => {
      const flags = await reach(150);

      const { code, stdout } = await sshoal(['run', 'all', ...flags, '-f', '4', '--max-fail', '2%', '-o', 'json', '--', 'false']);

      const { hosts } = JSON.parse(stdout) as { hosts: Record<string, { status: string }> };
      const counts = { failed: 0, cancelled: 0 } as Record<string, number>;
      for (const { status } of Object.values(hosts)) counts[status] = (counts[status] ?? 0) + 1;
      assert.equal(code, 2);
      assert.equal(Object.keys(hosts).length, 150);
      assert.ok((counts.failed ?? 0) >= 4 && (counts.failed ?? 0) <= 12, JSON.stringify(counts));
      assert.equal((counts.failed ?? 0) + (counts.cancelled ?? 0), 150);
    });

    it('ends everything after --deadline, batch by batch', async () => {
      const flags = await reach(6);

      const { code, stdout } = await sshoal(['run', 'all', ...flags, '--batch', '2', '--deadline', '3s', '-o', 'json', 'sleep 2']);

      const { hosts } = JSON.parse(stdout) as { hosts: Record<string, { status: string; error?: { message: string } }> };
      const statuses = hostNames(6).map((host) => hosts[host]?.status);
      assert.equal(code, 2);
      assert.deepEqual(statuses.slice(0, 2), ['ok', 'ok']);
      assert.deepEqual(statuses.slice(4), ['timed-out', 'timed-out']);
      assert.match(hosts.h006?.error?.message ?? '', /The whole run was not done within 3\.0s/);
    });
  });
});
