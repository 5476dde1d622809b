// What it costs that others do the work: `node build/bench/engine/workers.js [HOSTS] [WORKERS...]`, 2,000 hosts and 1, 2, 4 workers when not
// given; 0 hosts for the play alone.
//
// Every host is an embedded SSH server that takes 50 ms for a command. Controller, workers, Redis and all hosts share this machine: its
// cores bound the sum of their CPU, so wall shows who waits, and CPU a host-task what a machine of its own would have to do.
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { onServers, runOn } from '../fleet/sessions.ts';
import { BenchCrew } from './crew.ts';

const [hosts = 2_000, ...given] = process.argv.slice(2).map(Number);
const sizes = given.length > 0 ? given : [1, 2, 4];
// Enough that what a program costs that does nothing is a small part.
const TASKS = 50;
const PLAY_HOSTS = 100;

console.log(`${availableParallelism()} cores`);
if (hosts > 0)
  await measure(`run, ${hosts} hosts of 50 ms`, hosts, hosts, async () => await Promise.resolve(['run', 'all', '-q', '--', 'sleep 0.05']));
await measure(`play, ${PLAY_HOSTS} hosts, ${TASKS} tasks`, PLAY_HOSTS, PLAY_HOSTS * TASKS, async (scratch) => {
  const file = path.join(scratch, 'tasks.yml');
  writeFileSync(file, `- hosts: all\n  gather_facts: false\n  tasks:\n${'    - command: "true"\n'.repeat(TASKS)}`);
  return await Promise.resolve(['play', '-q', file]);
});

async function measure(what: string, size: number, hostTasks: number, words: (scratch: string) => Promise<string[]>): Promise<void> {
  console.log(`\n${what}\n${row('', 'wall', 'starter', 'workers', 'coordin.', 'redis', '(CPU ms a host-task)')}`);
  await onServers(size, async ({ flags, scratch }) => {
    const call = await words(scratch);
    const ms = (seconds: number): string => ((seconds * 1_000) / hostTasks).toFixed(2);
    const alone = await runOn(flags, call);
    console.log(row('in process', `${alone.seconds.toFixed(1)} s`, ms(alone.cpuSeconds), '-', '-', '-', ended(alone.exitCode)));
    for (const count of sizes) {
      await using crew = await BenchCrew.start(count, scratch);
      const before = crew.cpuSeconds();
      const { seconds, cpuSeconds, exitCode } = await runOn([...flags, ...crew.flags], call);
      const after = crew.cpuSeconds();
      const used = after.workers.map((one, index) => one - (before.workers[index] ?? 0));
      // All have as many hosts: what one of them used more went into coordinating.
      const coordinating = count === 1 ? '-' : ms(Math.max(...used) - Math.min(...used));
      const workers = ms(used.reduce((all, one) => all + one, 0));
      const name = `${count} worker${count === 1 ? '' : 's'}`;
      console.log(
        row(name, `${seconds.toFixed(1)} s`, ms(cpuSeconds), workers, coordinating, ms(after.redis - before.redis), ended(exitCode)),
      );
    }
  });
}

function row(...[name = '', ...cells]: readonly string[]): string {
  return name.padEnd(14) + cells.map((cell) => cell.padStart(10)).join('');
}

function ended(exitCode: number | null): string {
  return exitCode === 0 ? '' : `  exit ${exitCode}`;
}
