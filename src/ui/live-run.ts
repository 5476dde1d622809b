// One run, told while it happens: all there is at once, then what changes, a few times a second. It does not know who listens.
import { entriesFrom, followRun } from '../journal/follow-run.ts';
import { headerOf } from '../journal/read-journal.ts';
import type { RunDirectory } from '../journal/run-directory.ts';
import { pause } from './pause.ts';
import { RunGrid } from './run-grid.ts';
import { faultOf, type RowState } from './run-row.ts';
import type { GridMessage } from './wire.ts';

/** A person takes it for at once; a thousand hosts that end together are one message. */
const TELL_EVERY_MS = 200;
/** So that both sides notice a line that is gone. */
const IDLE_MS = 15_000;

/**
 * What the page shows of a run, until the run is over or the signal is aborted. What cannot be read is the last message.
 *
 * @param name - As in {@link RunDirectory.find}.
 */
export async function* liveRun(runs: RunDirectory, name: string, signal: AbortSignal): AsyncGenerator<GridMessage, void, undefined> {
  try {
    const id = await runs.find(name);
    // Asked before the journal is read: what has ended by now is read to its end, and the rest is followed.
    const state = await runs.run(id);
    const grid = new RunGrid(await headerOf(state.file));
    let from = 0;
    for await (const { entry, next } of entriesFrom(state.file)) {
      grid.add(entry);
      from = next;
    }
    yield grid.snapshot(state);
    if (state.state === 'running' || state.state === 'elsewhere') yield* changes(runs, state, { grid, from, signal });
    yield { kind: 'over' };
  } catch (error) {
    if (!signal.aborted) yield { kind: 'fault', fault: faultOf(await reasonOf(error, runs, name)) };
  }
}

interface Followed {
  readonly grid: RunGrid;
  readonly from: number;
  readonly signal: AbortSignal;
}

async function* changes(
  runs: RunDirectory,
  { id, file, state }: RowState & { readonly id: string; readonly file: string },
  { grid, from, signal }: Followed,
): AsyncGenerator<GridMessage, void, undefined> {
  let isOver = false;
  const reading = (async () => {
    for await (const { entry } of followRun(file, { from, signal })) grid.add(entry);
  })().finally(() => {
    isOver = true;
  });
  let quietMs = 0;
  // Once aborted a pause is none: what is left to do is to wait for the reading to end.
  while (!isOver && !signal.aborted) {
    await Promise.race([reading, pause(TELL_EVERY_MS, signal)]);
    const update = isOver ? undefined : grid.update({ state, isTorn: false });
    quietMs = update === undefined ? quietMs + TELL_EVERY_MS : 0;
    if (update !== undefined) yield update;
    if (quietMs < IDLE_MS) continue;
    quietMs = 0;
    yield { kind: 'idle' };
  }
  await reading;
  if (!signal.aborted) yield grid.lastUpdate(await runs.run(id));
}

/** A journal that somebody removed while we looked is a run that is not there. */
async function reasonOf(error: unknown, runs: RunDirectory, name: string): Promise<unknown> {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return error;
  return await runs.find(name).then(
    () => error,
    (reason: unknown) => reason,
  );
}
