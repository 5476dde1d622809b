// Very many sessions held at once: `node build/bench/fleet/ten-thousand.js [HOSTS...]`, 1,000 and then 10,000 when not given.
//
// The hosts are sessions on embedded servers in eight processes, so the machine does the work of both ends. The controller is the
// program itself: it connects to all, runs one command on each, folds the answers, and keeps every connection to the end.
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const HERE = import.meta.dirname;
const MAIN = path.resolve(HERE, '../../../dist/cli/main.js');
const SERVERS = 8;
const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [1_000, 10_000];
// What procfs counts CPU in.
const TICKS_PER_SECOND = 100;

interface Place {
  readonly port: number;
  readonly user: string;
  readonly privateKey: string;
  readonly knownHostsLine: string;
}

async function measure(size: number): Promise<void> {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'sshoal-bench-'));
  const servers: ChildProcess[] = [];
  try {
    for (let i = 0; i < SERVERS; i++) servers.push(fork(path.join(HERE, 'server-process.js')));
    const places = (await Promise.all(servers.map(async (server) => await once(server, 'message')))).map(([place]) => place as Place);
    const files = { hosts: path.join(scratch, 'hosts.ini'), known: path.join(scratch, 'known_hosts') };
    writeFileSync(files.known, places.map((place) => `${place.knownHostsLine}\n`).join(''));
    const keys = places.map(({ privateKey }, i) => {
      const file = path.join(scratch, `key${i}`);
      writeFileSync(file, privateKey, { mode: 0o600 });
      return file;
    });
    const line = (n: number): string => {
      const { port, user } = places[n % SERVERS] as Place;
      return `n${n} ansible_host=127.0.0.1 ansible_port=${port} ansible_user=${user} ansible_ssh_private_key_file=${keys[n % SERVERS]}\n`;
    };
    writeFileSync(files.hosts, Array.from({ length: size }, (_, n) => line(n)).join(''));

    const startedMs = performance.now();
    const flags = ['-i', files.hosts, '--known-hosts', files.known, '-f', '256', '-T', '60s', '--config', 'none'];
    const controller = spawn(process.execPath, [MAIN, 'run', 'all', ...flags, '--', 'echo', 'one answer'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    controller.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const watching = watch(controller.pid ?? 0);
    await once(controller, 'close');
    const seconds = (performance.now() - startedMs) / 1_000;
    const { cpuSeconds, peakMebi } = watching();
    const most = (await Promise.all(servers.map(mostOf))).reduce((all, one) => all + one, 0);

    console.log(`\n${size} hosts: ${said.trim().split('\n').at(-1)}`);
    console.log(`  sessions at once    ${most}`);
    console.log(`  wall                ${seconds.toFixed(1)} s`);
    console.log(`  controller, CPU     ${((cpuSeconds * 1_000) / size).toFixed(2)} ms a host`);
    console.log(`  controller, memory  ${peakMebi.toFixed(0)} MiB at most, ${((peakMebi * 1_024) / size).toFixed(0)} KiB a host`);
  } finally {
    for (const server of servers) if (server.connected) server.kill();
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Looks at a process until it ends. @returns Its CPU and its peak, as last seen. */
function watch(pid: number): () => { readonly cpuSeconds: number; readonly peakMebi: number } {
  let seen = { cpuSeconds: 0, peakMebi: 0 };
  const look = (): void => {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
      if (peak === null) return;
      seen = { cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND, peakMebi: Number(peak[1]) / 1_024 };
    } catch {
      // It has ended between two looks: the last one counts.
    }
  };
  const timer = setInterval(look, 50);
  return () => {
    clearInterval(timer);
    return seen;
  };
}

async function mostOf(server: ChildProcess): Promise<number> {
  server.send('stop');
  const [{ most }] = (await once(server, 'message')) as [{ most: number }];
  return most;
}

for (const size of sizes) await measure(size);
