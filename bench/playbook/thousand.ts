// Ten everyday tasks on very many hosts, and the memory that takes: `node build/bench/playbook/thousand.js [HOSTS...]`, 1,000 when not given.
//
// The hosts are sessions on embedded servers of this machine, so wall time is mostly theirs: ten shells a host.
import { rmSync } from 'node:fs';
import path from 'node:path';
import { onSessions } from '../fleet/sessions.ts';

const PLAYBOOK = path.resolve(import.meta.dirname, '../../../bench/playbook/ten-tasks.yml');
const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [1_000];

for (const size of sizes) {
  const { stdout, exitCode, seconds, cpuSeconds, peakMebi } = await onSessions(size, ['play', '--quiet', PLAYBOOK]);
  rmSync('/tmp/sshoal-bench', { recursive: true, force: true });
  if (exitCode !== 0) console.log(stdout.slice(0, 4_000));
  console.log(`\n${size} hosts x 10 tasks, which ended with ${exitCode}`);
  console.log(`  wall                ${seconds.toFixed(1)} s, ${((size * 10) / seconds).toFixed(0)} host-tasks/s`);
  console.log(`  controller, CPU     ${((cpuSeconds * 1_000) / size).toFixed(1)} ms a host`);
  console.log(`  controller, memory  ${peakMebi.toFixed(0)} MiB at most, ${((peakMebi * 1_024) / size).toFixed(0)} KiB a host`);
}
