// Times what the text report does with the answers of many hosts: folding, comparing, spooling, and its live line.
//
//   npm run build && node --expose-gc build/bench/fleet/fold.js [HOSTS] [BYTES]
//
// HOSTS (default 10,000) answer BYTES (default 10,240) each. Only the report's own time counts, to the last line written; making the
// answers does not. Memory is what the process holds more than before, at the end of the last answer.
import { tmpdir } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { FleetEvent, Outcome } from '#src/fleet/events';
import { reporters } from '#src/report/registry';
import type { Layout, Reporter, Sink } from '#src/report/seam';

if (globalThis.gc === undefined) throw new Error('Run it with node --expose-gc, or memory means nothing');
const [hostCount = 10_000, bytesEach = 10_240] = process.argv.slice(2).map(Number);
const hosts = Array.from({ length: hostCount }, (_, n) => `node${String(n).padStart(5, '0')}`);
const mask = (text: string): string => text;

/** A sink that counts, and keeps nothing. */
function counting(isTerminal: boolean): Sink & { readonly writtenBytes: () => number } {
  let bytes = 0;
  const write = (text: string): void => {
    bytes += Buffer.byteLength(text);
  };
  return { write, isTerminal, columns: () => 120, colour: isTerminal, writtenBytes: () => bytes };
}

/** An answer of lines of 64 bytes; one line in the middle tells the groups apart. */
function answer(group: number): Buffer {
  const lines = Math.floor(bytesEach / 64);
  const text = Array.from({ length: lines }, (_, n) => `${n === lines >> 1 ? `group ${group}` : `line ${n}`}`.padEnd(63, '.')).join('\n');
  return Buffer.from(`${text}\n`);
}

function finished(host: string, stdout: Uint8Array): FleetEvent {
  const outcome: Outcome = { host, status: 'ok', exit: { kind: 'code', code: 0 }, stdout, startedAtMs: 0, endedAtMs: 1 };
  return { kind: 'finished', host, outcome };
}

/** Buffers are given back some time after they are collected, or they would count for the next job. */
async function heldMiB(): Promise<number> {
  for (let round = 0; round < 4; round++) {
    globalThis.gc?.();
    await delay(50);
  }
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1024 / 1024;
}

async function fold(name: string, groups: number, layout: Layout): Promise<void> {
  const before = await heldMiB();
  const sink = counting(false);
  const reporter = (await reporters.text()).create(sink, { verbosity: 0, mask, now: Date.now, layout });
  let spentMs = 0;
  const timed = (work: () => void): void => {
    const started = performance.now();
    work();
    spentMs += performance.now() - started;
  };
  timed(() => reporter.start({ verb: 'run', subject: 'x', hosts }));
  for (const [n, host] of hosts.entries()) {
    const event = finished(host, answer(n % groups));
    timed(() => reporter.fleetEvent(event));
  }
  const held = (await heldMiB()) - before;
  timed(() => reporter.finish());
  const written = (sink.writtenBytes() / 1024 / 1024).toFixed(1);
  console.log(`${name.padEnd(34)} ${(spentMs / 1_000).toFixed(2)} s  ${held.toFixed(0)} MiB held  ${written} MiB written`);
}

/** CPU of a thousand events while all hosts are still under way, a frame being due every fifty of them: 1,000 events a second. */
async function region(name: string, isTerminal: boolean, eventOf: (host: string, n: number) => FleetEvent): Promise<void> {
  let nowMs = 0;
  const reporter: Reporter = (await reporters.text()).create(counting(isTerminal), { verbosity: 0, mask, now: () => nowMs });
  reporter.start({ verb: 'put', subject: 'x', hosts });
  const events = 100_000;
  const before = process.cpuUsage();
  for (let n = 0; n < events; n++) {
    nowMs += 1;
    reporter.fleetEvent(eventOf(hosts[n % (hostCount - 1)] ?? '', n));
  }
  const { user, system } = process.cpuUsage(before);
  reporter.finish();
  console.log(`${name.padEnd(34)} ${((user + system) / 1_000 / (events / 1_000)).toFixed(2)} ms of CPU for 1,000 events`);
}

console.log(`${hostCount} hosts, ${bytesEach} bytes each, node ${process.version}`);
const spooling: Layout = { spoolDirectory: tmpdir() };
await fold('all the same', 1, spooling);
await fold('100 groups', 100, spooling);
await fold('100 groups, as differences', 100, { ...spooling, diff: {} });
await fold('all different, spooled', hostCount, spooling);
await fold('all different, in memory', hostCount, {});
const progress = (host: string, n: number): FleetEvent => ({ kind: 'progress', host, doneBytes: n, totalBytes: undefined });
await region('live line on a terminal', true, progress);
await region('live line in a pipe', false, progress);
