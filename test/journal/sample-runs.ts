// Runs for the tests of journals: a directory of their own, and events as the floors below tell them.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { type Dict, dict, type Value } from '#src/base/value';
import type { FleetEvent, Outcome } from '#src/fleet/events';
import type { JournalEntry, RunDescription } from '#src/journal/entry';
import { JournalWriter } from '#src/journal/journal-writer';
import { readJournal } from '#src/journal/read-journal';
import { RunDirectory, type RunDirectoryOptions } from '#src/journal/run-directory';
import type { PlayEvent, RecapCounts, TaskLabel, TaskStatus } from '#src/playbook/events';

export const DAY_MS = 86_400_000;
export const NOW = Date.UTC(2026, 7, 7, 14, 25, 1);
const COUNTS: RecapCounts = { ok: 0, changed: 0, unreachable: 0, failed: 0, skipped: 0, rescued: 0, ignored: 0 };

/** A directory that is gone after the test. */
export async function directoryFor(t: TestContext): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'sshoal-journal-'));
  t.after(async () => await rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  return directory;
}

export function description(more: Partial<RunDescription> = {}): RunDescription {
  const hosts = ['web01', 'web02'];
  return {
    verb: 'run',
    subject: 'uptime',
    argv: ['run', 'all', 'uptime'],
    cwd: '/srv',
    inventory: ['hosts.ini'],
    hosts,
    version: '1',
    ...more,
  };
}

export function finished(host: string, more: Partial<Outcome> = {}): FleetEvent {
  const outcome: Outcome = { host, status: 'ok', exit: { kind: 'code', code: 0 }, startedAtMs: 1, endedAtMs: 2, ...more };
  return { kind: 'finished', host, outcome };
}

export function task(id: number, name = `Task ${id}`, handler = false): TaskLabel {
  return { id, name, module: 'command', position: { file: 'site.yml', line: id + 1, column: 3 }, handler };
}

export function taskStarted(label: TaskLabel, hosts: readonly string[]): PlayEvent {
  return { kind: 'task-started', task: label, hosts, atMs: 5 };
}

export function taskFinished(label: TaskLabel, host: string, status: TaskStatus, result: Readonly<Record<string, Value>> = {}): PlayEvent {
  return { kind: 'task-finished', task: label, host, status, ignored: false, result: dict(result), durationMs: 7 };
}

export function recap(hosts: Readonly<Record<string, Partial<RecapCounts>>>, custom?: ReadonlyMap<string, Dict>): PlayEvent {
  const entries = Object.entries(hosts).map(([host, counts]) => [host, { ...COUNTS, ...counts }] as const);
  return { kind: 'recap', hosts: new Map(entries), ...(custom && { custom }), durationMs: 9 };
}

export interface WriteOptions {
  readonly run?: Partial<RunDescription>;
  readonly mask?: (text: string) => string;
  readonly atMs?: number;
  /** Undefined leaves the journal without an end. */
  readonly exitCode?: number | undefined;
}

/** Writes a journal, and gives back its file. */
export async function written(directory: string, events: readonly (FleetEvent | PlayEvent)[], options: WriteOptions = {}): Promise<string> {
  const { run = {}, mask = (text) => text, atMs = 1_000 } = options;
  const writer = await JournalWriter.create({ directory, run: description(run), mask, now: () => atMs });
  for (const event of events) {
    if ('host' in event && (event.kind === 'started' || event.kind === 'finished')) await writer.fleetEvent(event as FleetEvent);
    else await writer.playEvents([event as PlayEvent]);
  }
  if ('exitCode' in options && options.exitCode === undefined) await writer.abandon();
  else await writer.finish(options.exitCode ?? 0);
  return writer.file;
}

export async function entriesOf(file: string): Promise<{ readonly entries: readonly JournalEntry[]; readonly isTorn: boolean }> {
  const journal = await readJournal(file);
  const entries: JournalEntry[] = [];
  for await (const entry of journal.entries()) entries.push(entry);
  return { entries, isTorn: journal.isTorn() };
}

export async function linesOf(file: string): Promise<string[]> {
  return (await readFile(file, 'utf8')).trimEnd().split('\n');
}

/** Two ad-hoc runs and a play, the oldest first. */
export async function threeRuns(
  t: TestContext,
  options: RunDirectoryOptions = {},
): Promise<{ readonly runs: RunDirectory; readonly ids: readonly string[] }> {
  const directory = await directoryFor(t);
  const files = [
    await written(directory, [finished('web01'), finished('web02', { status: 'failed' })], { atMs: NOW - 3 * DAY_MS, exitCode: 2 }),
    await written(directory, [finished('db01')], { atMs: NOW - DAY_MS, run: { hosts: ['db01'], subject: 'Restart NGINX' } }),
    await written(
      directory,
      [
        { kind: 'play-started', play: 'Site', hosts: ['web01', 'web02', 'web03'], atMs: 1 },
        taskStarted(task(0, 'Install nginx'), ['web01', 'web02', 'web03']),
        taskFinished(task(0, 'Install nginx'), 'web01', 'changed'),
        taskFinished(task(0, 'Install nginx'), 'web02', 'unreachable'),
        recap({ web01: { changed: 1 }, web02: { unreachable: 1 }, web03: { ok: 1 } }),
      ],
      { atMs: NOW, run: { verb: 'play', subject: 'site.yml' }, exitCode: 4 },
    ),
  ];
  return { runs: new RunDirectory(directory, options), ids: files.map((file) => path.basename(file, '.jsonl')) };
}

/** For journals that can all be read. */
export function noFault(fault: Error): never {
  throw fault;
}

/** All that comes. */
export async function listOf<T>(source: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const one of source) list.push(one);
  return list;
}
