// Ten everyday tasks on real hosts, by sshoal and by its peers in turn.
//
//   npm run build && node build/bench/playbook/against-peers.js INVENTORY [ROUNDS]
//
// Every figure is the best of the rounds (default 3). Ansible has pipelining and a fork for each host; its ssh processes live on and
// their CPU is not counted, in its favour. Mitogen is Debian's ansible-mitogen. Those that are not installed are left out. The floor
// is npm ssh2 with ten scripts and nothing around them. INVENTORY names one key for all hosts (ansible_ssh_private_key_file), and one
// known_hosts file (ansible_ssh_common_args).
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Inventory, targetOf } from 'sshoal';
import { best, type Contender, has, run, table } from '../measure.ts';

const [inventoryFile, roundsWord] = process.argv.slice(2);
if (inventoryFile === undefined) throw new Error('Give an inventory of hosts that are there');
const rounds = Number(roundsWord ?? 3);
const HERE = import.meta.dirname;
const ROOT = path.resolve(HERE, '../../..');
const MAIN = path.join(ROOT, 'dist/cli/main.js');
const PLAYBOOK = path.join(ROOT, 'bench/playbook/ten-tasks.yml');
const MITOGEN = '/usr/lib/python3/dist-packages/ansible_mitogen/plugins/strategy';

const inventory = await Inventory.load([inventoryFile]);
const targets = inventory.select('all').map((host) => targetOf(host.name, host.vars).spec);
const count = String(targets.length);
const keyFile = targets[0]?.privateKeyFile ?? '';
const places = targets.map(({ name, user = 'root', address = name, port = 22 }) => `${name}=${user}@${address}:${port}`);
const sockets = mkdtempSync(path.join(os.tmpdir(), 'sshoal-cp-'));
const sshoal = [process.execPath, MAIN];

const ansible = {
  ANSIBLE_CONFIG: '/none.cfg',
  ANSIBLE_PIPELINING: '1',
  ANSIBLE_FORKS: count,
  ANSIBLE_PYTHON_INTERPRETER: '/usr/bin/python3',
  ANSIBLE_SSH_CONTROL_PATH_DIR: path.join(sockets, 'now'),
};
const contenders: Contender[] = [
  { name: 'sshoal', command: [...sshoal, 'play', '-i', inventoryFile, '-f', count, PLAYBOOK] },
  { name: 'floor: npm ssh2', command: [process.execPath, path.join(HERE, 'floor.js'), keyFile, ...places] },
];
if (has('ansible-playbook', '--version')) {
  const command = ['ansible-playbook', '-i', inventoryFile, PLAYBOOK];
  contenders.push({ name: 'ansible', command, env: ansible });
  if (existsSync(MITOGEN))
    contenders.push({
      name: 'mitogen',
      command,
      env: { ...ansible, ANSIBLE_STRATEGY: 'mitogen_linear', ANSIBLE_STRATEGY_PLUGINS: MITOGEN },
    });
}

try {
  console.log(`${count} hosts, best of ${rounds}, ${os.cpus().length} cores, node ${process.version}`);
  // Every contender connects anew: nobody finds the way of an earlier round still open.
  const disconnect = (): void => rmSync(path.join(sockets, 'now'), { recursive: true, force: true });
  const cleanUp = (): void => {
    run([...sshoal, 'run', '-i', inventoryFile, '-f', count, '--no-journal', 'all', '--', 'rm -rf /tmp/sshoal-bench']);
    disconnect();
  };
  show('first time', best(contenders, rounds, cleanUp));
  show('again, nothing to change', best(contenders, rounds, disconnect));
  cleanUp();
} finally {
  rmSync(sockets, { recursive: true, force: true });
}

function show(title: string, figures: ReturnType<typeof best>): void {
  const rows = [...figures];
  table(
    `${title}: wall`,
    rows.map(([name, { seconds }]) => [name, seconds] as const),
    's',
    false,
  );
  table(
    `${title}: CPU of the controller`,
    rows.map(([name, { cpuSeconds }]) => [name, (cpuSeconds * 1_000) / targets.length] as const),
    'ms/host',
    false,
  );
}
