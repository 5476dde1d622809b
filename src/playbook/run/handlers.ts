// Handlers of one batch: who was notified by whom, and in which order they run. It runs none.
import type { Play, Task } from '../ast.ts';
import { namesOf } from '../read/parse-play.ts';
import { type IncludeFrame, NO_FRAME } from './include-frame.ts';

/** A handler, with the variables of the include that brought it. */
export interface Handler {
  readonly task: Task;
  readonly frame: IncludeFrame;
}

export class Handlers {
  readonly #all: Handler[];
  readonly #notified = new Map<Handler, Set<string>>();

  constructor(play: Play) {
    this.#all = play.handlers.map((task) => ({ task, frame: NO_FRAME }));
  }

  /** Handlers of an included role. */
  add(tasks: readonly Task[], frame: IncludeFrame): void {
    for (const task of tasks) if (!this.#all.some((one) => one.task === task)) this.#all.push({ task, frame });
  }

  /**
   * Remembers that a host notified a name: the handler of that name, and every one that listens to it. As ansible 2.14, of several the
   * play's own counts, else that of the last role; and of those in one list the first.
   *
   * @param nameOf - The name of a handler, templated; undefined where that fails.
   * @returns False when there is none.
   */
  notify(name: string, host: string, nameOf: (handler: Task) => string | undefined): boolean {
    const named = this.#all.filter(({ task }) => namesOf(nameOf(task), task.role?.name).includes(name));
    const last = named.at(-1)?.task.role?.key;
    const first = named.find(({ task }) => task.role?.key === last);
    const found = this.#all.filter((handler) => handler === first || handler.task.listen.includes(name));
    for (const handler of found) this.#notified.set(handler, (this.#notified.get(handler) ?? new Set()).add(host));
    return found.length > 0;
  }

  /**
   * The handlers that some of these hosts notified, in the order in which they are written, each once. One that is notified
   * while it is under way, by a later one, waits for the next time.
   */
  *take(hosts: readonly string[]): Generator<{ readonly handler: Handler; readonly hosts: readonly string[] }> {
    for (const handler of this.#all) {
      const notified = this.#notified.get(handler);
      const own = hosts.filter((host) => notified?.has(host) ?? false);
      for (const host of own) notified?.delete(host);
      if (own.length > 0) yield { handler, hosts: own };
    }
  }
}
