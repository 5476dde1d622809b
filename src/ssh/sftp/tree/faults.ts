// The errors of single entries of a tree: thrown at once, or collected. It does not know how they came about.
import { SshoalError } from '../../../base/errors.ts';
import type { TreeFault, TreeOptions } from './options.ts';

// After these nothing else can be done: they are about the line, not about an entry.
const FATAL: ReadonlySet<string> = new Set(['SFTP_LOST', 'SFTP_PROTOCOL', 'CONNECTION_LOST']);

export class FaultList {
  readonly all: TreeFault[] = [];
  readonly #collects: boolean;

  constructor({ onError = 'stop' }: TreeOptions) {
    this.#collects = onError === 'collect';
  }

  /** @throws the error, where errors are not collected, or nothing can go on after this one. */
  add(path: string, error: unknown): void {
    if (!this.#collects || !(error instanceof SshoalError) || FATAL.has(error.code)) throw error;
    this.all.push({ path, error });
  }

  /** Does something for an entry. @returns Whether it was done. @throws as {@link add}. */
  async guard(path: string, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.add(path, error);
      return false;
    }
  }
}
