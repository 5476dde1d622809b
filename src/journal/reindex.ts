// Makes anew from the journals all that was ever made of them. It does not know who has lost trust in it.
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { SshoalError } from '../base/errors.ts';
import { removeIndexes } from './index/open-index.ts';
import type { RunDirectory } from './run-directory.ts';
import { SUMMARY_NAME } from './summary.ts';

/** The search that makes an index of all there is, and finds nothing. */
const NOBODY = { host: [] } as const;

/**
 * Removes summaries and indexes, and makes them of the journals. Runs may go on meanwhile.
 *
 * @param onFault - Told of journals that cannot be read.
 * @returns How many runs could be read.
 */
export async function reindex(runs: RunDirectory, onFault: (fault: SshoalError) => void): Promise<number> {
  await removeIndexes(runs.directory, { all: true });
  const ids = await runs.ids();
  for (const name of ids.length === 0 ? [] : await readdir(runs.directory)) {
    if (SUMMARY_NAME.test(name)) await rm(path.join(runs.directory, name), { force: true });
  }
  let count = 0;
  for await (const _run of runs.select({}, onFault)) count++;
  for await (const _run of runs.select(NOBODY, () => {})) count++;
  return count;
}
