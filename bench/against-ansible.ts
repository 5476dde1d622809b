// Times run, put, get and a ten-task playbook on real hosts, beside ansible where it is installed.
//
//   node build/bench/against-ansible.js INVENTORY [ROUNDS]
//
// INVENTORY is an ini file that both tools read. Wall time and CPU (user + system, with children that were waited for) of the
// controller only; ansible's persistent ssh processes live on and are not counted, in its favour. The best of ROUNDS (default 3).
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

interface Figure {
  readonly wallS: number;
  readonly cpuS: number;
}

const [inventory, rounds = '3'] = process.argv.slice(2);
if (inventory === undefined) throw new Error('Usage: node build/bench/against-ansible.js INVENTORY [ROUNDS]');
const root = path.resolve(import.meta.dirname, '../..');
const scratch = mkdtempSync(path.join(os.tmpdir(), 'sshoal-bench-'));
const payload = path.join(scratch, 'payload');
writeFileSync(payload, Buffer.alloc(1024 * 1024, 'sshoal'));
const playbook = path.join(root, 'bench/playbook/ten-tasks.yml');
const cli = `node ${path.join(root, 'dist/cli/main.js')}`;
const hosts = count(`${cli} inventory -i ${inventory} --list`);
const ansibleEnvironment = {
  ANSIBLE_PIPELINING: '1',
  ANSIBLE_FORKS: String(hosts),
  ANSIBLE_HOST_KEY_CHECKING: 'True',
  ANSIBLE_RETRY_FILES_ENABLED: '0',
};
const clean = `${cli} run -i ${inventory} -f ${hosts} all -- rm -rf /tmp/sshoal-bench`;

const jobs: readonly { name: string; sshoal: string; ansible: string; before?: string }[] = [
  {
    name: 'run: uname -a',
    sshoal: `${cli} run -i ${inventory} -f ${hosts} all -- uname -a`,
    ansible: `ansible -i ${inventory} all -m shell -a 'uname -a'`,
  },
  {
    name: 'put: 1 MiB',
    sshoal: `${cli} put -i ${inventory} -f ${hosts} all ${payload} /tmp/sshoal-bench-payload`,
    ansible: `ansible -i ${inventory} all -m copy -a 'src=${payload} dest=/tmp/sshoal-bench-payload'`,
    before: `${cli} run -i ${inventory} -f ${hosts} all -- rm -f /tmp/sshoal-bench-payload`,
  },
  {
    name: 'get: 1 MiB',
    sshoal: `${cli} get -i ${inventory} -f ${hosts} all /tmp/sshoal-bench-payload ${scratch}/sshoal/`,
    ansible: `ansible -i ${inventory} all -m fetch -a 'src=/tmp/sshoal-bench-payload dest=${scratch}/ansible'`,
    before: `rm -rf ${scratch}/sshoal ${scratch}/ansible`,
  },
  {
    name: 'play: ten tasks, first time',
    sshoal: `${cli} play -i ${inventory} -f ${hosts} ${playbook}`,
    ansible: `ansible-playbook -i ${inventory} ${playbook}`,
    before: clean,
  },
  {
    name: 'play: ten tasks, again',
    sshoal: `${cli} play -i ${inventory} -f ${hosts} ${playbook}`,
    ansible: `ansible-playbook -i ${inventory} ${playbook}`,
  },
];

console.log(`${hosts} hosts, best of ${rounds}, ${os.cpus().length} cores, node ${process.version}`);
console.log('| job | sshoal wall | CPU per host | ansible wall | CPU per host | faster | less CPU |\n|---|---|---|---|---|---|---|');
const withAnsible = spawnSync('ansible', ['--version']).status === 0;
for (const job of jobs) {
  const ours = best(job.sshoal, job.before);
  const theirs = withAnsible ? best(job.ansible, job.before) : undefined;
  const perHost = (figure: Figure | undefined): string => (figure === undefined ? '-' : `${((figure.cpuS / hosts) * 1000).toFixed(1)} ms`);
  const ratio = (of: (figure: Figure) => number): string => (theirs === undefined ? '-' : `${(of(theirs) / of(ours)).toFixed(1)}x`);
  console.log(
    `| ${job.name} | ${ours.wallS.toFixed(2)} s | ${perHost(ours)} | ${theirs === undefined ? '-' : `${theirs.wallS.toFixed(2)} s`} | ${perHost(theirs)} | ${ratio((f) => f.wallS)} | ${ratio((f) => f.cpuS)} |`,
  );
}
spawnSync('bash', ['-c', clean]);
rmSync(scratch, { recursive: true, force: true });

function best(command: string, before: string | undefined): Figure {
  const figures = Array.from({ length: Number(rounds) }, () => {
    if (before !== undefined) shell(before);
    const { stderr } = shell(`TIMEFORMAT='TIMED %R %U %S'; time (${command}) >/dev/null`, ansibleEnvironment);
    const [, wall, user, system] = /TIMED (\S+) (\S+) (\S+)/.exec(stderr) ?? [];
    return { wallS: Number(wall), cpuS: Number(user) + Number(system) };
  });
  return figures.reduce((one, other) => (other.wallS < one.wallS ? other : one));
}

function shell(command: string, environment: Readonly<Record<string, string>> = {}): { stdout: string; stderr: string } {
  const done = spawnSync('bash', ['-c', command], { encoding: 'utf8', env: { ...process.env, ...environment }, maxBuffer: 1 << 28 });
  if (done.status !== 0) throw new Error(`${command}\nended with ${done.status}:\n${done.stderr.slice(-2000)}`);
  return done;
}

function count(command: string): number {
  const { _meta } = JSON.parse(shell(command).stdout) as { _meta: { hostvars: object } };
  return Object.keys(_meta.hostvars).length;
}
