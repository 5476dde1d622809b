// Takes old journals away, by age and by size. It does not know when that is due to whom.
import { readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { removeIndexes } from './index/open-index.ts';
import type { Run, RunDirectory } from './run-directory.ts';
import { timeOfRunId } from './run-id.ts';
import { SUMMARY_NAME, summaryFile } from './summary.ts';

const DAY_MS = 86_400_000;

/** What may stay. */
export interface Retention {
  readonly keepMs: number;
  /** Of all journals together; the oldest go first. */
  readonly maxBytes: number;
}
/** Three months and a gibibyte. */
export const DEFAULT_RETENTION: Retention = { keepMs: 90 * DAY_MS, maxBytes: 1024 ** 3 };

export interface Pruned {
  readonly runs: number;
  readonly bytes: number;
}

/** So long a play that can be taken up again stays, whatever the limits are: who is to do it may be away until after the weekend. */
const RESUMABLE_MS = 7 * DAY_MS;

/**
 * Takes away what may not stay; never a run that is going on, nor one of another machine that may be, unless it is too old; nor a play of
 * the last seven days that did not come to its end, or that lost a host.
 */
export async function prune(runs: RunDirectory, { keepMs, maxBytes }: Retention, nowMs: number): Promise<Pruned> {
  const gone = { runs: 0, bytes: 0 };
  let total = 0;
  for (const id of await runs.ids()) {
    const bytes = await sizeOf(runs.fileOf(id));
    const isOld = nowMs - (timeOfRunId(id) ?? nowMs) > keepMs;
    total += bytes;
    if (!isOld && total <= maxBytes) continue;
    if ((await reasonsToKeep(runs, id, nowMs)).has(isOld ? 'old' : 'large')) continue;
    await rm(runs.fileOf(id), { force: true });
    await rm(summaryFile(runs.fileOf(id)), { force: true });
    gone.runs++;
    gone.bytes += bytes;
  }
  await removeLeftOver(runs);
  await removeIndexes(runs.directory);
  return gone;
}

/** The same, but at most once a day, so that it costs the runs between nothing. */
export async function pruneIfDue(runs: RunDirectory, retention: Retention, nowMs: number): Promise<Pruned | undefined> {
  const mark = path.join(runs.directory, '.pruned');
  const lastMs = await stat(mark).then(({ mtimeMs }) => mtimeMs, ifMissing);
  if (lastMs !== undefined && Math.abs(nowMs - lastMs) < DAY_MS) return undefined;
  // First the mark: two runs that end at once need not both do it.
  await writeFile(mark, '', { mode: 0o600 });
  await utimes(mark, nowMs / 1_000, nowMs / 1_000);
  return await prune(runs, retention, nowMs);
}

/** Summaries without a journal, and those that were not written to their end. */
async function removeLeftOver(runs: RunDirectory): Promise<void> {
  const ids = new Set(await runs.ids());
  for (const name of await readdir(runs.directory)) {
    const id = SUMMARY_NAME.exec(name)?.[1];
    if (id !== undefined && !ids.has(id)) await rm(path.join(runs.directory, name), { force: true });
  }
}

/** Whether a run stays though it is old, or though it is too large. */
async function reasonsToKeep(runs: RunDirectory, id: string, nowMs: number): Promise<ReadonlySet<'old' | 'large'>> {
  // One that nobody can read is of no use to anybody.
  const run = await runs.runIfReadable(id, () => {});
  if (run === undefined) return new Set();
  if (run.state === 'running' || (isResumable(run) && nowMs - run.lastAtMs <= RESUMABLE_MS)) return new Set(['old', 'large']);
  return new Set(run.state === 'elsewhere' ? ['large'] : []);
}

/** Whether `--resume` may want it: as a journal says it in short. */
function isResumable({ verb, state, exitCode, hosts }: Run): boolean {
  return verb === 'play' && (state !== 'ended' || exitCode === 130 || hosts.unreachable !== undefined);
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).then(({ size }) => size, ifMissing)) ?? 0;
}

function ifMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}
