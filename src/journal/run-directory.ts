// The journals of all runs: found by name, asked by host, outcome, task and time. It does not know what a run is shown as.
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { SshoalError } from '../base/errors.ts';
import { RunNameError } from './errors.ts';
import { type OnNote, type OpenIndex, openIndex } from './index/open-index.ts';
import { lives } from './process-identity.ts';
import { isBeginning } from './read-journal.ts';
import { type RunFilter, type RunState, runTest } from './run-filter.ts';
import { stepsBack, timeOfRunId } from './run-id.ts';
import { type RunSummary, summaryOf } from './summary.ts';

/** So many journals are asked at once. */
const BATCH = 32;

export interface Run extends RunSummary {
  readonly file: string;
  readonly state: RunState;
}

export interface RunDirectoryOptions {
  /** What makes searches fast. Default: by the first store that this machine has; without one every summary is read. */
  readonly openIndex?: OpenIndex | undefined;
  /** Told where the index is of no use; the search goes on without it. */
  readonly onNote?: OnNote | undefined;
}

export class RunDirectory {
  readonly directory: string;
  readonly #openIndex: OpenIndex;
  readonly #onNote: OnNote;

  constructor(directory: string, options: RunDirectoryOptions = {}) {
    this.directory = directory;
    this.#openIndex = options.openIndex ?? openIndex;
    this.#onNote = options.onNote ?? ((): void => {});
  }

  /** The names of all runs, the newest first; none where nothing was ever run. */
  async ids(): Promise<string[]> {
    const names = await readdir(this.directory).catch(ifMissing);
    return names
      .filter((name) => name.endsWith('.jsonl'))
      .map((name) => name.slice(0, -'.jsonl'.length))
      .filter((id) => timeOfRunId(id) !== undefined)
      .sort()
      .reverse();
  }

  fileOf(id: string): string {
    return path.join(this.directory, `${id}.jsonl`);
  }

  /**
   * The run that somebody means.
   *
   * @param name - `last`, `last~1` for the one before it, a name, or its beginning or end where no other run has it too.
   * @throws RunNameError `RUN_NOT_FOUND`, `RUN_AMBIGUOUS`.
   */
  async find(name: string): Promise<string> {
    const ids = await this.ids();
    const back = stepsBack(name);
    const found = back !== undefined ? ids.slice(back, back + 1) : ids.filter((id) => id.startsWith(name) || id.endsWith(`-${name}`));
    const [first, ...more] = found;
    if (first !== undefined && more.length === 0) return first;
    const fix = 'See which there are: sshoal runs';
    if (first === undefined) {
      throw new RunNameError('RUN_NOT_FOUND', ids.length === 0 ? 'There is no run yet' : `There is no run \`${name}\``, {
        where: this.directory,
        fix,
      });
    }
    throw new RunNameError('RUN_AMBIGUOUS', `${found.length} runs are called \`${name}\`: ${found.slice(0, 3).join(', ')}, …`, {
      where: this.directory,
      fix: 'Give more of the name',
    });
  }

  /** What a run came to, and where it stands. @throws as `readJournal`. */
  async run(id: string): Promise<Run> {
    const file = this.fileOf(id);
    const summary = await summaryOf(file);
    return { ...summary, file, state: await stateOf(summary) };
  }

  /** The same, or undefined as {@link unlessUnreadable}. */
  async runIfReadable(id: string, onFault: (fault: SshoalError) => void): Promise<Run | undefined> {
    return await this.unlessUnreadable(id, async () => await this.run(id), onFault);
  }

  /**
   * The runs that a filter lets through, the newest first.
   *
   * @param onFault - Told of journals that cannot be read; the others are not held up by them.
   * @throws NodeSetError on a host that is no node set.
   */
  async *select(filter: RunFilter, onFault: (fault: SshoalError) => void): AsyncGenerator<Run, void, undefined> {
    const isWanted = runTest(filter);
    const ids = await this.#narrowed(filter);
    for (let start = 0; start < ids.length; start += BATCH) {
      const runs = await Promise.all(ids.slice(start, start + BATCH).map(async (id) => await this.runIfReadable(id, onFault)));
      for (const run of runs) if (run !== undefined && isWanted(run)) yield run;
    }
  }

  /**
   * What somebody makes of a journal; undefined where it cannot be read, has not quite begun, or is gone since it was listed.
   *
   * @param onFault - Told why it cannot be read.
   */
  async unlessUnreadable<T>(id: string, work: () => Promise<T>, onFault: (fault: SshoalError) => void): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof SshoalError) {
        if (!(await isBeginning(this.fileOf(id)))) onFault(error);
      } else if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      return undefined;
    }
  }

  /** Where nothing narrows the search, or not by much, the newest runs are read anyway. */
  async #narrowed(filter: RunFilter): Promise<readonly string[]> {
    const { host, outcome, task, sinceMs = 0, untilMs = Number.POSITIVE_INFINITY, olderThan } = filter;
    const all = await this.ids();
    const wanted = all.filter((id) => {
      const atMs = timeOfRunId(id) ?? 0;
      return atMs >= sinceMs && atMs < untilMs && (olderThan === undefined || id < olderThan);
    });
    if (wanted.length === 0 || (host ?? outcome ?? task) === undefined) return wanted;
    using index = await this.#openIndex(this.directory, this.#onNote);
    return (await index?.narrow({ all, wanted }, filter)) ?? wanted;
  }
}

async function stateOf({ exitCode, process, lastAtMs }: RunSummary): Promise<RunState> {
  if (exitCode !== undefined) return 'ended';
  const isAlive = await lives(process, lastAtMs);
  if (isAlive === 'unknown') return 'elsewhere';
  return isAlive ? 'running' : 'interrupted';
}

function ifMissing(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
  throw error;
}
