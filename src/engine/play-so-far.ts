// A play that several coordinators have told of, told as if it were one. It does not know who they were.
import { PlayProgress } from '../journal/resume.ts';
import { type ItemFinished, type PlayEvent, type TaskLabel, type TaskRecord, taskKey } from '../playbook/events.ts';
import type { RunEvent } from './seam.ts';

/** A task that was begun, and the hosts that have not ended it. */
interface Open {
  readonly label: TaskLabel;
  readonly hosts: Set<string>;
}

export class PlaySoFar {
  /** What was done on each host; who was lost stays lost. */
  readonly done: ReadonlyMap<string, readonly TaskRecord[]>;
  /** What ended of loops that were under way. */
  readonly items: ReadonlyMap<string, readonly ItemFinished[]>;
  /** What is done again. */
  readonly notes: readonly RunEvent[];
  readonly #atMs: number;
  readonly #open = new Map<string, Open>();
  readonly #passing = { 'play-started': 0, 'play-finished': 0 };
  readonly #hasBefore: boolean;

  /** @param atMs - When the run began. */
  constructor(before: readonly RunEvent[], atMs: number) {
    const progress = new PlayProgress();
    for (const one of before) {
      if (one.kind !== 'play') continue;
      progress.take(one.event);
      this.#learn(one.event);
    }
    this.#atMs = atMs;
    this.#hasBefore = before.length > 0;
    this.done = new Map(
      [...progress.done].map(([host, records]) => [
        host,
        records.map((record) => ({ ...record, again: record.again && record.finished.status !== 'unreachable' })),
      ]),
    );
    this.items = progress.items;
    this.notes = progress
      .repeated(false)
      .filter(({ why }) => why === 'under way')
      .map(({ host, task: { name } }) => ({ kind: 'note', text: `${host}: ${name}: done again, since its coordinator was lost` }));
  }

  /** What is new of an event that the one who goes on tells. */
  news(event: PlayEvent): PlayEvent[] {
    if (!this.#hasBefore) return [event];
    switch (event.kind) {
      case 'play-started':
      case 'play-finished':
        // Each is told once, in order, however often they are walked through.
        if (this.#passing[event.kind] === 0) return [event];
        this.#passing[event.kind] -= 1;
        return [];
      case 'task-started': {
        const open = this.#open.get(taskKey(event.task));
        const isTold = open !== undefined && event.hosts.every((host) => open.hosts.has(host));
        return isTold ? [] : [this.#named(event)];
      }
      case 'task-output':
      case 'item-finished':
      case 'task-finished':
        return [this.#named(event)];
      case 'recap':
        return [{ ...event, durationMs: Date.now() - this.#atMs }];
    }
  }

  #learn(event: PlayEvent): void {
    if (event.kind === 'play-started' || event.kind === 'play-finished') this.#passing[event.kind] += 1;
    if (event.kind === 'task-started') {
      const key = taskKey(event.task);
      const hosts = this.#open.get(key)?.hosts ?? [];
      this.#open.set(key, { label: event.task, hosts: new Set([...hosts, ...event.hosts]) });
    }
    if (event.kind !== 'task-finished') return;
    this.#open.get(taskKey(event.task))?.hosts.delete(event.host);
  }

  /** The label under which a task was begun, whatever number it has by now. */
  #named<T extends PlayEvent & { readonly task: TaskLabel }>(event: T): T {
    const open = this.#open.get(taskKey(event.task));
    return open === undefined || open.hosts.size === 0 ? event : { ...event, task: open.label };
  }
}
