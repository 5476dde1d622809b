// Times reading inventories of ten thousand hosts and picking from them, beside ansible-inventory where it is installed.
//
//   node build/bench/fleet/inventory.js [HOSTS] [ROUNDS]
//
// Each figure is the best of ROUNDS (default 5) in this process, so without the start of the program; ansible-inventory is one
// whole process that reads and lists, once.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Inventory } from '#src/inventory/inventory';
import { inventoryJson, inventoryList } from '#src/inventory/listing';

const hosts = Number(process.argv[2] ?? 10_000);
const rounds = Number(process.argv[3] ?? 5);
const GROUPS = 50;
const directory = mkdtempSync(path.join(os.tmpdir(), 'sshoal-bench-'));
const numbers = Array.from({ length: hosts }, (_, i) => i);
const name = (i: number): string => `host${String(i).padStart(6, '0')}.example.com`;
const groupNames = Array.from({ length: GROUPS }, (_, i) => `group${i}`);
const membersOf = (group: number): number[] => numbers.filter((i) => i % GROUPS === group);

const SOURCES: Readonly<Record<string, string>> = {
  'ini, a line a host': [
    ...groupNames.flatMap((group, g) => [`[${group}]`, ...membersOf(g).map(name)]),
    '[site:children]',
    ...groupNames,
  ].join('\n'),
  'ini, 3 variables a host': groupNames
    .flatMap((group, g) => [
      `[${group}]`,
      ...membersOf(g).map((i) => `${name(i)} ansible_host=10.0.0.${i % 250} rack=${i % 40} note="a b"`),
    ])
    .join('\n'),
  'ini, one range': `[all_of_them]\nhost[000000:${String(hosts - 1).padStart(6, '0')}].example.com`,
  'yaml, 3 variables a host': [
    'all:',
    '  children:',
    ...groupNames.flatMap((group, g) => [
      `    ${group}:`,
      '      hosts:',
      ...membersOf(g).flatMap((i) => [
        `        ${name(i)}:`,
        `          ansible_host: 10.0.0.${i % 250}`,
        `          rack: ${i % 40}`,
        '          note: a b',
      ]),
    ]),
  ].join('\n'),
  'json, 3 variables a host': JSON.stringify({
    all: {
      children: Object.fromEntries(
        groupNames.map((group, g) => [
          group,
          {
            hosts: Object.fromEntries(membersOf(g).map((i) => [name(i), { ansible_host: `10.0.0.${i % 250}`, rack: i % 40, note: 'a b' }])),
          },
        ]),
      ),
    },
  }),
};
const PATTERNS = ['all', 'group7', 'group1:group2:&site:!group1[0:10]', 'host00*', '~host\\d+7\\.', 'all[100:200]', 'group*,!host0001*'];

try {
  console.log(`${hosts} hosts in ${GROUPS} groups\n`);
  for (const [kind, text] of Object.entries(SOURCES)) {
    const file = path.join(directory, kind.startsWith('ini') ? 'hosts' : `hosts.${kind.slice(0, 4)}`);
    writeFileSync(file, `${text}\n`);
    const loadMs = await best(async () => await Inventory.load([file]));
    const inventory = await Inventory.load([file]);
    if (inventory.hosts.size !== hosts) throw new Error(`${kind} holds ${inventory.hosts.size} hosts`);
    const listMs = await best(async () => inventoryJson(inventoryList(await Inventory.load([file]))));
    const perMb = loadMs / (statSync(file).size / 1e6);
    console.log(
      `${kind.padEnd(26)} read ${ms(loadMs)}  ${ms(perMb)} per MB  read and list ${ms(listMs)}  ansible-inventory ${ansibleMs(file)}`,
    );
  }
  const file = path.join(directory, 'hosts');
  writeFileSync(file, SOURCES['ini, a line a host'] ?? '');
  const inventory = await Inventory.load([file]);
  console.log();
  for (const pattern of PATTERNS) {
    const pickMs = await best(async () => await Promise.resolve(inventory.select(pattern)));
    console.log(`${pattern.padEnd(40)} ${ms(pickMs)}  ${inventory.select(pattern).length} hosts`);
  }
} finally {
  rmSync(directory, { recursive: true });
}

async function best(work: () => Promise<unknown>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    await work();
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

function ansibleMs(file: string): string {
  const start = performance.now();
  const done = spawnSync('ansible-inventory', ['-i', file, '--list'], {
    maxBuffer: 1024 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  if (done.error !== undefined) return 'is not installed';
  return done.status === 0 ? ms(performance.now() - start) : 'failed';
}

function ms(value: number): string {
  return `${value.toFixed(1).padStart(8)} ms`;
}
