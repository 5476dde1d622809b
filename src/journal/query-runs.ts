// Runs a page at a time, for whoever cannot show all of them. It does not know what a page looks like.
import type { SshoalError } from '../base/errors.ts';
import type { Run, RunDirectory } from './run-directory.ts';
import type { RunFilter } from './run-filter.ts';

export interface RunPage {
  /** The newest first. */
  readonly runs: readonly Run[];
  /** `olderThan` of the filter for the next page; undefined where there is none. */
  readonly next: string | undefined;
  /** Journals that cannot be read, where any were met on the way. */
  readonly faults: readonly SshoalError[];
}

/**
 * The newest runs that a filter lets through.
 *
 * ```ts
 * const first = await queryRuns(runs, { host: 'web*', outcome: 'failed' }, 20);
 * const second = await queryRuns(runs, { host: 'web*', outcome: 'failed', olderThan: first.next }, 20);
 * ```
 *
 * @param most - How many, at least 1.
 * @throws NodeSetError on a host that is no node set.
 */
export async function queryRuns(directory: RunDirectory, filter: RunFilter, most: number): Promise<RunPage> {
  const runs: Run[] = [];
  const faults: SshoalError[] = [];
  for await (const run of directory.select(filter, (fault) => faults.push(fault))) {
    if (runs.length >= most) return { runs, next: runs.at(-1)?.id, faults };
    runs.push(run);
  }
  return { runs, next: undefined, faults };
}
