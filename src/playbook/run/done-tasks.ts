// What a run before has done on each host, handed out as this one comes by the same tasks again. It does nothing with it.
import { type ItemFinished, type TaskLabel, type TaskRecord, taskKey } from '../events.ts';

/**
 * The tasks of a run that ended too early.
 *
 * The plan is walked through from its beginning again, and each host meets the same tasks in the same order: what was done is taken from
 * here instead of being done, so that blocks, batches, handlers and includes lead to where each host stood.
 */
export class DoneTasks {
  readonly #left = new Map<string, TaskRecord[]>();

  readonly #items = new Map<string, Map<number, ItemFinished>>();

  /**
   * @param done - What ended on each host, in the order in which it did.
   * @param items - What ended of loops that were under way.
   */
  constructor(
    done: ReadonlyMap<string, readonly TaskRecord[]> = new Map(),
    items: ReadonlyMap<string, readonly ItemFinished[]> = new Map(),
  ) {
    for (const [host, ended] of items) {
      for (const one of ended) {
        const key = keyOf(one.task, host);
        this.#items.set(key, (this.#items.get(key) ?? new Map<number, ItemFinished>()).set(one.index, one));
      }
    }
    for (const [host, records] of done) {
      for (const record of records) {
        const key = keyOf(record.finished.task, host);
        const known = this.#left.get(key);
        if (known === undefined) this.#left.set(key, [record]);
        else known.push(record);
      }
    }
  }

  /** The hosts on which the task need not be done when they come by it now. */
  among(hosts: readonly string[], task: TaskLabel): string[] {
    if (this.#left.size === 0) return [];
    return hosts.filter((host) => this.#left.get(keyOf(task, host))?.[0]?.again === false);
  }

  /** The next time that the task ended on the host; each is given once. */
  take(host: string, task: TaskLabel): TaskRecord | undefined {
    return this.#left.get(keyOf(task, host))?.shift();
  }

  /** What ended of the loop of a task that was under way, by the place in it; given once. */
  takeItems(host: string, task: TaskLabel): Map<number, ItemFinished> {
    const key = keyOf(task, host);
    const items = this.#items.get(key) ?? new Map<number, ItemFinished>();
    this.#items.delete(key);
    return items;
  }
}

function keyOf(task: TaskLabel, host: string): string {
  return `${host}\0${taskKey(task)}`;
}
