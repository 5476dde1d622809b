// What was done on one host over many runs, the newest first. It does not know how that is shown.
import type { SshoalError } from '../base/errors.ts';
import { neutraliseJson } from '../base/terminal.ts';
import type { JournalEntry } from './entry.ts';
import type { HostStatus } from './host-status.ts';
import { readJournal } from './read-journal.ts';
import type { Run, RunDirectory } from './run-directory.ts';
import type { RunFilter } from './run-filter.ts';

/** A task of a play on the host, or the one thing that an ad-hoc run did. */
export interface HostTask {
  readonly name: string;
  /** Of a play. */
  readonly module?: string | undefined;
  readonly status: HostStatus | 'skipped';
  /** Failed, but told to go on. */
  readonly isIgnored: boolean;
  readonly durationMs: number;
}

/** One run, as the host saw it. */
export interface HostRun {
  readonly run: Run;
  /** How it ended there. */
  readonly status: HostStatus;
  /** What ended there, in order; a task that a host met twice is there twice. */
  readonly tasks: readonly HostTask[];
}

/**
 * The runs in which a host took part. Each journal is read when it is asked for: who has enough stops.
 *
 * @param host - Its name as it is.
 * @param filter - `outcome` is that of this host; `host` is not looked at.
 * @param onFault - Told of journals that cannot be read.
 */
export async function* hostHistory(
  runs: RunDirectory,
  host: string,
  filter: Omit<RunFilter, 'host'>,
  onFault: (fault: SshoalError) => void,
): AsyncGenerator<HostRun, void, undefined> {
  for await (const run of runs.select({ ...filter, host: [host] }, onFault)) {
    const status = statusOf(run, host);
    const tasks = await runs.unlessUnreadable(run.id, async () => await tasksOf(run, host), onFault);
    if (status !== undefined && tasks !== undefined) yield { run, status, tasks };
  }
}

/** How a run ended on a host; undefined where that took no part. */
export function statusOf({ hosts }: Run, host: string): HostStatus | undefined {
  return (Object.keys(hosts) as HostStatus[]).find((status) => hosts[status]?.includes(host) === true);
}

async function tasksOf(run: Run, host: string): Promise<HostTask[]> {
  const journal = await readJournal(run.file);
  // Of a thousand hosts all lines but the thousandth part need not be read. What else has these words in it does no harm.
  const mention = Buffer.from(neutraliseJson(JSON.stringify(host)));
  const found: HostTask[] = [];
  for await (const entry of journal.entries((line) => line.includes(mention))) {
    const task = taskOf(entry, run, host);
    if (task !== undefined) found.push(task);
  }
  return found;
}

function taskOf(entry: JournalEntry, { subject }: Run, host: string): HostTask | undefined {
  if (entry.kind === 'end' || !('host' in entry.event) || entry.event.host !== host) return undefined;
  const { event } = entry;
  if (event.kind === 'finished') {
    const { status, startedAtMs, endedAtMs } = event.outcome;
    return { name: subject, status, isIgnored: false, durationMs: endedAtMs - startedAtMs };
  }
  if (event.kind !== 'task-finished') return undefined;
  const { task, status, ignored, durationMs } = event;
  return { name: task.name, module: task.module, status, isIgnored: ignored, durationMs };
}
