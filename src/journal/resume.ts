// What each host had done when a play ended too early, made of its journal. It does not know how a play goes on from there.
import path from 'node:path';
import { type ItemFinished, type PlayEvent, type TaskFinished, type TaskLabel, type TaskRecord, taskKey } from '../playbook/events.ts';
import type { JournalHeader } from './entry.ts';
import { RunNameError } from './errors.ts';
import { headerOf, readJournal } from './read-journal.ts';

/** A task that is done again, though it had begun. */
export interface Repeated {
  readonly host: string;
  readonly task: TaskLabel;
  /** Its end is not known, the host was lost on the way, or a secret was in what it left behind, which no journal keeps. */
  readonly why: 'under way' | 'unreachable' | 'not kept';
  /** Of a loop that was under way, how many of its items are not done again. */
  readonly items?: number | undefined;
}

export interface ResumePoint {
  readonly header: JournalHeader;
  /** Whether the play came to its end, whatever that was; one that somebody interrupted did not. */
  readonly isEnded: boolean;
  /** What ended on each host, in the order in which it did. */
  readonly done: ReadonlyMap<string, readonly TaskRecord[]>;
  /** Items that ended of loops that were under way. */
  readonly items: ReadonlyMap<string, readonly ItemFinished[]>;
  readonly repeated: readonly Repeated[];
}

/**
 * Reads where a play can be taken up. A run that went on with another one has only what it did itself: its predecessors are read first.
 *
 * @throws RunNameError `RUN_NOT_FOUND` where one of them is gone; as {@link readJournal}.
 */
export async function resumePointOf(file: string): Promise<ResumePoint> {
  const files = await withPredecessors(file);
  const progress = new PlayProgress();
  let isEnded = false;
  for (const one of files) {
    progress.goesOn();
    isEnded = false;
    for await (const entry of (await readJournal(one)).entries()) {
      if (entry.kind === 'end') isEnded = entry.exitCode !== 130;
      if (entry.kind === 'play') progress.take(entry.event);
    }
  }
  const header = await headerOf(file);
  return { header, isEnded, done: progress.done, items: progress.items, repeated: progress.repeated(isEnded) };
}

/** How far each host has come in a play, made of its events. */
export class PlayProgress {
  readonly #hosts = new Map<string, Progress>();

  take(event: PlayEvent): void {
    if (event.kind === 'task-started') for (const host of event.hosts) this.#of(host).begin(event.task);
    if (event.kind === 'item-finished') this.#of(event.host).item(event);
    if (event.kind === 'task-finished') this.#of(event.host).end(event);
  }

  /** Another run goes on with what there is. */
  goesOn(): void {
    for (const progress of this.#hosts.values()) progress.goesOn();
  }

  /** What ended on each host, in the order in which it did. */
  get done(): ReadonlyMap<string, readonly TaskRecord[]> {
    return new Map([...this.#hosts].map(([host, { records }]) => [host, records]));
  }

  /** Items that ended of loops that were under way. */
  get items(): ReadonlyMap<string, readonly ItemFinished[]> {
    return new Map([...this.#hosts].map(([host, { items }]) => [host, items]));
  }

  /** @param isEnded - Then nothing is under way. */
  repeated(isEnded: boolean): Repeated[] {
    return [...this.#hosts].flatMap(([host, progress]) => progress.repeated(isEnded).map((one) => ({ host, ...one })));
  }

  #of(host: string): Progress {
    const progress = this.#hosts.get(host) ?? new Progress();
    this.#hosts.set(host, progress);
    return progress;
  }
}

/** The journals of a run and of those that it goes on with, the first one first. */
async function withPredecessors(file: string): Promise<string[]> {
  const { id, resumes } = await headerOf(file);
  if (resumes === undefined) return [file];
  const before = path.join(path.dirname(file), `${resumes}.jsonl`);
  try {
    return [...(await withPredecessors(before)), file];
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw new RunNameError('RUN_NOT_FOUND', `The run ${resumes} is gone, with which ${id} went on`, {
      where: before,
      fix: 'Play it from the beginning: sshoal play without --resume',
      cause,
    });
  }
}

class Progress {
  readonly records: TaskRecord[] = [];
  readonly #underWay = new Map<string, TaskLabel>();
  /** Of tasks without an end, by their place in the loop: who goes on behind some of them does not do those again. */
  readonly #items = new Map<string, Map<number, ItemFinished>>();
  /** Places in the list of what was to be done again, by task: when it is, that takes its place. */
  #again = new Map<string, number[]>();

  /** Another run goes on with what there is. */
  goesOn(): void {
    this.#underWay.clear();
    this.#again = new Map();
    for (const [index, { finished, again }] of this.records.entries()) {
      const key = taskKey(finished.task);
      if (again) this.#again.set(key, [...(this.#again.get(key) ?? []), index]);
    }
  }

  begin(task: TaskLabel): void {
    this.#underWay.set(taskKey(task), task);
  }

  item(finished: ItemFinished): void {
    if (finished.memory === undefined || finished.memory.lost || finished.status === 'unreachable') return;
    const key = taskKey(finished.task);
    this.#items.set(key, (this.#items.get(key) ?? new Map<number, ItemFinished>()).set(finished.index, finished));
  }

  get items(): ItemFinished[] {
    return [...this.#items.values()].flatMap((one) => [...one.values()]);
  }

  end(finished: TaskFinished): void {
    if (finished.status === 'cancelled') return;
    const key = taskKey(finished.task);
    this.#items.delete(key);
    this.#underWay.delete(key);
    const isLost = finished.status === 'unreachable' && !finished.ignored;
    const record = { finished, again: isLost || finished.memory?.lost === true };
    const place = this.#again.get(key)?.shift();
    if (place === undefined) this.records.push(record);
    else this.records[place] = record;
  }

  /** @param isEnded - Then nothing is under way: a host that began a task and has no end of it was only to begin it. */
  repeated(isEnded: boolean): Omit<Repeated, 'host'>[] {
    const again = this.records.filter((record) => record.again);
    return [
      ...again.map(({ finished: { task, status } }) => ({
        task,
        why: status === 'unreachable' ? ('unreachable' as const) : ('not kept' as const),
      })),
      ...(isEnded ? [] : [...this.#underWay.values()]).map((task) => ({
        task,
        why: 'under way' as const,
        items: this.#items.get(taskKey(task))?.size,
      })),
    ];
  }
}
