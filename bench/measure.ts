// What benchmarks share: running a program with its time and CPU, contenders in turn, a table of ratios. It does not know what is measured.
import { spawnSync } from 'node:child_process';

export const MEBI = 1024 * 1024;

export interface Run {
  readonly seconds: number;
  /** User and system, of the program and what it started. */
  readonly cpuSeconds: number;
  readonly stdout: string;
}

export interface Contender {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** Whether a program is there, and does what it is asked. */
export function has(...command: [string, ...string[]]): boolean {
  return spawnSync(command[0], command.slice(1), { stdio: 'ignore' }).status === 0;
}

/** Runs a program to its end. @throws Error when it fails. */
export function run(command: readonly string[], env: Readonly<Record<string, string>> = {}): Run {
  const startedMs = performance.now();
  const done = spawnSync('bash', ['-c', 'TIMEFORMAT="@%U %S"; time "$@"', 'time', ...command], {
    encoding: 'utf8',
    maxBuffer: 64 * MEBI,
    env: { ...process.env, ...env },
  });
  const seconds = (performance.now() - startedMs) / 1_000;
  const cpu = /@([\d.]+) ([\d.]+)\s*$/.exec(done.stderr);
  if (done.status !== 0 || cpu === null) throw new Error(`${command.slice(0, 3).join(' ')}: ${done.stderr.slice(-500)}`);
  return { seconds, cpuSeconds: Number(cpu[1]) + Number(cpu[2]), stdout: done.stdout };
}

/** The best of some rounds; in turn, so that a slow moment of the machine meets all of them. */
export function best(contenders: readonly Contender[], rounds: number, prepare: () => void = () => {}): Map<string, Run> {
  const results = new Map<string, Run>();
  for (let round = 0; round < rounds; round++) {
    for (const { name, command, env } of contenders) {
      prepare();
      const once = run(command, env);
      const before = results.get(name);
      results.set(name, {
        seconds: Math.min(once.seconds, before?.seconds ?? Number.POSITIVE_INFINITY),
        cpuSeconds: Math.min(once.cpuSeconds, before?.cpuSeconds ?? Number.POSITIVE_INFINITY),
        stdout: once.stdout,
      });
    }
  }
  return results;
}

/** Prints figures with the ratio of ours to each. */
export function table(title: string, rows: readonly (readonly [string, number])[], unit: string, higherIsBetter: boolean): void {
  const ours = rows.find(([name]) => name === 'sshoal')?.[1] ?? Number.NaN;
  console.log(`\n${title}`);
  for (const [name, value] of rows) {
    const ratio = name === 'sshoal' ? '' : `sshoal is at ${(higherIsBetter ? ours / value : value / ours).toFixed(2)}x`;
    console.log(`  ${name.padEnd(18)} ${value.toPrecision(4).padStart(9)} ${unit.padEnd(8)} ${ratio}`);
  }
}
