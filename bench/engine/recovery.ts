// How long hosts wait when their worker is killed: `node build/bench/engine/recovery.js [LEASE...]`, 3s and 15s when not given.
//
// Three workers, 60 hosts; in the middle of a command of a second one worker is killed with SIGKILL: one that has hosts, then the one that
// coordinates. What is printed is the time from then to the end of the run, less the second that the command takes again.
import { setTimeout as delay } from 'node:timers/promises';
import { onServers, runOn } from '../fleet/sessions.ts';
import { BenchCrew } from './crew.ts';

const leases = process.argv.length > 2 ? process.argv.slice(2) : ['3s', '15s'];
const HOSTS = 60;
const COMMAND_S = 1;

await onServers(HOSTS, async ({ flags, scratch }) => {
  for (const lease of leases) {
    for (const role of ['a worker', 'the coordinator'] as const) {
      await using crew = await BenchCrew.start(3, scratch, lease);
      const coordinating = new Set<unknown>();
      for (const worker of crew.workers)
        worker.stdout?.on('data', (said: Buffer) => {
          if (said.includes('coordinates')) coordinating.add(worker);
        });
      const running = runOn([...flags, ...crew.flags], ['run', 'all', '-q', '--', `sleep ${COMMAND_S}`]);
      while (coordinating.size === 0) await delay(10);
      await delay(700);
      crew.workers.find((worker) => coordinating.has(worker) === (role === 'the coordinator'))?.kill('SIGKILL');
      const killedMs = performance.now();
      const { exitCode } = await running;
      const seconds = (performance.now() - killedMs) / 1_000 - COMMAND_S;
      console.log(`lease ${lease.padStart(3)}, ${role.padEnd(15)} killed: ${seconds.toFixed(1)} s, exit ${exitCode}`);
    }
  }
});
