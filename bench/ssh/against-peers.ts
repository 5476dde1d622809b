// The SSH layer beside its peers, each job by each of them in turn on one sshd: `node build/bench/ssh/against-peers.js [ROUNDS] [SECTION...]`.
//
// Sections: connect, exec, file, tree, delay, idle. Every figure is the best of the rounds; peers that are not installed are left out.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SSHClient } from 'sshoal';
import { best, type Contender, has, type Run, table } from '../measure.ts';
import { startChild } from './delay-proxy.ts';
import { type BenchServer, startServer } from './sshd.ts';

const HERE = import.meta.dirname;
const SOURCES = path.resolve(HERE, '../../../bench/ssh');
const NODE = process.execPath;
const [roundsWord, ...sections] = process.argv.slice(2);
const rounds = Number(roundsWord ?? 3);

function jobs(server: BenchServer, port: number, ...words: string[]): Contender[] {
  const [job = '', ...rest] = words;
  const all = [job, String(port), server.user, server.keyFile, server.knownHostsFile, ...rest];
  const python = '/usr/bin/python3';
  return [
    { name: 'sshoal', command: [NODE, path.join(HERE, 'ours.js'), ...all] },
    { name: 'bare npm ssh2', command: [NODE, path.join(HERE, 'bare-ssh2.js'), ...all] },
    ...(has(python, '-c', 'import paramiko')
      ? [{ name: 'paramiko', command: [python, path.join(SOURCES, 'paramiko_jobs.py'), ...all] }]
      : []),
    ...(has(python, '-W', 'ignore', '-c', 'import asyncssh')
      ? [{ name: 'asyncssh', command: [python, path.join(SOURCES, 'asyncssh_jobs.py'), ...all] }]
      : []),
  ];
}

function sshFlags(server: BenchServer, port: number): string[] {
  return [
    '-i',
    server.keyFile,
    '-o',
    `UserKnownHostsFile=${server.knownHostsFile}`,
    '-o',
    'StrictHostKeyChecking=yes',
    '-o',
    `Port=${port}`,
  ];
}

function sftp(server: BenchServer, port: number, batch: string): Contender {
  const flags = sshFlags(server, port)
    .map((word) => `'${word}'`)
    .join(' ');
  return {
    name: 'OpenSSH sftp',
    command: ['bash', '-c', `printf '%s\\n' "$1" | sftp -q -b - ${flags} ${server.user}@127.0.0.1`, 'sftp', batch],
  };
}

/** CPU of one more connection: the start of the program is taken away. */
function connectSection(server: BenchServer): void {
  const [few, many] = [100, 400];
  const [small, large] = [few, many].map((count) => best(jobs(server, server.port, 'connect', String(count)), rounds));
  const rows = [...(large ?? [])].map(([name, result]): [string, number] => [
    name,
    ((result.cpuSeconds - (small?.get(name)?.cpuSeconds ?? 0)) / (many - few)) * 1_000,
  ]);
  table('connect + one command, CPU of the client for each host', rows, 'ms', false);
}

function execSection(server: BenchServer): void {
  const [few, many] = [50, 350];
  const control = path.join(server.directory, 'control');
  const flags = sshFlags(server, server.port);
  const mux = ['-S', control, `${server.user}@127.0.0.1`];
  // Its streams stay open with it: nobody may wait for their end.
  spawnSync('ssh', [...flags, '-M', '-N', '-f', ...mux], { stdio: 'ignore' });
  const viaMux = (count: number): Contender => ({
    name: 'ssh -S (mux)',
    command: ['bash', '-c', `for ((i = 0; i < ${count}; i++)); do ssh "$@" true; done`, 'ssh', ...flags, ...mux],
  });
  const [small, large] = [few, many].map((count) => best([...jobs(server, server.port, 'exec', String(count)), viaMux(count)], rounds));
  spawnSync('ssh', [...flags, '-O', 'exit', ...mux], { stdio: 'ignore' });
  const each = (pick: (result: Run) => number): [string, number][] =>
    [...(large ?? [])].map(([name, result]) => [name, ((pick(result) - pick(small?.get(name) ?? result)) / (many - few)) * 1_000]);
  table(
    'one command on an open connection, one after another: time',
    each(({ seconds }) => seconds),
    'ms',
    false,
  );
  table(
    'the same: CPU of the client',
    each(({ cpuSeconds }) => cpuSeconds),
    'ms',
    false,
  );
}

function fileSection(server: BenchServer): void {
  const mebis = 1_024;
  const [big, out] = [path.join(server.directory, 'big'), path.join(server.directory, 'out')];
  spawnSync('bash', ['-c', `head -c ${mebis}M /dev/urandom > "$1"`, 'head', big]);
  for (const job of ['put', 'get']) {
    const results = best([...jobs(server, server.port, job, big, out), sftp(server, server.port, `${job} ${big} ${out}`)], rounds, () =>
      rmSync(out, { force: true }),
    );
    table(
      `${job} of 1 GiB over loopback, on shared memory`,
      [...results].map(([name, { seconds }]) => [name, mebis / seconds]),
      'MiB/s',
      true,
    );
  }
  rmSync(big);
}

