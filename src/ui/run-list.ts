// What the page asks of all runs: lists, the history of a host, drift. It does not know how questions arrive.

import type { SshoalError } from '../base/errors.ts';
import { driftOfAll, driftOfHost } from '../journal/drift.ts';
import { hostHistory } from '../journal/host-history.ts';
import { queryRuns } from '../journal/query-runs.ts';
import type { RunDirectory } from '../journal/run-directory.ts';
import type { RunFilter } from '../journal/run-filter.ts';
import { markOf } from './marks.ts';
import { faultOf, rowOf } from './run-row.ts';
import type { Drift, HostHistory, HostRun, RunList } from './wire.ts';

/** What a look at one page of a list, and at one picture, may cost. */
const MOST_RUNS = 50;
const MOST_OF_HOST = 30;
const MOST_POINTS = 200;

/** A page of runs; those that are running stand first on the first page. */
export async function listRuns(runs: RunDirectory, filter: RunFilter): Promise<RunList> {
  const { runs: found, next, faults } = await queryRuns(runs, filter, MOST_RUNS);
  const rows = found.map(rowOf);
  const isLive = ({ state }: (typeof rows)[number]): boolean => state === 'running';
  return { runs: [...rows.filter(isLive), ...rows.filter((row) => !isLive(row))], next, faults: faults.map(faultOf) };
}

/** The runs a host took part in. @param host - Its name as it is. */
export async function historyOf(runs: RunDirectory, host: string, filter: Omit<RunFilter, 'host'>): Promise<HostHistory> {
  const faults: SshoalError[] = [];
  const found: HostRun[] = [];
  for await (const { run, status, tasks } of hostHistory(runs, host, filter, (fault) => faults.push(fault))) {
    if (found.length >= MOST_OF_HOST) return { runs: found, next: found.at(-1)?.row.id, faults: faults.map(faultOf) };
    const ended = tasks.map((task) => ({
      name: task.name,
      mark: task.isIgnored ? ('i' as const) : markOf(task.status),
      tookMs: Math.round(task.durationMs),
    }));
    found.push({ row: rowOf(run), status, tasks: ended });
  }
  return { runs: found, faults: faults.map(faultOf) };
}

/** How much changed and failed from run to run, the oldest first. */
export async function drift(runs: RunDirectory, filter: RunFilter, host?: string): Promise<Drift> {
  const faults: SshoalError[] = [];
  const onFault = (fault: SshoalError): unknown => faults.push(fault);
  const points: Drift['points'][number][] = [];
  const all = host === undefined ? driftOfAll(runs, filter, onFault) : driftOfHost(runs, host, filter, onFault);
  for await (const { run, counts } of all) {
    points.unshift({ id: run.id, subject: run.subject, atMs: run.atMs, counts });
    if (points.length >= MOST_POINTS) break;
  }
  return { points, faults: faults.map(faultOf) };
}
