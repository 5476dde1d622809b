// How many of the tasks that were read can be played. It knows them by where they stand: a role used twice is written once.
import type { SshoalError } from '../base/errors.ts';
import { formatPosition, type Position } from '../base/position.ts';
import { UnsupportedError } from './errors.ts';

export class Coverage {
  readonly #tasks = new Map<string, boolean>();

  /** A task was read. @param faults - Those of the task itself. */
  note(at: Position, faults: readonly SshoalError[]): void {
    this.#tasks.set(formatPosition(at), !faults.some((fault) => fault instanceof UnsupportedError));
  }

  get tasks(): number {
    return this.#tasks.size;
  }

  get supported(): number {
    return [...this.#tasks.values()].filter((isSupported) => isSupported).length;
  }
}
