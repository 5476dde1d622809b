// One command on many real hosts, by sshoal and by its peers in turn: `node build/bench/fleet/against-peers.js INVENTORY [ROUNDS]`.
//
// The inventory names one key for all hosts (ansible_ssh_private_key_file) and one known_hosts file (ansible_ssh_common_args), as the
// peers are given them by flags. Every figure is the best of the rounds; peers that are not installed are left out.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Inventory, targetOf } from 'sshoal';
import { best, type Contender, has, table } from '../measure.ts';

const [inventoryFile, roundsWord] = process.argv.slice(2);
if (inventoryFile === undefined) throw new Error('Give an inventory of hosts that are there');
const rounds = Number(roundsWord ?? 3);
const HERE = import.meta.dirname;
const MAIN = path.resolve(HERE, '../../../dist/cli/main.js');
const COMMAND = 'hostname';

const inventory = await Inventory.load([inventoryFile]);
const targets = inventory.select('all').map((host) => targetOf(host.name, host.vars).spec);
const keyFile = targets[0]?.privateKeyFile ?? '';
const sshOptions = (targets[0]?.sshArgs ?? []).filter((word) => word !== '-o');
const addresses = targets.map(({ address, name }) => address ?? name);
const user = targets[0]?.user ?? 'root';
const count = String(targets.length);
const scratch = mkdtempSync(path.join(os.tmpdir(), 'sshoal-bench-'));
const hostList = path.join(scratch, 'hosts');
writeFileSync(hostList, addresses.map((address) => `${address}\n`).join(''));

const contenders: Contender[] = [
  { name: 'sshoal', command: [process.execPath, MAIN, 'run', 'all', '-i', inventoryFile, '-f', count, '--', COMMAND] },
  {
    name: 'bare npm ssh2',
    command: [
      process.execPath,
      path.join(HERE, 'bare-ssh2.js'),
      keyFile,
      COMMAND,
      ...targets.map(({ port = 22 }, i) => `${user}@${addresses[i]}:${port}`),
    ],
  },
];
const ssh = ['-i', keyFile, ...sshOptions.flatMap((option) => ['-o', option])];
if (has('clush', '--version'))
  contenders.push({
    name: 'clush',
    command: ['clush', '-l', user, '-o', ssh.join(' '), '-f', count, '-b', '-w', addresses.join(','), COMMAND],
  });
if (has('parallel-ssh', '--version'))
  contenders.push({
    name: 'parallel-ssh',
    command: ['parallel-ssh', '-h', hostList, '-l', user, '-p', count, '-i', ...ssh.slice(0, 0), '-x', ssh.join(' '), COMMAND],
  });
if (has('ansible', '--version'))
  contenders.push({
    name: 'ansible raw',
    command: ['ansible', 'all', '-i', inventoryFile, '-f', count, '-m', 'raw', '-a', COMMAND],
    env: { ANSIBLE_SSH_ARGS: '-o ControlMaster=no', ANSIBLE_PYTHON_INTERPRETER: '/usr/bin/python3' },
  });

const results = best(contenders, rounds);
rmSync(scratch, { recursive: true });
table(
  `one command on ${count} hosts, wall`,
  [...results].map(([name, { seconds }]) => [name, seconds]),
  's',
  false,
);
table(
  `one command on ${count} hosts, CPU of the controller for each host`,
  [...results].map(([name, { cpuSeconds }]) => [name, (cpuSeconds * 1_000) / targets.length]),
  'ms',
  false,
);
