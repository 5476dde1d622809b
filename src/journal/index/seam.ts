// What an index over journals is, and what a store is that can keep one. It knows no database.
import type { RunFilter } from '../run-filter.ts';

/**
 * What narrows a search down: which runs can be meant. It is made of the journals, and never the truth: it may let runs through that
 * are not meant, and never leaves one out that is. Without one the summaries are read, which gives the same answers.
 */
export interface RunIndex extends Disposable {
  /**
   * The runs that can be meant, of those that are wanted. Journals that are new, changed or gone since the last time are noticed.
   *
   * @param runs - `all` there are, and of them the `wanted` ones, in the order that is kept.
   */
  narrow(runs: { readonly all: readonly string[]; readonly wanted: readonly string[] }, filter: RunFilter): Promise<readonly string[]>;
}

/** A kind of store. A file of this room exports one, and `registry.ts` lists it. */
export interface IndexStore {
  readonly name: string;
  /** Loads what it needs; undefined where this machine has not got it. */
  readonly load: () => Promise<SqlDriver | undefined>;
}

/** SQLite, whoever brings it along. */
export interface SqlDriver {
  /** @throws what {@link resultCode} knows. */
  readonly open: (file: string) => SqlDatabase;
  /** SQLite's own primary result code of an error, as in sqlite3.h; undefined for an error that is not of SQLite. */
  readonly resultCode: (error: unknown) => number | undefined;
}
export interface SqlDatabase {
  exec(sql: string): void;
  prepare(sql: string): SqlStatement;
  close(): void;
}
export interface SqlStatement {
  run(...values: readonly (string | number)[]): { readonly changes: number | bigint };
  all(...values: readonly (string | number)[]): readonly Readonly<Record<string, unknown>>[];
}
