// How many host-tasks a second the controller alone decides: skipped ones and debug, no host is touched. Beside ansible, on fewer hosts.
//
//   npm run build && node build/bench/playbook/controller.js [HOSTS] [TASKS] [ROUNDS]
//
// Default: 1,000 hosts, 100 tasks, best of 3. In this process, so without the start of the program; ansible's start, measured on no
// task at all, is taken off its time too.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Inventory, Playbook } from 'sshoal';
import { has, run } from '../measure.ts';

const [hosts = 1_000, tasks = 100, rounds = 3] = process.argv.slice(2).map(Number);
const ANSIBLE_HOSTS = 20;
const ANSIBLE_TASKS = 20;
const KINDS: Readonly<Record<string, string>> = {
  'when: false': '{debug: {msg: never}, when: false}',
  'when: an expression that is false': "{debug: {msg: never}, when: inventory_hostname == 'nobody' and number > 3}",
  'debug: a text': '{debug: {msg: hello}}',
  'debug: a template': '{debug: {msg: "{{ inventory_hostname }} has {{ number }}"}}',
  'set_fact: a template': '{set_fact: {mine: "{{ number + 1 }}"}}',
  'assert: two conditions': '{assert: {that: [number > 3, inventory_hostname is defined], quiet: true}}',
};

const directory = mkdtempSync(path.join(os.tmpdir(), 'sshoal-bench-'));
const inventoryOf = (count: number): string => {
  const file = path.join(directory, `hosts-${count}.ini`);
  writeFileSync(file, `[all]\nnode[0001:${String(count).padStart(4, '0')}]\n[all:vars]\nansible_connection=local\nnumber=7\n`);
  return file;
};
const playbookOf = (count: number, task: string): string => {
  const file = path.join(directory, `site-${count}.yml`);
  writeFileSync(file, `- hosts: all\n  gather_facts: false\n  tasks:\n${`    - ${task}\n`.repeat(count)}`);
  return file;
};

try {
  const withAnsible = has('ansible-playbook', '--version');
  console.log(`${hosts} hosts x ${tasks} tasks, node ${process.version}; ansible: ${ANSIBLE_HOSTS} hosts x ${ANSIBLE_TASKS} tasks\n`);
  const inventory = await Inventory.load([inventoryOf(hosts)]);
  const startS = withAnsible ? ansibleSeconds(playbookOf(0, '')) : 0;
  for (const [name, task] of Object.entries(KINDS)) {
    const file = playbookOf(tasks, task);
    let least = Number.POSITIVE_INFINITY;
    for (let round = 0; round < rounds; round++) least = Math.min(least, await ourSeconds(inventory, file));
    const ours = (hosts * tasks) / least;
    const theirs = withAnsible ? (ANSIBLE_HOSTS * ANSIBLE_TASKS) / (ansibleSeconds(playbookOf(ANSIBLE_TASKS, task)) - startS) : undefined;
    const beside = theirs === undefined ? '' : `   ansible ${theirs.toFixed(0).padStart(6)}/s   ${(ours / theirs).toFixed(0)}x`;
    console.log(`${name.padEnd(36)} ${ours.toFixed(0).padStart(8)} host-tasks/s${beside}`);
  }
  console.log(`\npeak memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`);
} finally {
  rmSync(directory, { recursive: true });
}

async function ourSeconds(inventory: Inventory, file: string): Promise<number> {
  const playbook = Playbook.load([file]);
  const started = performance.now();
  let finished = 0;
  for await (const event of playbook.play({ inventory })) if (event.kind === 'task-finished') finished++;
  if (finished !== hosts * tasks) throw new Error(`${finished} tasks ended`);
  return (performance.now() - started) / 1_000;
}

function ansibleSeconds(file: string): number {
  const env = { ANSIBLE_FORKS: String(os.cpus().length * 4), ANSIBLE_CONFIG: '/none.cfg' };
  return run(['ansible-playbook', '-i', inventoryOf(ANSIBLE_HOSTS), file], env).seconds;
}
