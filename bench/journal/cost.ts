// Times what a journal costs a run, and how large it is.
//
//   npm run build && node build/bench/journal/cost.js [HOSTS] [ROUNDS]
//
// `write` is what each event takes that a run waits for. `share` is the time of a whole `sshoal run` of HOSTS local hosts with and
// without --no-journal, ROUNDS each in turn.
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { FleetEvent } from '#src/fleet/events';
import { JournalWriter } from '#src/journal/journal-writer';
import { best } from '../measure.ts';

const [hostCount = 200, rounds = 5] = process.argv.slice(2).map(Number);
const WRITTEN = 20_000;
const stdout = Buffer.from(`${'load average: 0.42, 0.37, 0.35'.padEnd(120, '.')}\n`);

function finished(host: string): FleetEvent {
  const exit = { kind: 'code', code: 0 } as const;
  return { kind: 'finished', host, outcome: { host, status: 'ok', exit, stdout, startedAtMs: 0, endedAtMs: 1 } };
}

async function write(directory: string): Promise<void> {
  const hosts = Array.from({ length: WRITTEN }, (_, n) => `node${String(n).padStart(5, '0')}`);
  const run = { verb: 'run', subject: 'uptime', argv: [], cwd: '/', inventory: [], hosts, version: '0' } as const;
  const writer = await JournalWriter.create({ directory, run, mask: (text) => text, now: () => Date.now() });
  const begun = performance.now();
  for (const host of hosts) {
    await writer.fleetEvent({ kind: 'started', host, atMs: 0 });
    await writer.fleetEvent(finished(host));
  }
  await writer.finish(0);
  const tookMs = performance.now() - begun;
  const { size } = await stat(writer.file);
  console.log(`write  ${((tookMs * 1_000) / (WRITTEN * 2)).toFixed(1)} µs an event, ${(size / WRITTEN).toFixed(0)} bytes a host`);
}

function share(directory: string): void {
  const hosts = Array.from({ length: hostCount }, (_, n) => `node${n}`).join();
  const program = path.resolve(import.meta.dirname, '../../../dist/cli/main.js');
  const command = ['node', program, 'run', 'all', '-q', '-i', `${hosts},`, '-e', 'ansible_connection=local', 'uptime'];
  const env = { XDG_STATE_HOME: directory };
  const results = best(
    [
      { name: 'with', command, env },
      { name: 'without', command: [...command.slice(0, 4), '--no-journal', ...command.slice(4)], env },
    ],
    rounds,
  );
  const [withIt, without] = [results.get('with'), results.get('without')];
  if (withIt === undefined || without === undefined) return;
  const percent = (one: number, other: number): string => `${(((one - other) / other) * 100).toFixed(1)} %`;
  console.log(
    `share  ${withIt.seconds.toFixed(3)} s with, ${without.seconds.toFixed(3)} s without: ${percent(withIt.seconds, without.seconds)} of time`,
  );
  console.log(
    `       ${withIt.cpuSeconds.toFixed(3)} s with, ${without.cpuSeconds.toFixed(3)} s without: ${percent(withIt.cpuSeconds, without.cpuSeconds)} of CPU`,
  );
}

const directory = await mkdtemp(path.join(tmpdir(), 'sshoal-bench-'));
try {
  await write(directory);
  share(directory);
} finally {
  await rm(directory, { recursive: true });
}
