// Where each host stood when a play ended too early, made of its journal. It does not know how a play goes on from there.
import { type Dict, isDict, type Value } from '../base/value.ts';
import type { JournalEntry, JournalHeader, StateChange } from './entry.ts';
import { readJournal } from './read-journal.ts';

/** Where one host stood. */
export interface HostProgress {
  /** The number of the last task that ended well, of those that are no handlers; undefined where none did. Such tasks need not be done again. */
  readonly lastTask: number | undefined;
  /** Set where the host was out of the play: nothing after this task was done. */
  readonly stoppedBy: 'failed' | 'unreachable' | undefined;
  readonly registered: ReadonlyMap<string, Value>;
  readonly facts: Dict;
  /** Handlers that were notified and have not run, in the order of their notification. */
  readonly pendingHandlers: readonly string[];
  /**
   * Names of registered values and facts that the journal does not truly have, since a secret was in them or they were too large;
   * and of handlers. The tasks that made them must be done again.
   */
  readonly lost: ReadonlySet<string>;
}

export interface ResumePoint {
  readonly header: JournalHeader;
  /** Of an ended play there is nothing to go on with. */
  readonly isEnded: boolean;
  readonly hosts: ReadonlyMap<string, HostProgress>;
}

/** Reads where a play can be taken up. @throws as {@link readJournal}. */
export async function resumePointOf(file: string): Promise<ResumePoint> {
  const journal = await readJournal(file);
  const hosts = new Map<string, Progress>(journal.header.hosts.map((host) => [host, new Progress()]));
  const of = (host: string): Progress => {
    const progress = hosts.get(host) ?? new Progress();
    hosts.set(host, progress);
    return progress;
  };
  let isEnded = false;
  for await (const entry of journal.entries()) {
    isEnded = entry.kind === 'end' && entry.exitCode !== 130;
    take(entry, of);
  }
  return { header: journal.header, isEnded, hosts };
}

function take(entry: JournalEntry, of: (host: string) => Progress): void {
  if (entry.kind === 'state') of(entry.change.host).change(entry.change, entry.lost);
  if (entry.kind !== 'play' || entry.event.kind !== 'task-finished') return;
  const { task, host, status, ignored } = entry.event;
  if (status === 'cancelled') return;
  if ((status === 'failed' && !ignored) || status === 'unreachable') of(host).stoppedBy = status;
  else if (!task.handler) of(host).finished(task.id);
}

class Progress implements HostProgress {
  lastTask: number | undefined;
  stoppedBy: 'failed' | 'unreachable' | undefined;
  readonly registered = new Map<string, Value>();
  readonly facts: Dict = new Map();
  readonly #pending = new Set<string>();
  readonly lost = new Set<string>();

  get pendingHandlers(): readonly string[] {
    return [...this.#pending];
  }

  finished(task: number): void {
    // A rescued host goes on after a failure.
    this.stoppedBy = undefined;
    this.lastTask = task;
  }

  change(change: StateChange, lost: boolean): void {
    switch (change.kind) {
      case 'registered':
        this.registered.set(change.name, change.value);
        this.#trust(change.name, !lost);
        break;
      case 'facts':
        for (const [name, value] of isDict(change.facts) ? change.facts : []) {
          this.facts.set(name, value);
          this.#trust(String(name), !lost);
        }
        break;
      case 'notified':
        for (const name of change.handlers) {
          this.#pending.add(name);
          this.#trust(name, !lost);
        }
        break;
      case 'handler-done':
        this.#pending.delete(change.handler);
        break;
    }
  }

  /** What was lost is true again once it is set anew. */
  #trust(name: string, isTrue: boolean): void {
    if (isTrue) this.lost.delete(name);
    else this.lost.add(name);
  }
}
