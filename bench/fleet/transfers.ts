// Files to many hosts, beside those who do the same: `node build/bench/fleet/transfers.js [HOSTS] [ROUNDS]`.
//
// Every host is an sshd on loopback with a directory of its own. Every figure is the best of the rounds; peers that are not
// installed are left out. CPU is that of the program and what it started here, not of the servers.
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Contender, has, MEBI, type Run, run } from '../measure.ts';
import { type BenchServer, startServer } from '../ssh/sshd.ts';

const SMALL_FILES = 1_000;
const FEW_FILES = 20;
const MAIN = path.resolve(import.meta.dirname, '../../../dist/cli/main.js');
const [hostsWord, roundsWord] = process.argv.slice(2);
const hosts = Array.from({ length: Number(hostsWord ?? 20) }, (_, n) => `h${String(n + 1).padStart(3, '0')}`);
const rounds = Number(roundsWord ?? 2);

/** Everything a program needs to find the hosts, and to know them. */
function describe(
  servers: readonly BenchServer[],
  directory: string,
): { readonly inventory: string; readonly config: string; readonly known: string } {
  const [inventory, config, known] = ['hosts.ini', 'ssh_config', 'known_hosts'].map((name) => path.join(directory, name)) as [
    string,
    string,
    string,
  ];
  const common = ({ port, user, keyFile }: BenchServer): string =>
    `ansible_host=127.0.0.1 ansible_port=${port} ansible_user=${user} ansible_ssh_private_key_file=${keyFile}`;
  writeFileSync(known, servers.map(({ knownHostsFile }) => readFileSync(knownHostsFile, 'utf8')).join(''));
  writeFileSync(inventory, servers.map((server, n) => `${hosts[n]} ${common(server)}\n`).join(''));
  const blocks = servers.map(({ port, user, keyFile }, n) =>
    [
      `Host ${hosts[n]}`,
      'HostName 127.0.0.1',
      `HostKeyAlias [127.0.0.1]:${port}`,
      `Port ${port}`,
      `User ${user}`,
      `IdentityFile ${keyFile}`,
    ].join('\n'),
  );
  const all = ['Host *', 'IdentitiesOnly yes', `UserKnownHostsFile ${known}`, 'LogLevel ERROR'];
  writeFileSync(config, `${[...blocks, all.join('\n')].join('\n')}\n`);
  return { inventory, config, known };
}

const isThere = (program: string): boolean => has('sh', '-c', 'command -v "$1"', 'sh', program);

function empty(target: string): void {
  rmSync(target, { recursive: true, force: true });
  for (const host of hosts) mkdirSync(path.join(target, host), { recursive: true });
}

/** In turn, so that a slow moment of the machine meets all of them; the targets are emptied before each. */
function compare(title: string, contenders: readonly Contender[], target: string, env: Readonly<Record<string, string>>): void {
  const best = new Map<string, Run>();
  for (let round = 0; round < rounds; round++) {
    for (const { name, command } of contenders) {
      if (!isThere(command[0] ?? '')) continue;
      empty(target);
      const once = run(command, env);
      const full = hosts.filter((host) => readdirSync(path.join(target, host)).length > 0).length;
      if (full < (name.endsWith('1 host') ? 1 : hosts.length)) throw new Error(`${name} has copied to ${full} hosts`);
      const before = best.get(name);
      if (before === undefined || once.seconds < before.seconds) best.set(name, once);
    }
  }
  const ours = best.get('sshoal');
  console.log(`\n${title}`);
  for (const [name, { seconds, cpuSeconds }] of best) {
    const ratio = ours === undefined || name === 'sshoal' ? '' : `sshoal is ${(seconds / ours.seconds).toFixed(2)}x as fast`;
    console.log(`  ${name.padEnd(26)} ${seconds.toFixed(2).padStart(7)} s ${cpuSeconds.toFixed(2).padStart(7)} s CPU  ${ratio}`);
  }
}

const directory = mkdtempSync('/dev/shm/sshoal-transfers-');
const at = (name: string): string => path.join(directory, name);
const servers: BenchServer[] = [];
try {
  const target = at('target');
  for (const host of hosts) servers.push(await startServer(`-d ${path.join(target, host)}`));
  const { inventory, config, known } = describe(servers, directory);
  const sshOptions = `-F ${config}`;
  const env = { ANSIBLE_SSH_ARGS: sshOptions, ANSIBLE_LOCALHOST_WARNING: 'False' };
  const put = ['-i', inventory, '--known-hosts', known, '-f', '20', '--transfers', '20'];
  const ours = (...words: string[]): Contender => ({
    name: 'sshoal',
    command: [process.execPath, MAIN, 'put', 'all', ...words, ...put],
  });
  const clush = (from: string, to: string): Contender => ({
    name: 'clush --copy',
    command: ['clush', '-w', hosts.join(','), '-f', '20', '-o', sshOptions, '--copy', from, '--dest', to],
  });
  const parallelScp = (...words: string[]): Contender => ({
    name: 'parallel-scp',
    command: [
      isThere('pscp') ? 'pscp' : 'parallel-scp',
      ...hosts.flatMap((host) => ['-H', host]),
      '-p',
      '20',
      '-t',
      '0',
      '-x',
      sshOptions,
      ...words,
    ],
  });
  const ansible = (name: string, who: string, from: string): Contender => ({
    name,
    command: ['ansible', who, '-i', inventory, '-f', '20', '-m', 'copy', '-a', `src=${from} dest=${target}/{{inventory_hostname}}/`],
  });

  const [large, small] = [at('large'), at('small')];
  writeFileSync(large, randomBytes(50 * MEBI));
  const one = [ours(large, 'large'), clush(large, 'large'), parallelScp(large, 'large'), ansible('ansible copy', 'all', large)];
  compare(`${hosts.length} hosts x 50 MB`, one, target, env);

  const [few, some] = [at('few'), `${FEW_FILES} files, 1 host`];
  for (const [to, count] of [
    [small, SMALL_FILES],
    [few, FEW_FILES],
  ] as const) {
    mkdirSync(to);
    for (let n = 0; n < count; n++) writeFileSync(path.join(to, `file${n}`), randomBytes(2_048));
  }
  // Ansible needs a handful of round trips, and some Python, for each file: a few of them to one host say enough.
  const many = [
    ours(small, 'small', '-r', '-p'),
    clush(small, 'small'),
    parallelScp('-r', small, 'small'),
    ansible(`ansible, ${some}`, hosts[0] ?? '', few),
  ];
  compare(`${hosts.length} hosts x ${SMALL_FILES} files of 2 KiB`, many, target, env);
} finally {
  for (const server of servers) server.stop();
  rmSync(directory, { recursive: true, force: true });
}
