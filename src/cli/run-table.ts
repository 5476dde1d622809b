// Runs as a table for people, and as data for machines. It does not know which runs.
import { neutralise } from '../base/terminal.ts';
import { formatDuration } from '../base/units.ts';
import { HOST_STATUSES, type HostStatus } from '../journal/host-status.ts';
import type { Run } from '../journal/run-directory.ts';
import type { Style } from '../report/style.ts';
import { EXIT } from './exit-code.ts';

/** Longer commands would push everything else off the screen. */
const LONGEST_SUBJECT = 60;
const HEAD = ['RUN', 'BEGAN', 'TOOK', 'VERB', 'HOSTS', 'OUTCOME', 'WHAT'] as const;

/** One line for each run, below the names of the columns. */
export function runTable(runs: readonly Run[], style: Style): string[] {
  const rows = runs.map((run) => [
    run.id,
    localTime(run.atMs),
    tookText(run),
    run.verb,
    String(hostCount(run)),
    outcomeText(run),
    whatText(run),
  ]);
  const widths = HEAD.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const paint = ({ hosts, state }: Run): ((text: string) => string) => {
    if (state !== 'ended') return style.status('cancelled');
    if (hosts.failed !== undefined || hosts.unreachable !== undefined || hosts['timed-out'] !== undefined) return style.status('failed');
    return (text) => text;
  };
  return [style.bold(line(HEAD)), ...runs.map((run, index) => paint(run)(line(rows[index] ?? [])))];
}

/** What `-o json` and `-o jsonl` say of a run. */
export function runData(run: Run): Readonly<Record<string, unknown>> {
  const { id, verb, subject, argv, cwd, inventory, state, exitCode, isTorn, hosts, tasks, atMs, lastAtMs } = run;
  const time = (ms: number): string => new Date(ms).toISOString();
  return { id, verb, subject, argv, cwd, inventory, state, exitCode, began: time(atMs), last: time(lastAtMs), torn: isTorn, hosts, tasks };
}

/** `2 ok, 1 failed`, of a drift check `2 ok, 1 drifted`, and how the run itself is where it has no end. */
export function outcomeText({ state, hosts, exitCode }: Pick<Run, 'state' | 'hosts' | 'exitCode'>): string {
  const counts = HOST_STATUSES.flatMap((status) => countOf(hosts, status, exitCode === EXIT.drift));
  return [...(state === 'ended' ? [] : [state === 'elsewhere' ? 'on another machine' : state]), ...counts].join(', ') || 'nobody';
}

function countOf(hosts: Run['hosts'], status: HostStatus, isDrift: boolean): string[] {
  const count = hosts[status]?.length ?? 0;
  // Nobody has changed anything there: somebody looked.
  const word = status === 'timed-out' ? 'timed out' : status === 'changed' && isDrift ? 'drifted' : status;
  return count === 0 ? [] : [`${count} ${word}`];
}

function hostCount({ hosts }: Run): number {
  return Object.values(hosts).reduce((sum, { length }) => sum + length, 0);
}

function tookText({ state, atMs, lastAtMs }: Run): string {
  return state === 'ended' ? formatDuration(Math.max(0, lastAtMs - atMs)) : '-';
}

function whatText({ subject }: Run): string {
  const line = neutralise(subject).replace(/\s+/g, ' ');
  return line.length > LONGEST_SUBJECT ? `${line.slice(0, LONGEST_SUBJECT - 1)}…` : line;
}

/** `2026-08-07 16:25:01`, by the clock on the wall here. */
export function localTime(ms: number): string {
  const at = new Date(ms);
  const pad = (number: number): string => String(number).padStart(2, '0');
  const date = `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
  return `${date} ${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}`;
}
