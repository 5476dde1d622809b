// How long facts take: our probe under a shell of this machine, and `ansible -m setup` on the same.
//
// Run: npm run build && node build/bench/modules/facts.js. Network: the interfaces of this machine count, so the table has the
// probe in a network of its own too, where the machine allows one.
import { spawnSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { readParams } from '#src/modules/parameters/params';
import { setup } from '#src/modules/setup';
import { has } from '../measure.js';

const ROUNDS = 15;

/** Milliseconds of the best and the middle round. */
function measure(rounds: number, once: () => void): { readonly best: number; readonly middle: number } {
  const times = Array.from({ length: rounds }, () => {
    const startedMs = performance.now();
    once();
    return performance.now() - startedMs;
  }).sort((a, b) => a - b);
  return { best: times[0] ?? Number.NaN, middle: times[Math.floor(times.length / 2)] ?? Number.NaN };
}

function probe(shell: readonly string[], subset: readonly string[]): () => void {
  const { params } = readParams(setup, new Map([['gather_subset', [...subset]]]));
  const step = setup.compile(params, { checkMode: false, diff: false, token: 'bench' });
  if (step.kind !== 'script') throw new Error('setup has a script');
  const [program = 'sh', ...words] = shell;
  return () => {
    const ran = spawnSync(program, words, { input: `(\n${step.script}\n) </dev/null\n`, maxBuffer: 64 * 1024 * 1024 });
    const end = step.read({ code: ran.status ?? undefined, stdout: ran.stdout, stderr: ran.stderr, startedAtMs: 0, endedAtMs: 0 });
    if (end.kind !== 'finished' || end.result.failed) throw new Error(`${shell.join(' ')}: ${ran.stderr.toString()}`);
  };
}

const OWN_NETWORK = ['unshare', '-n', '-m', 'sh', '-c', 'mount -t sysfs sysfs /sys; ip link set lo up; exec "$@"', 'sh'] as const;
const shells = [['dash'], ['bash'], ['busybox', 'sh'], ['ksh']].filter(([program = '']) => has('sh', '-c', `command -v ${program}`));

const print = (name: string, { best, middle }: ReturnType<typeof measure>): void =>
  console.log(`  ${name.padEnd(44)} ${best.toFixed(1).padStart(8)} ms best ${middle.toFixed(1).padStart(8)} ms middle`);

console.log(`\nFacts of one host, ${ROUNDS} rounds, with the shell's start`);
for (const shell of shells) print(`sshoal, all facts, ${shell.join(' ')}`, measure(ROUNDS, probe(shell, ['all'])));
if (has(...OWN_NETWORK, 'true')) {
  for (const shell of shells.slice(0, 1)) {
    print(`sshoal, all facts, one interface, ${shell.join(' ')}`, measure(ROUNDS, probe([...OWN_NETWORK, ...shell], ['all'])));
    print(
      '  of that, making the network',
      measure(ROUNDS, () => spawnSync(OWN_NETWORK[0], [...OWN_NETWORK.slice(1), 'true'])),
    );
  }
}
print('sshoal, the minimum, dash', measure(ROUNDS, probe(['dash'], ['!all'])));
if (has('ansible', '--version')) {
  print(
    'ansible -m setup, all facts',
    measure(3, () => spawnSync('ansible', ['localhost', '-m', 'setup'])),
  );
  print(
    'ansible -m setup, the minimum',
    measure(3, () => spawnSync('ansible', ['localhost', '-m', 'setup', '-a', 'gather_subset=!all'])),
  );
  print(
    'ansible -m ping, for what starting it takes',
    measure(3, () => spawnSync('ansible', ['localhost', '-m', 'ping'])),
  );
}