async function delaySection(server: BenchServer): Promise<void> {
  const mebis = 256;
  const [big, out] = [path.join(server.directory, 'far'), path.join(server.directory, 'far-out')];
  spawnSync('bash', ['-c', `head -c ${mebis}M /dev/urandom > "$1"`, 'head', big]);
  const proxy = spawnProxy(server.port, 25);
  try {
    const port = await proxy.port;
    const known = `[127.0.0.1]:${port} ${server.hostKey}\n`;
    writeFileSync(server.knownHostsFile, known, { flag: 'a' });
    for (const job of ['put', 'get']) {
      const results = best([...jobs(server, port, job, big, out).slice(0, 2), sftp(server, port, `${job} ${big} ${out}`)], rounds, () =>
        rmSync(out, { force: true }),
      );
      table(
        `${job} of ${mebis} MiB over a line of 50 ms`,
        [...results].map(([name, { seconds }]) => [name, mebis / seconds]),
        'MiB/s',
        true,
      );
    }
  } finally {
    proxy.stop();
  }
}

/** In a process of its own: spawnSync stands still here. */
function spawnProxy(target: number, oneWayMs: number): { readonly port: Promise<number>; readonly stop: () => void } {
  const child = startChild([path.join(HERE, 'delay-proxy.js'), String(target), String(oneWayMs)]);
  return { port: child.line.then(Number), stop: () => child.stop() };
}

function treeSection(server: BenchServer): void {
  const [tree, out] = [path.join(server.directory, 'tree'), path.join(server.directory, 'tree-out')];
  const files = 10_000;
  for (let i = 0; i < files; i++) {
    const directory = path.join(tree, `d${Math.floor(i / 100)}`);
    if (i % 100 === 0) mkdirSync(directory, { recursive: true });
    writeFileSync(path.join(directory, `f${i}`), Buffer.alloc(4_096, i));
  }
  const ssh = ['ssh', ...sshFlags(server, server.port)].map((word) => `'${word}'`).join(' ');
  const here = jobs(server, server.port, 'tree', tree, out).slice(0, 1);
  const tar = jobs(server, server.port, 'tar', tree, out)
    .slice(0, 1)
    .map(({ command }) => ({ name: 'sshoal --via tar', command }));
  const results = best(
    [
      ...here,
      ...tar,
      sftp(server, server.port, `put -r ${tree} ${out}`),
      ...(has('rsync', '--version')
        ? [{ name: 'rsync', command: ['rsync', '-r', '-e', ssh, `${tree}/`, `${server.user}@127.0.0.1:${out}/`] }]
        : []),
    ],
    rounds,
    () => rmSync(out, { recursive: true, force: true }),
  );
  table(
    `put of ${files} files of 4 KiB`,
    [...results].map(([name, { seconds }]) => [name, files / seconds]),
    'files/s',
    true,
  );
}

/** Memory that one more live connection holds, when nothing happens on it. */
async function idleSection(server: BenchServer): Promise<void> {
  const count = 200;
  const options = {
    host: '127.0.0.1',
    port: server.port,
    user: server.user,
    privateKeyFile: server.keyFile,
    knownHostsFiles: [server.knownHostsFile],
    allowAgent: false,
  };
  const open = async (n: number): Promise<SSHClient[]> => {
    const clients: SSHClient[] = [];
    while (clients.length < n) {
      const batch = Array.from({ length: Math.min(20, n - clients.length) }, () => new SSHClient());
      await Promise.all(batch.map(async (client) => await client.connect(options)));
      clients.push(...batch);
    }
    return clients;
  };
  const warm = await open(40);
  const before = used();
  const clients = await open(count);
  const bytes = (used() - before) / count;
  console.log(`\na live idle connection\n  ${'sshoal'.padEnd(18)} ${(bytes / 1_024).toFixed(1).padStart(9)} KiB`);
  await Promise.all([...warm, ...clients].map(async (client) => await client.close()));
}

function used(): number {
  const collect = (globalThis as { gc?: () => void }).gc;
  if (collect === undefined) throw new Error('Run it with --expose-gc');
  for (let i = 0; i < 3; i++) collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const all: Readonly<Record<string, (server: BenchServer) => void | Promise<void>>> = {
  connect: connectSection,
  exec: execSection,
  file: fileSection,
  tree: treeSection,
  delay: delaySection,
  idle: idleSection,
};
const server = await startServer();
try {
  console.log(`best of ${rounds}; node ${process.version}, sshd on loopback`);
  for (const name of sections.length === 0 ? Object.keys(all) : sections) await all[name]?.(server);
} finally {
  server.stop();
}
