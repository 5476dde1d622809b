// The journal of one run, while it runs. It does not know who runs it, nor what becomes of it later.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { FleetEvent } from '../fleet/events.ts';
import type { PlayEvent } from '../playbook/events.ts';
import { AppendFile } from './append-file.ts';
import type { JournalHeader, RunDescription } from './entry.ts';
import { JournalIncompleteError } from './errors.ts';
import { headerLine, LineMaker, maskedRun } from './line.ts';
import { thisProcess } from './process-identity.ts';
import { newRunId } from './run-id.ts';
import { keepSummary, Summariser, stampOf } from './summary.ts';

/** A machine that crashes loses no more of an ad-hoc run than this. */
const SYNC_EVERY_MS = 1_000;

const TASK_BOUNDARIES: ReadonlySet<PlayEvent['kind']> = new Set(['task-started', 'play-finished', 'recap']);

export interface JournalSettings {
  /** Where the journals of all runs are; made where it is not there, for its owner alone. */
  readonly directory: string;
  readonly run: RunDescription;
  /** Takes secrets out of everything that is written. */
  readonly mask: (text: string) => string;
  readonly now: () => number;
}

/**
 * Writes down a run: a file of its own, one line of JSON for each thing that happened.
 *
 * When the promise of an event is kept, the system has its line: no `kill -9` loses it. The disk has it at the boundaries of tasks,
 * in ad-hoc runs every second, and at the end. No event throws: on a full disk the run goes on, and {@link finish} says so.
 */
export class JournalWriter {
  readonly id: string;
  readonly file: string;
  readonly #out: AppendFile;
  readonly #lines: LineMaker;
  readonly #now: () => number;
  readonly #summary: Summariser;
  #syncedAtMs: number;

  private constructor(header: JournalHeader, file: string, out: AppendFile, { mask, now }: JournalSettings) {
    this.id = header.id;
    this.file = file;
    this.#out = out;
    this.#lines = new LineMaker(mask);
    this.#now = now;
    this.#summary = new Summariser(header, mask);
    this.#syncedAtMs = header.atMs;
  }

  /** Begins a journal; the disk has its first line. @throws JournalIncompleteError `JOURNAL_INCOMPLETE` where nothing can be written. */
  static async create(settings: JournalSettings): Promise<JournalWriter> {
    const { directory, run, mask, now } = settings;
    const process = await thisProcess();
    for (;;) {
      const atMs = now();
      const header: JournalHeader = { ...maskedRun(run, mask), id: newRunId(atMs), process, atMs };
      const file = path.join(directory, `${header.id}.jsonl`);
      try {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        const out = await AppendFile.create(file);
        out.add(headerLine(header));
        await out.sync();
        return new JournalWriter(header, file, out, settings);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw new JournalIncompleteError(file, error);
      }
    }
  }

  async fleetEvent(event: FleetEvent): Promise<void> {
    const atMs = this.#now();
    this.#out.add(this.#lines.fleetEvent(event, atMs));
    if (event.kind !== 'finished') return;
    this.#summary.add({ atMs, kind: 'fleet', event });
    if (atMs - this.#syncedAtMs < SYNC_EVERY_MS) await this.#out.flush();
    else await this.#sync(atMs);
  }

  /** Takes what happened at once at once: a write for each of a thousand hosts would take longer than a task that they skip. */
  async playEvents(events: readonly PlayEvent[]): Promise<void> {
    const atMs = this.#now();
    for (const event of events) {
      this.#out.add(this.#lines.playEvent(event, atMs));
      this.#summary.add({ atMs, kind: 'play', event });
    }
    if (events.some(({ kind }) => TASK_BOUNDARIES.has(kind))) await this.#sync(atMs);
    else if (events.some(({ kind }) => kind === 'task-finished' || kind === 'item-finished')) await this.#out.flush();
  }

  /**
   * Ends the journal.
   *
   * @returns What it lacks, if anything.
   */
  async finish(exitCode: number): Promise<JournalIncompleteError | undefined> {
    const atMs = this.#now();
    this.#out.add(this.#lines.end(exitCode, atMs));
    this.#summary.add({ atMs, kind: 'end', exitCode });
    await this.#out.sync();
    const { fault } = this.#out;
    await this.#out.close();
    if (fault !== undefined) return new JournalIncompleteError(this.file, fault);
    await keepSummary(this.file, this.#summary.summary(), await stampOf(this.file));
    return undefined;
  }

  /** Closes the file without an end: who reads it sees that the run did not come to one. */
  async abandon(): Promise<void> {
    await this.#out.close();
  }

  async #sync(atMs: number): Promise<void> {
    this.#syncedAtMs = atMs;
    await this.#out.sync();
  }
}
