// Times what it takes to ask many runs, by each index that this Node can have and without one.
//
//   npm run build && node build/bench/journal/index.js [RUNS] [HOSTS]
//
// RUNS (default 1,000) of HOSTS (default 1,000) each are made up, the shortest journals there can be: about 100 MB below the directory
// for temporary files, removed at the end. `made` is the first search, with nothing but journals; the others are the best of five.
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { FORMAT } from '#src/journal/entry';
import { type OpenIndex, openIndexBy } from '#src/journal/index/open-index';
import { INDEX_STORES } from '#src/journal/index/registry';
import { queryRuns } from '#src/journal/query-runs';
import { reindex } from '#src/journal/reindex';
import { RunDirectory } from '#src/journal/run-directory';
import type { RunFilter } from '#src/journal/run-filter';
import { newRunId } from '#src/journal/run-id';

const [runCount = 1_000, hostCount = 1_000] = process.argv.slice(2).map(Number);
const BEGUN_MS = Date.UTC(2026, 0, 1);
const ROUNDS = 5;
const PAGE = 20;
const hosts = Array.from({ length: hostCount }, (_, n) => `node${String(n).padStart(4, '0')}`);

async function makeUp(directory: string, number: number): Promise<void> {
  const atMs = BEGUN_MS + number * 60_000;
  const id = newRunId(atMs);
  const process = { machine: 'elsewhere', pid: 1 };
  const about = { verb: 'run', subject: `uptime ${number}`, argv: [], cwd: '/', inventory: [], version: '0' };
  const lines: object[] = [{ kind: 'header', format: FORMAT, ...about, hosts, id, process, atMs }];
  for (const [at, host] of hosts.entries()) {
    const status = (at + number) % 100 === 0 ? 'failed' : 'ok';
    lines.push({ kind: 'host-finished', atMs, outcome: { host, status, startedAtMs: 0, endedAtMs: 1 } });
  }
  lines.push({ kind: 'end', atMs, exitCode: 2 });
  await writeFile(path.join(directory, `${id}.jsonl`), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

async function bestOf(work: () => Promise<unknown>): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) best = Math.min(best, await timed(work));
  return best;
}

const QUESTIONS: Readonly<Record<string, RunFilter>> = {
  host: { host: 'node0042' },
  'host, failed': { host: 'node0042', outcome: 'failed' },
  'node set, failed': { host: 'node[0040-0049]', outcome: 'failed' },
  task: { task: 'uptime 77' },
  nobody: { host: 'nobody' },
};

async function ask(name: string, runs: RunDirectory): Promise<void> {
  for (const [question, filter] of Object.entries(QUESTIONS)) {
    const tookMs = await bestOf(async () => await queryRuns(runs, filter, PAGE));
    const found = (await queryRuns(runs, filter, PAGE)).runs.length;
    console.log(`${name.padEnd(12)} ${question.padEnd(18)} ${tookMs.toFixed(1).padStart(9)} ms  ${found} found`);
  }
}

const directory = await mkdtemp(path.join(tmpdir(), 'sshoal-bench-'));
try {
  for (let number = 0; number < runCount; number++) await makeUp(directory, number);
  const none: OpenIndex = async () => await Promise.resolve(undefined);
  const ways: [string, OpenIndex][] = [['summaries', none]];
  for (const store of INDEX_STORES) if ((await store.load()) !== undefined) ways.push([store.name, openIndexBy([store])]);
  for (const [name, openIndex] of ways) {
    const runs = new RunDirectory(directory, { openIndex, onNote: (note) => console.error(note) });
    const madeMs = await timed(async () => await reindex(runs, (fault) => console.error(fault)));
    console.log(`${name.padEnd(12)} ${'made'.padEnd(18)} ${madeMs.toFixed(0).padStart(9)} ms`);
    await ask(name, runs);
  }
  const index = (await readdir(directory)).find((name) => name.startsWith('.index-'));
  if (index !== undefined) console.log(`index ${((await stat(path.join(directory, index))).size / 1024 ** 2).toFixed(1)} MiB`);
} finally {
  await rm(directory, { recursive: true });
}
