// The index of a directory, by the first store that this machine has. What is wrong with an index is a note, and stops no search.
import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { INDEX_STORES } from './registry.ts';
import type { IndexStore, RunIndex, SqlDriver } from './seam.ts';
import { ForeignFileError, SqlIndex } from './sql-index.ts';

/** Told in half a sentence what is wrong with the index, and what follows. */
export type OnNote = (note: string) => void;

/** How {@link RunDirectory} comes to an index; undefined where there can be none. */
export type OpenIndex = (directory: string, onNote: OnNote) => Promise<RunIndex | undefined>;

/** The version of what is in an index. Each has files of its own, so that two versions of sshoal do not remove each other's. */
const FORMAT = 2;
const OWN = new RegExp(String.raw`^\.index-${FORMAT}-[0-9a-f]{12}\.sqlite$`);
const ANY = /^\.index-(\d+)(?:-[0-9a-f]{12})?\.sqlite(?:-\w+)?$/;

/** Results after which a file is of no use to anybody, as in sqlite3.h: SQLITE_ERROR, of a table that is gone, _CORRUPT and _NOTADB. */
const BROKEN: ReadonlySet<number> = new Set([1, 11, 26]);
const WORDS: ReadonlyMap<number, string> = new Map([
  [5, 'another process keeps it locked'],
  [8, 'it may not be written'],
  [10, 'the disk has a fault'],
  [13, 'the disk is full'],
  [14, 'it cannot be opened'],
]);

/** By the first of these stores that this machine has. */
export function openIndexBy(stores: readonly IndexStore[]): OpenIndex {
  return async (directory, onNote) => {
    for (const store of stores) {
      const driver = await store.load();
      if (driver !== undefined) return await open(directory, driver, onNote);
    }
    return undefined;
  };
}

/** By whatever there is. */
export const openIndex: OpenIndex = openIndexBy(INDEX_STORES);

/**
 * Takes away what earlier versions left behind, and what two processes made at once; with `all` also the one that is used. A process
 * that has one open may go on with it.
 */
export async function removeIndexes(directory: string, { all = false }: { readonly all?: boolean } = {}): Promise<void> {
  const current = all ? undefined : await currentIn(directory);
  for (const name of await readdir(directory).catch(ifMissing)) {
    const format = Number(ANY.exec(name)?.[1] ?? Number.POSITIVE_INFINITY);
    if (format <= FORMAT && (current === undefined || !name.startsWith(current))) await rm(path.join(directory, name), { force: true });
  }
}

async function open(directory: string, driver: SqlDriver, onNote: OnNote): Promise<RunIndex | undefined> {
  const index = new GuardedIndex(directory, driver, onNote);
  return (await index.open()) ? index : undefined;
}

/**
 * An index that answers in any case: where it cannot, all that are wanted may be meant.
 *
 * A broken file is removed and made anew under another name. Under the same one a process that still writes the old file would leave a
 * rollback journal that SQLite takes for one of the new file.
 */
class GuardedIndex implements RunIndex {
  readonly #directory: string;
  readonly #driver: SqlDriver;
  readonly #onNote: OnNote;
  #file = '';
  #index: SqlIndex | undefined;

  constructor(directory: string, driver: SqlDriver, onNote: OnNote) {
    this.#directory = directory;
    this.#driver = driver;
    this.#onNote = onNote;
  }

  async open(): Promise<boolean> {
    await this.#attempt(async () => await this.#opened());
    return this.#index !== undefined;
  }

  async narrow(runs: Parameters<RunIndex['narrow']>[0], filter: Parameters<RunIndex['narrow']>[1]): Promise<readonly string[]> {
    return (await this.#attempt(async () => await (await this.#opened()).narrow(runs, filter))) ?? runs.wanted;
  }

  [Symbol.dispose](): void {
    this.#close();
  }

  async #opened(): Promise<SqlIndex> {
    if (this.#index !== undefined) return this.#index;
    this.#file = path.join(
      this.#directory,
      (await currentIn(this.#directory)) ?? `.index-${FORMAT}-${randomBytes(6).toString('hex')}.sqlite`,
    );
    const database = this.#driver.open(this.#file);
    try {
      this.#index = new SqlIndex(this.#directory, database, FORMAT);
      return this.#index;
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** Does it, with a new file where the one there is broken; undefined where that is no use either. */
  async #attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    for (let isFirst = true; ; isFirst = false) {
      try {
        return await work();
      } catch (error) {
        const isForeign = error instanceof ForeignFileError;
        const code = this.#driver.resultCode(error);
        if (!isForeign && code === undefined) throw error;
        this.#close();
        const isBroken = isForeign || BROKEN.has(code ?? 0);
        if (isFirst && isBroken && (await this.#remove())) continue;
        this.#onNote(`the index of runs is not used: ${WORDS.get(code ?? 0) ?? (error as Error).message}`);
        return undefined;
      }
    }
  }

  async #remove(): Promise<boolean> {
    try {
      await rm(this.#file, { force: true });
    } catch (error) {
      this.#onNote(`the index of runs is broken, and cannot be removed: ${(error as Error).message}`);
      return false;
    }
    this.#onNote('the index of runs was broken, and is made anew');
    return true;
  }

  #close(): void {
    this.#index?.[Symbol.dispose]();
    this.#index = undefined;
  }
}

/** The one that is used: the first by name, where several have begun one at once. */
async function currentIn(directory: string): Promise<string | undefined> {
  const names = await readdir(directory).catch(ifMissing);
  return names.filter((name) => OWN.test(name)).sort()[0];
}

function ifMissing(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
  throw error;
}
