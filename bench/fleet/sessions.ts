// Very many sessions held at once, on embedded servers in eight processes: the machine does the work of both ends. It does not know
// what the controller does on them.
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const HERE = import.meta.dirname;
const MAIN = path.resolve(HERE, '../../../dist/cli/main.js');
const SERVERS = 8;
// What procfs counts CPU in.
const TICKS_PER_SECOND = 100;

interface Place {
  readonly port: number;
  readonly user: string;
  readonly privateKey: string;
  readonly knownHostsLine: string;
}

export interface Measured {
  readonly stdout: string;
  readonly exitCode: number | null;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMebi: number;
  /** Sessions at once, as the servers saw them. */
  readonly most: number;
}

/** Runs the program itself over so many hosts. @param words - From the verb on, without whom it reaches and how. */
export async function onSessions(size: number, words: readonly string[]): Promise<Measured> {
  return await onServers(size, async ({ flags, servers }) => {
    const measured = await runOn(flags, words);
    const most = (await Promise.all(servers.map(mostOf))).reduce((all, one) => all + one, 0);
    return { ...measured, most };
  });
}

/** So many hosts. */
export interface Hosts {
  /** Who is reached and how. */
  readonly flags: readonly string[];
  readonly servers: readonly ChildProcess[];
  /** A directory for as long as they are there. */
  readonly scratch: string;
}

/** Starts servers, uses them, and ends them. */
export async function onServers<T>(size: number, use: (hosts: Hosts) => Promise<T>): Promise<T> {
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

    const flags = ['-i', files.hosts, '--known-hosts', files.known, '-f', '256', '-T', '60s', '--config', 'none'];
    return await use({ flags, servers, scratch });
  } finally {
    for (const server of servers) if (server.connected) server.kill();
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Runs the program with these flags. */
export async function runOn(flags: readonly string[], [verb = '', ...words]: readonly string[]): Promise<Omit<Measured, 'most'>> {
  const startedMs = performance.now();
  const controller = spawn(process.execPath, [MAIN, verb, ...flags, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  let stdout = '';
  controller.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  const watching = watch(controller.pid ?? 0);
  const [exitCode] = (await once(controller, 'close')) as [number | null];
  return { stdout, exitCode, seconds: (performance.now() - startedMs) / 1_000, ...watching() };
}

/** The CPU that a process has used so far. */
export function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Looks at a process until it ends. @returns Its CPU and its peak, as last seen. */
function watch(pid: number): () => { readonly cpuSeconds: number; readonly peakMebi: number } {
  let seen = { cpuSeconds: 0, peakMebi: 0 };
  const look = (): void => {
    try {
      const cpuSeconds = cpuSecondsOf(pid);
      const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
      if (peak === null) return;
      seen = { cpuSeconds, peakMebi: Number(peak[1]) / 1_024 };
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
