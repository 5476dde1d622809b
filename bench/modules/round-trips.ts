// What a task costs on the wire, module by module; loops and a directory of many files, beside ansible and rsync.
//
//   node build/bench/modules/round-trips.js [FILES] [FILES_OF_ANSIBLE]
//
// Everything goes to one embedded server of this machine, through a door that counts bytes. Round trips are scripts and transfers
// that are waited for, one after the other; bytes are those of the encrypted connection, both ways, without the login. FILES (default
// 1000) is the length of the loop; ansible gets its own, shorter one (default 50), since it needs minutes for a long one, and is
// compared by the second per file.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fromJson } from '#src/base/value';
import { connectionKinds } from '#src/connection/registry';
import type { Connection } from '#src/connection/seam';
import { Inventory } from '#src/inventory/inventory';
import { readParams } from '#src/modules/parameters/params';
import { findModule } from '#src/modules/registry';
import type { ModuleResult } from '#src/modules/seam';
import { Playbook } from '#src/playbook/playbook';
import { best, type Contender, has, table } from '../measure.ts';
import { CountingProxy } from './counting-proxy.ts';

const files = Number(process.argv[2] ?? 1_000);
const filesOfAnsible = Number(process.argv[3] ?? 50);
const scratch = mkdtempSync(path.join(os.tmpdir(), 'sshoal-round-trips-'));
// In a process of its own: this one waits for the contenders.
const serverProcess = fork(path.resolve(import.meta.dirname, '../fleet/server-process.js'));
const [server] = (await once(serverProcess, 'message')) as [
  { readonly port: number; readonly user: string; readonly privateKey: string; readonly knownHostsLine: string },
];
const proxy = await CountingProxy.before(server.port);
const keyFile = path.join(scratch, 'key');
const knownHosts = path.join(scratch, 'known_hosts');
writeFileSync(keyFile, server.privateKey, { mode: 0o600 });
writeFileSync(knownHosts, `${server.knownHostsLine.replace(String(server.port), String(proxy.port))}\n${server.knownHostsLine}\n`);

type Args = Readonly<Record<string, unknown>>;
const here = (name: string): string => path.join(scratch, name);
/** Tasks whose first run changes something, where the module can; all of them leave the machine as it was but for the scratch directory. */
const TASKS: readonly (readonly [module: string, args: Args])[] = [
  ['command', { cmd: 'true' }],
  ['shell', { cmd: 'echo $HOME | wc -c' }],
  ['file', { path: here('directory'), state: 'directory', mode: '0750' }],
  ['copy', { content: 'one line\n', dest: here('copied'), mode: '0644' }],
  ['lineinfile', { path: here('copied'), line: 'another' }],
  ['blockinfile', { path: here('copied'), block: 'a\nb' }],
  ['replace', { path: here('copied'), regexp: 'line', replace: 'word' }],
  ['ini_file', { path: here('copied.ini'), section: 'a', option: 'b', value: 'c' }],
  ['sysctl', { name: 'kernel.nothing', value: 1, reload: false, sysctl_file: here('sysctl.conf') }],
  ['mount', { path: '/mnt/nothing', src: 'tmpfs', fstype: 'tmpfs', state: 'present', fstab: here('fstab') }],
  ['authorized_key', { user: server.user, key: 'ssh-ed25519 AAAAone me', path: here('keys'), manage_dir: false }],
  ['known_hosts', { name: 'one', key: 'one ssh-rsa AAAA', path: here('hosts') }],
  ['assemble', { src: here('directory'), dest: here('assembled') }],
  ['stat', { path: here('copied') }],
  ['slurp', { src: here('copied') }],
  ['find', { paths: scratch, patterns: '*' }],
  ['getent', { database: 'passwd', key: 'root' }],
  ['wait_for', { path: here('copied') }],
  ['service_facts', {}],
  ['package_facts', {}],
  ['setup', {}],
];

interface Cost {
  readonly trips: number;
  readonly bytes: number;
  readonly ms: number;
  readonly result: ModuleResult;
}

