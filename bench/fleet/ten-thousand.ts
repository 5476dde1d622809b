// Very many sessions held at once: `node build/bench/fleet/ten-thousand.js [HOSTS...]`, 1,000 and then 10,000 when not given.
//
// The controller is the program itself: it connects to all, runs one command on each, folds the answers, and keeps every connection
// to the end.
import { onSessions } from './sessions.ts';

const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [1_000, 10_000];

for (const size of sizes) {
  const { stdout, most, seconds, cpuSeconds, peakMebi } = await onSessions(size, ['run', 'all', '--', 'echo', 'one answer']);
  console.log(`\n${size} hosts: ${stdout.trim().split('\n').at(-1)}`);
  console.log(`  sessions at once    ${most}`);
  console.log(`  wall                ${seconds.toFixed(1)} s`);
  console.log(`  controller, CPU     ${((cpuSeconds * 1_000) / size).toFixed(2)} ms a host`);
  console.log(`  controller, memory  ${peakMebi.toFixed(0)} MiB at most, ${((peakMebi * 1_024) / size).toFixed(0)} KiB a host`);
}
