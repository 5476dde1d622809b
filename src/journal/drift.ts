// How much changed and failed from run to run, on all hosts or on one. It does not know what the numbers are drawn with.
import type { SshoalError } from '../base/errors.ts';
import { type HostTask, hostHistory } from './host-history.ts';
import type { HostStatus } from './host-status.ts';
import type { Run, RunDirectory } from './run-directory.ts';
import type { RunFilter } from './run-filter.ts';

/** One run, counted. */
export interface DriftPoint {
  readonly run: Run;
  /** How many ended so: hosts, or of one host tasks. A status that nobody has is left out. */
  readonly counts: Readonly<Partial<Record<HostTask['status'], number>>>;
}

/** How many hosts ended how in each run, the newest first. Only summaries are read. @param onFault - Told of journals that cannot be read. */
export async function* driftOfAll(
  runs: RunDirectory,
  filter: RunFilter,
  onFault: (fault: SshoalError) => void,
): AsyncGenerator<DriftPoint, void, undefined> {
  for await (const run of runs.select(filter, onFault)) yield { run, counts: hostCounts(run) };
}

/** How many tasks ended how on one host in each run, the newest first. Journals are read. @param onFault - As in {@link driftOfAll}. */
export async function* driftOfHost(
  runs: RunDirectory,
  host: string,
  filter: Omit<RunFilter, 'host'>,
  onFault: (fault: SshoalError) => void,
): AsyncGenerator<DriftPoint, void, undefined> {
  for await (const { run, tasks } of hostHistory(runs, host, filter, onFault)) {
    const counts: Partial<Record<HostTask['status'], number>> = {};
    for (const { status } of tasks) counts[status] = (counts[status] ?? 0) + 1;
    yield { run, counts };
  }
}

function hostCounts({ hosts }: Run): DriftPoint['counts'] {
  return Object.fromEntries((Object.entries(hosts) as [HostStatus, readonly string[]][]).map(([status, { length }]) => [status, length]));
}
