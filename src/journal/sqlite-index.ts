// An index over the journals in SQLite, where Node has it: which runs can be meant. It is made of the journals, and can be removed at any time.
import { rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { RunFilter } from './run-filter.ts';
import { type RunSummary, summaryOf } from './summary.ts';

/** Node's own module; a variable, since its types are those of a later Node than the oldest that is supported. */
const MODULE: string = 'node:sqlite';
const FORMAT = 1;
const BATCH = 32;
/** Another process may be writing. */
const WAIT_MS = 2_000;

/** What narrows a search down. It may let runs through that are not meant, and never leaves one out that is. */
export interface RunIndex extends Disposable {
  /** @param ids - All runs there are, in the order that is kept. */
  narrow(ids: readonly string[], filter: RunFilter): Promise<readonly string[]>;
}

interface Statement {
  run(...values: readonly (string | number)[]): unknown;
  all(...values: readonly (string | number)[]): readonly Readonly<Record<string, unknown>>[];
}
interface Database {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}

/** Whether this Node has SQLite, and does not warn of it on stderr at each start, as before 24.15 and 25.7. */
export function hasSqlite(version = process.versions.node): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 25 || (major === 25 && minor >= 7) || (major === 24 && minor >= 15);
}

/** The index of a directory; undefined where there can be none, and the summaries must do. */
export async function openSqliteIndex(directory: string): Promise<RunIndex | undefined> {
  if (!hasSqlite()) return undefined;
  const { DatabaseSync } = (await import(MODULE)) as { readonly DatabaseSync: new (file: string) => Database };
  const file = path.join(directory, `.index-${FORMAT}.sqlite`);
  return attempt(file, () => {
    const database = new DatabaseSync(file);
    try {
      return new SqliteIndex(directory, file, database);
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

class SqliteIndex implements RunIndex {
  readonly #directory: string;
  readonly #file: string;
  readonly #database: Database;

  constructor(directory: string, file: string, database: Database) {
    this.#directory = directory;
    this.#file = file;
    this.#database = database;
    database.exec(`
      PRAGMA busy_timeout = ${WAIT_MS};
      PRAGMA synchronous = OFF;
      CREATE TABLE IF NOT EXISTS run (id TEXT PRIMARY KEY, verb TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS host (name TEXT NOT NULL, status TEXT NOT NULL, run TEXT NOT NULL, PRIMARY KEY (name, status, run)) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS status (name TEXT NOT NULL, run TEXT NOT NULL, PRIMARY KEY (name, run)) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS task (name TEXT NOT NULL, run TEXT NOT NULL, PRIMARY KEY (name, run)) WITHOUT ROWID;
    `);
  }

  async narrow(ids: readonly string[], filter: RunFilter): Promise<readonly string[]> {
    const known = attempt(this.#file, () => this.#known());
    if (known === undefined) return ids;
    const there = new Set(ids);
    // What has no end may still change, and what cannot be read must be said: both are always let through.
    const open = new Set<string>();
    const unknown = ids.filter((id) => !known.has(id));
    for (let start = 0; start < unknown.length; start += BATCH) {
      const ended = await Promise.all(unknown.slice(start, start + BATCH).map(async (id) => (await this.#ended(id)) ?? void open.add(id)));
      if (attempt(this.#file, () => this.#insert(ended.filter((summary) => summary !== undefined))) === undefined) return ids;
    }
    return (
      attempt(this.#file, () => {
        this.#remove([...known].filter((id) => !there.has(id)));
        const found = this.#find(filter);
        return ids.filter((id) => open.has(id) || found.has(id));
      }) ?? ids
    );
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  #known(): ReadonlySet<string> {
    return this.#idsOf(this.#database.prepare('SELECT id FROM run').all());
  }

  async #ended(id: string): Promise<RunSummary | undefined> {
    try {
      const summary = await summaryOf(path.join(this.#directory, `${id}.jsonl`));
      return summary.exitCode === undefined ? undefined : summary;
    } catch {
      // Who searches reads it again, and says what is wrong with it.
      return undefined;
    }
  }

  #insert(summaries: readonly RunSummary[]): true {
    const into = (table: string, columns: number): Statement =>
      this.#database.prepare(`INSERT OR IGNORE INTO ${table} VALUES (${Array.from({ length: columns }, () => '?').join()})`);
    const [run, host, status, task] = [into('run', 2), into('host', 3), into('status', 2), into('task', 2)];
    this.#together(() => {
      for (const { id, verb, hosts, tasks } of summaries) {
        run.run(id, verb);
        for (const name of tasks) task.run(name.toLowerCase(), id);
        for (const [name, members] of Object.entries(hosts)) {
          status.run(name, id);
          for (const member of members) host.run(member, name, id);
        }
      }
    });
    return true;
  }

  #remove(ids: readonly string[]): void {
    if (ids.length === 0) return;
    const statements = ['run WHERE id', 'host WHERE run', 'status WHERE run', 'task WHERE run'].map((from) =>
      this.#database.prepare(`DELETE FROM ${from} = ?`),
    );
    this.#together(() => {
      for (const id of ids) for (const statement of statements) statement.run(id);
    });
  }

  #find({ verb, outcome }: RunFilter): ReadonlySet<string> {
    const conditions: string[] = ['1'];
    const values: string[] = [];
    const where = (condition: string, ...given: readonly string[]): void => {
      conditions.push(condition);
      values.push(...given);
    };
    // Runs that are running or interrupted have no end: none of them is in here.
    if (outcome === 'running' || outcome === 'interrupted') return new Set();
    if (verb !== undefined) where('verb = ?', verb);
    if (outcome !== undefined) where('id IN (SELECT run FROM status WHERE name = ?)', outcome);
    return this.#idsOf(this.#database.prepare(`SELECT id FROM run WHERE ${conditions.join(' AND ')}`).all(...values));
  }

  #idsOf(rows: readonly Readonly<Record<string, unknown>>[]): ReadonlySet<string> {
    return new Set(rows.map(({ id }) => String(id)));
  }

  #together(work: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}

/**
 * Does it, or nothing: without an index the summaries are read, which gives the same answers.
 *
 * A file that is no database, or a broken one, is removed, so that the next search makes it anew; one that is busy stays.
 */
function attempt<T>(file: string, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    const { code, errcode } = error as { readonly code?: string; readonly errcode?: number };
    if (code !== 'ERR_SQLITE_ERROR') throw error;
    const [corrupt, noDatabase] = [11, 26];
    if (errcode === corrupt || errcode === noDatabase) rmSync(file, { force: true });
    return undefined;
  }
}
