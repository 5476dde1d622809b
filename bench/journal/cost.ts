// Times what a journal costs: writing an event, and asking a thousand runs.
//
//   npm run build && node build/bench/journal/cost.js [RUNS] [HOSTS]
//
// RUNS (default 1,000) of HOSTS (default 1,000) each are written, so it takes a while and some hundred MB below the directory for
// temporary files. `first` reads every journal, as where all summaries are
// lost; `made` makes the SQLite index, where this Node has it.
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FleetEvent } from '#src/fleet/events';
import { JournalWriter } from '#src/journal/journal-writer';
import { RunDirectory } from '#src/journal/run-directory';
import type { RunFilter } from '#src/journal/run-filter';
import { hasSqlite } from '#src/journal/sqlite-index';

const [runCount = 1_000, hostCount = 1_000] = process.argv.slice(2).map(Number);
const hosts = Array.from({ length: hostCount }, (_, n) => `node${String(n).padStart(4, '0')}`);
const stdout = Buffer.from(`${'load average: 0.42, 0.37, 0.35'.padEnd(120, '.')}\n`);
const mask = (text: string): string => text;

function finished(host: string, isOk: boolean): FleetEvent {
  const exit = { kind: 'code', code: isOk ? 0 : 1 } as const;
  return { kind: 'finished', host, outcome: { host, status: isOk ? 'ok' : 'failed', exit, stdout, startedAtMs: 0, endedAtMs: 1 } };
}

async function writeRun(directory: string, number: number): Promise<void> {
  const run = { verb: 'run', subject: `uptime ${number}`, argv: [], cwd: '/', inventory: [], hosts, version: '0' } as const;
  const writer = await JournalWriter.create({ directory, run, mask, now: () => Date.now() });
  for (const [at, host] of hosts.entries()) {
    await writer.fleetEvent({ kind: 'started', host, atMs: 0 });
    await writer.fleetEvent(finished(host, (at + number) % 100 !== 0));
  }
  await writer.finish(2);
}

async function ask(runs: RunDirectory, filter: RunFilter): Promise<string> {
  const begun = performance.now();
  let found = 0;
  for await (const _run of runs.select(filter, (fault) => console.error(fault))) found++;
  return `${found} found in ${(performance.now() - begun).toFixed(0)} ms`;
}

const directory = await mkdtemp(path.join(tmpdir(), 'sshoal-bench-'));
try {
  const begun = performance.now();
  for (let number = 0; number < runCount; number++) await writeRun(directory, number);
  const tookMs = performance.now() - begun;
  const names = await readdir(directory);
  const sizes = await Promise.all(
    names.filter((name) => name.endsWith('.jsonl')).map(async (name) => (await stat(path.join(directory, name))).size),
  );
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  console.log(
    `write   ${((tookMs * 1_000) / (runCount * hostCount * 2)).toFixed(1)} µs an event, ${(bytes / (runCount * hostCount)).toFixed(0)} bytes a host`,
  );
  const scan = new RunDirectory(directory, async () => await Promise.resolve(undefined));
  const ways: [string, RunDirectory][] = [['scan  ', scan]];
  if (hasSqlite()) ways.push(['sqlite', new RunDirectory(directory)]);
  for (const [name, runs] of ways) {
    console.log(`${name}  all   ${await ask(runs, {})}`);
    if (runs !== scan) console.log(`${name}  made  ${await ask(runs, { host: 'nobody' })}`);
    console.log(`${name}  host  ${await ask(runs, { host: 'node0042', outcome: 'failed' })}`);
    console.log(`${name}  task  ${await ask(runs, { task: 'uptime 77' })}`);
  }
  for (const name of names.filter((name) => name.endsWith('.summary.json'))) await rm(path.join(directory, name));
  console.log(`scan    first ${await ask(scan, {})}`);
  console.log(`scan    again ${await ask(scan, {})}`);
} finally {
  await rm(directory, { recursive: true });
}