/** Carries a module out as a play does, over the connection. */
async function perform(name: string, args: Args, line: Connection): Promise<Cost> {
  const module = findModule(name);
  if (module === undefined) throw new Error(`There is no module ${name}`);
  const { params, faults } = readParams(module, new Map(Object.entries(args).map(([key, value]) => [key, fromJson(value)])));
  if (faults.length > 0) throw new Error(faults.map((fault) => fault.message).join('; '));
  const [bytesBefore, startedMs] = [proxy.sentBytes + proxy.receivedBytes, performance.now()];
  let trips = 0;
  let step = module.compile(params, { checkMode: false, diff: false, token: `b${process.pid}x${bytesBefore}` });
  while (step.kind !== 'finished') {
    trips++;
    if (step.kind === 'upload') {
      await line.put(step.source.path, step.remotePath, { mode: 0o600 });
      step = step.next();
    } else {
      const { exit, ...answer } = await line.run(step.script, { timeoutMs: 60_000 });
      step = step.read({ ...answer, code: exit.kind === 'code' ? exit.code : undefined });
    }
  }
  if (step.result.failed) throw new Error(`${name}: ${step.result.msg}`);
  return { trips, bytes: proxy.sentBytes + proxy.receivedBytes - bytesBefore, ms: performance.now() - startedMs, result: step.result };
}

async function modules(): Promise<void> {
  const kind = connectionKinds.get('ssh');
  if (kind === undefined) throw new Error('There is no way over SSH');
  const spec = {
    kind: 'ssh',
    name: '127.0.0.1',
    port: proxy.port,
    user: server.user,
    privateKeyFile: keyFile,
    knownHostsFiles: [knownHosts],
  };
  const line = await kind.open(spec, {});
  try {
    // The shell on the host starts with the first script.
    await line.run(':');
    console.log('module             first: trips   bytes     ms    again: trips   bytes     ms');
    for (const [name, args] of TASKS) {
      const [first, again] = [await perform(name, args, line), await perform(name, args, line)];
      const shown = ({ trips, bytes, ms }: Cost): string =>
        `${String(trips).padStart(12)} ${String(bytes).padStart(7)} ${ms.toFixed(1).padStart(6)}`;
      console.log(`${name.padEnd(16)} ${shown(first)} ${shown(again)}  ${again.result.changed ? 'changes each time' : ''}`);
    }
  } finally {
    await line.close();
  }
}

/** One play with one task: a loop that writes files. */
function playbook(name: string, count: number): string {
  const task = {
    'ansible.builtin.copy': { content: '{{ item }}\n', dest: `${scratch}/${name}-{{ item }}`, mode: '0644' },
    loop: `{{ range(${count}) | list }}`,
  };
  const file = here(`${name}.yml`);
  writeFileSync(file, JSON.stringify([{ hosts: 'all', gather_facts: false, tasks: [task] }]));
  return file;
}

/** Loops of one host, by module: how often it is waited for, and what goes over the wire. */
const LOOPS: Readonly<Record<string, Args>> = {
  file: { path: `${scratch}/f{{ item }}`, state: 'touch', mode: '0644' },
  copy: { content: '{{ item }}\n', dest: `${scratch}/c{{ item }}` },
  template: { src: 'line.j2', dest: `${scratch}/t{{ item }}` },
  'lineinfile, a file each': { path: `${scratch}/f{{ item }}`, line: 'x{{ item }}' },
  'lineinfile, one file': { path: `${scratch}/lines`, line: 'x{{ item }}', create: true },
};

async function loops(): Promise<void> {
  const inventory = await Inventory.load([inventoryFile('counted.ini', proxy.port)]);
  writeFileSync(here('line.j2'), 'number {{ item }}\n');
  console.log(`\nA loop of ${files} items       round trips   bytes/item  ms/item`);
  for (const [name, args] of Object.entries(LOOPS)) {
    const task = { [name.replace(/,.*/, '')]: args, loop: `{{ range(${files}) | list }}` };
    writeFileSync(here('loop.yml'), JSON.stringify([{ hosts: 'all', gather_facts: false, tasks: [task] }]));
    const [turns, bytes] = [proxy.turns, proxy.sentBytes + proxy.receivedBytes];
    const startedMs = performance.now();
    for await (const event of Playbook.load([here('loop.yml')]).play({ inventory }))
      if (event.kind === 'task-finished' && event.status !== 'changed') throw new Error(`${name}: ${event.status}`);
    const perItem = (value: number): string => (value / files).toFixed(1);
    const sent = proxy.sentBytes + proxy.receivedBytes - bytes;
    console.log(
      `${name.padEnd(26)} ${String(proxy.turns - turns).padStart(10)} ${perItem(sent).padStart(12)} ${perItem(performance.now() - startedMs).padStart(8)}`,
    );
  }
}

