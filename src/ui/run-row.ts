// A run as one line of a list, for the page. It does not know which runs are wanted.
import { SshoalError } from '../base/errors.ts';
import { HOST_STATUSES } from '../journal/host-status.ts';
import type { RunState } from '../journal/run-filter.ts';
import type { RunSummary } from '../journal/summary.ts';
import type { Fault, HostCounts, RunRow } from './wire.ts';

export interface RowState {
  readonly state: RunState;
  readonly isTorn: boolean;
}

export function rowOf(run: RunSummary & Pick<RowState, 'state'>): RunRow {
  const { id, verb, subject, state, atMs, lastAtMs, exitCode, isTorn, resumes } = run;
  return { id, verb, subject, state, atMs, lastAtMs, exitCode, counts: countsOf(run), isTorn, resumes };
}

export function countsOf({ hosts }: Pick<RunSummary, 'hosts'>): HostCounts {
  const counts = HOST_STATUSES.map((status) => [status, hosts[status]?.length ?? 0] as const);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

/** @throws what is no error that people can act on: that is a defect. */
export function faultOf(error: unknown): Fault {
  if (!(error instanceof SshoalError)) throw error;
  const { code, message, where, fix } = error;
  return { code, message, where: typeof where === 'object' ? `${where.file}:${where.line}` : where, fix };
}
