// What a run before has done on each host, handed out as this one comes by the same tasks again. It does nothing with it.
import { type TaskLabel, type TaskRecord, taskKey } from '../events.ts';

/**
 * The tasks of a run that ended too early.
 *
 * The plan is walked through from its beginning again, and each host meets the same tasks in the same order: what was done is taken from
 * here instead of being done, so that blocks, batches, handlers and includes lead to where each host stood.
 */
export class DoneTasks {
  readonly #left = new Map<string, TaskRecord[]>();

  /** @param done - What ended on each host, in the order in which it did. */
  constructor(done: ReadonlyMap<string, readonly TaskRecord[]> = new Map()) {
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
}

function keyOf(task: TaskLabel, host: string): string {
  return `${host}\0${taskKey(task)}`;
}