/** A directory of many small files, sent to where there is none and again to where it is. */
function tree(): void {
  const lay = (count: number): string => {
    const directory = here(`tree-${count}`);
    for (let i = 0; i < count; i++) {
      const below = path.join(directory, `d${i % 20}`);
      mkdirSync(below, { recursive: true });
      writeFileSync(path.join(below, `f${i}`), `${i}\n`.repeat(50));
    }
    return directory;
  };
  const inventory = inventoryFile('tree.ini', server.port);
  const main = path.resolve(import.meta.dirname, '../../../dist/cli/main.js');
  const play = (name: string, count: number, module: string): string => {
    const file = here(`${name}-tree.yml`);
    const task = { [module]: { src: `${lay(count)}/`, dest: `${scratch}/to-${name}` } };
    writeFileSync(file, JSON.stringify([{ hosts: 'all', gather_facts: false, tasks: [task] }]));
    return file;
  };
  const ours = (name: string, module: string): Contender & { readonly count: number } => ({
    name,
    count: files,
    command: ['node', main, 'play', '-i', inventory, play(name.replaceAll(' ', '-'), files, module)],
  });
  const contenders = [ours('sshoal', 'copy'), ours('sshoal synchronize', 'synchronize')];
  if (has('ansible-playbook', '--version')) {
    const command = ['ansible-playbook', '-i', inventory, play('ansible', filesOfAnsible, 'copy')];
    contenders.push({ name: 'ansible', count: filesOfAnsible, env: { ANSIBLE_PIPELINING: '1' }, command });
  }
  if (has('rsync', '--version')) {
    const ssh = `ssh -p ${server.port} -i ${keyFile} -o UserKnownHostsFile=${knownHosts}`;
    const command = ['rsync', '-a', '-e', ssh, `${lay(files)}/`, `${server.user}@127.0.0.1:${scratch}/to-rsync`];
    contenders.push({ name: 'rsync', count: files, command });
  }
  for (const title of ['A directory that is not there', 'The same again']) {
    const results = best(contenders, 1);
    const rows = contenders.map(({ name, count }) => [name, ((results.get(name)?.seconds ?? Number.NaN) * 1_000) / count] as const);
    table(`${title} (${files} files, ansible ${filesOfAnsible}), wall time with the start of the program`, rows, 'ms/file', false);
  }
}

function inventoryFile(name: string, port: number): string {
  const common = `-o UserKnownHostsFile=${knownHosts} -o ServerAliveInterval=0`;
  const file = here(name);
  writeFileSync(
    file,
    `one ansible_host=127.0.0.1 ansible_port=${port} ansible_user=${server.user} ansible_ssh_private_key_file=${keyFile} ansible_ssh_common_args='${common}' ansible_python_interpreter=/usr/bin/python3\n`,
  );
  return file;
}

function loop(): void {
  const inventory = inventoryFile('inventory.ini', server.port);
  const main = path.resolve(import.meta.dirname, '../../../dist/cli/main.js');
  const contenders: (Contender & { readonly count: number })[] = [
    { name: 'sshoal', count: files, command: ['node', main, 'play', '-i', inventory, playbook('sshoal', files)] },
  ];
  if (has('ansible-playbook', '--version')) {
    const env = { ANSIBLE_PIPELINING: '1', ANSIBLE_LOCALHOST_WARNING: 'no' };
    contenders.push({
      name: 'ansible',
      count: filesOfAnsible,
      env,
      command: ['ansible-playbook', '-i', inventory, playbook('ansible', filesOfAnsible)],
    });
  }
  const results = best(contenders, 1);
  const perFile = (figure: 'seconds' | 'cpuSeconds') =>
    contenders.map(({ name, count }) => [name, ((results.get(name)?.[figure] ?? Number.NaN) * 1_000) / count] as const);
  table(`A loop that writes files (sshoal ${files}, ansible ${filesOfAnsible}), wall time`, perFile('seconds'), 'ms/file', false);
  table('The same, CPU of the controller', perFile('cpuSeconds'), 'ms/file', false);
}

try {
  await modules();
  await loops();
  loop();
  tree();
} finally {
  await proxy.stop();
  const ended = once(serverProcess, 'exit');
  serverProcess.send('stop');
  await ended;
  rmSync(scratch, { recursive: true });
}
