// What a run came to, made of its journal, and kept beside it so that a thousand journals need not be read. It does not know who asks.
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import process from 'node:process';
import type { PlayEvent } from '../playbook/events.ts';
import type { JournalEntry, JournalHeader } from './entry.ts';
import { HOST_STATUSES, type HostStatus, isWell } from './host-status.ts';

type Told = Omit<JournalHeader, 'hosts' | 'plan' | 'version'>;
export interface RunSummary extends Told {
  /** When the last thing happened that is known. */
  readonly lastAtMs: number;
  /** Of a run that came to its end. */
  readonly exitCode: number | undefined;
  /** The hosts of each status there is, in the order of the run. */
  readonly hosts: Readonly<Partial<Record<HostStatus, readonly string[]>>>;
  /** The names of tasks, each once; of an ad-hoc run its subject. */
  readonly tasks: readonly string[];
  readonly isTorn: boolean;
}

/** The hosts of a run that are to be done again: all but those that are `ok` or `changed`. */
export function hostsNotWell({ hosts }: RunSummary): readonly string[] {
  return HOST_STATUSES.filter((status) => !isWell(status)).flatMap((status) => hosts[status] ?? []);
}

/** Folds a run into its summary, entry by entry. */
export class Summariser {
  readonly #header: JournalHeader;
  readonly #mask: (text: string) => string;
  readonly #statuses: Map<string, HostStatus>;
  readonly #tasks = new Set<string>();
  #lastAtMs: number;
  #exitCode: number | undefined;

  /** @param mask - For entries that have not been through a journal yet. */
  constructor(header: JournalHeader, mask = (text: string): string => text) {
    this.#header = header;
    this.#mask = mask;
    this.#statuses = new Map(header.hosts.map((host) => [host, 'unfinished']));
    this.#lastAtMs = header.atMs;
    if (header.verb !== 'play') this.#tasks.add(header.subject);
  }

  add(entry: JournalEntry): void {
    this.#lastAtMs = entry.atMs;
    if (entry.kind === 'end') this.#exitCode = entry.exitCode;
    else if (entry.kind === 'play') this.#playEvent(entry.event);
    else if (entry.kind === 'fleet' && entry.event.kind === 'finished') this.#statuses.set(entry.event.host, entry.event.outcome.status);
  }

  summary(isTorn = false): RunSummary {
    const { hosts: _hosts, plan: _plan, version: _version, ...told } = this.#header;
    const hosts: Partial<Record<HostStatus, string[]>> = {};
    for (const [host, status] of this.#statuses) {
      const ended = this.#final(status);
      hosts[ended] ??= [];
      hosts[ended].push(host);
    }
    return { ...told, lastAtMs: this.#lastAtMs, exitCode: this.#exitCode, hosts, tasks: [...this.#tasks], isTorn };
  }

  /** A play that was interrupted counts its hosts as far as they came, which is not to their end. */
  #final(status: HostStatus): HostStatus {
    const wasInterrupted = this.#header.verb === 'play' && this.#exitCode === 130;
    return wasInterrupted && isWell(status) ? 'unfinished' : status;
  }

  #playEvent(event: PlayEvent): void {
    switch (event.kind) {
      case 'play-started':
        for (const host of event.hosts) if (!this.#statuses.has(host)) this.#statuses.set(host, 'unfinished');
        break;
      case 'task-started':
        this.#tasks.add(this.#mask(event.task.name));
        break;
      case 'task-finished':
        if (event.status === 'failed' && event.ignored) break;
        if (event.status === 'failed' || event.status === 'unreachable' || event.status === 'cancelled')
          this.#statuses.set(event.host, event.status);
        break;
      case 'recap':
        for (const [host, { failed, unreachable, changed }] of event.hosts) {
          if (this.#statuses.get(host) === 'cancelled') continue;
          this.#statuses.set(host, unreachable > 0 ? 'unreachable' : failed > 0 ? 'failed' : changed > 0 ? 'changed' : 'ok');
        }
        break;
      case 'task-output':
      case 'item-finished':
      case 'play-finished':
        break;
    }
  }
}

/** Of the form of the summary; another one is made anew. */
const SUMMARY_FORMAT = 2;
interface Kept {
  readonly format: number;
  readonly stamp: Stamp;
  readonly summary: RunSummary;
}

/** What tells that a journal is as it was: it only grows, unless somebody puts another one in its place. */
export interface Stamp {
  readonly bytes: number;
  readonly changedAtMs: number;
}

/** @throws as `stat`. */
export async function stampOf(journalFile: string): Promise<Stamp> {
  const { size, mtimeMs } = await stat(journalFile);
  return { bytes: size, changedAtMs: mtimeMs };
}

export function isSame(one: Stamp, other: Stamp): boolean {
  return one.bytes === other.bytes && one.changedAtMs === other.changedAtMs;
}

/** How the files are called that summaries are in, or were not written to their end; the group is the name of the run. */
export const SUMMARY_NAME = /^(.*)\.summary\.json(?:\.\d+)?$/;

/** Where the summary of a journal is kept. */
export function summaryFile(journalFile: string): string {
  return journalFile.replace(/\.jsonl$/, '.summary.json');
}

/** Keeps a summary beside its journal. @param stamp - Of the journal, no later than what the summary was made of. */
export async function keepSummary(journalFile: string, summary: RunSummary, stamp: Stamp): Promise<void> {
  const file = summaryFile(journalFile);
  const complete = `${file}.${process.pid}`;
  try {
    await writeFile(complete, JSON.stringify({ format: SUMMARY_FORMAT, stamp, summary } satisfies Kept), { mode: 0o600 });
    await rename(complete, file);
  } catch {
    // It can be made of the journal at any time: a disk that has no room for it costs time, and loses nothing.
    await rm(complete, { force: true });
  }
}

/** The summary of a journal, from beside it where that is up to date. @throws as {@link readJournal}. */
export async function summaryOf(journalFile: string): Promise<RunSummary> {
  const [kept, stamp] = await Promise.all([readKept(summaryFile(journalFile)), stampOf(journalFile)]);
  if (kept?.format === SUMMARY_FORMAT && isSame(kept.stamp, stamp)) return kept.summary;
  const { readJournal } = await import('./read-journal.ts');
  const journal = await readJournal(journalFile);
  const summariser = new Summariser(journal.header);
  for await (const entry of journal.entries()) summariser.add(entry);
  const summary = summariser.summary(journal.isTorn());
  await keepSummary(journalFile, summary, stamp);
  return summary;
}

async function readKept(file: string): Promise<Kept | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Kept;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
