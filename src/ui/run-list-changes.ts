// Says when the list of runs is no longer what it was. It does not know what it is now.
import { stat } from 'node:fs/promises';
import type { RunDirectory } from '../journal/run-directory.ts';
import { pause } from './pause.ts';

const LOOK_EVERY_MS = 1_000;
const IDLE_AFTER_LOOKS = 15;
/** Runs further back have ended; one that has not is seen when the page is loaded again. */
const NEWEST = 50;

export type ListMessage = { readonly kind: 'changed' } | { readonly kind: 'idle' };

/** A message whenever a run has begun, has gone or has more to tell, until the signal is aborted. */
export async function* runListChanges(runs: RunDirectory, signal: AbortSignal): AsyncGenerator<ListMessage, void, undefined> {
  let before = await look(runs);
  let quiet = 0;
  while (!signal.aborted) {
    await pause(LOOK_EVERY_MS, signal);
    const now = await look(runs);
    quiet = now === before ? quiet + 1 : 0;
    if (now !== before) yield { kind: 'changed' };
    else if (quiet % IDLE_AFTER_LOOKS === 0) yield { kind: 'idle' };
    before = now;
  }
}

/** Journals only grow: names and sizes say all. */
async function look(runs: RunDirectory): Promise<string> {
  const ids = await runs.ids();
  const sizes = await Promise.all(ids.slice(0, NEWEST).map(async (id) => await sizeOf(runs.fileOf(id))));
  return `${ids.length} ${ids[0]} ${sizes.join(' ')}`;
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}
