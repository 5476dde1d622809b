// The tables of an index, and what is asked of them. It does not know who brings SQLite along, nor what becomes of its faults.
import path from 'node:path';
import { HOST_STATUSES } from '../host-status.ts';
import { hostTest, type RunFilter, taskTest } from '../run-filter.ts';
import { isSame, type RunSummary, type Stamp, stampOf, summaryOf } from '../summary.ts';
import type { RunIndex, SqlDatabase } from './seam.ts';

/** So many journals are read at once, and written in one transaction. */
const BATCH = 64;
/** Another process may be writing. */
const WAIT_MS = 2_000;
/** Of more hosts than that most runs have one: to look for them all would take longer than to read the runs that are shown. */
const MOST_HOSTS = 64;
/** A list in one parameter, as JSON. */
const LISTED = '(SELECT value FROM json_each(?))';

/** The file holds something else than an index of this format. */
export class ForeignFileError extends Error {}

type Ended = Stamp & { readonly summary: RunSummary };

/** Runs without an end are not in it, since they may still change; nor are journals that cannot be read, since that is to be said. */
export class SqlIndex implements RunIndex {
  readonly #directory: string;
  readonly #database: SqlDatabase;

  /** @throws ForeignFileError, and errors of SQLite. */
  constructor(directory: string, database: SqlDatabase, format: number) {
    this.#directory = directory;
    this.#database = database;
    database.exec(`PRAGMA busy_timeout = ${WAIT_MS}`);
    if (this.#version() === format) return;
    this.#together(() => {
      // Another process may have been quicker.
      const version = this.#version();
      if (version === format) return;
      if (version !== 0 || database.prepare('SELECT 1 FROM sqlite_master').all().length > 0) throw new ForeignFileError();
      database.exec(`
        CREATE TABLE run (n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, bytes INTEGER NOT NULL, changed REAL NOT NULL, verb TEXT NOT NULL);
        CREATE TABLE host_name (n INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
        CREATE TABLE task_name (n INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
        CREATE TABLE host (name INTEGER, run INTEGER, status TEXT, PRIMARY KEY (name, run)) WITHOUT ROWID;
        CREATE TABLE status (status TEXT, run INTEGER, PRIMARY KEY (status, run)) WITHOUT ROWID;
        CREATE TABLE task (name INTEGER, run INTEGER, PRIMARY KEY (name, run)) WITHOUT ROWID;
        PRAGMA user_version = ${format};
      `);
    });
  }

  async narrow(
    { all, wanted }: { readonly all: readonly string[]; readonly wanted: readonly string[] },
    filter: RunFilter,
  ): Promise<readonly string[]> {
    const [known, there] = [this.#known(), new Set(all)];
    const stamps = await this.#stamps(wanted);
    this.#remove([...known.keys()].filter((id) => !there.has(id) || isOther(known.get(id), stamps.get(id))));
    const unknown = wanted.filter((id) => !known.has(id) || isOther(known.get(id), stamps.get(id)));
    for (let start = 0; start < unknown.length; start += BATCH) {
      const ended = await Promise.all(unknown.slice(start, start + BATCH).map(async (id) => await this.#ended(id, stamps.get(id))));
      this.#insert(ended.filter((one) => one !== undefined));
    }
    const isHit = this.#together(() => this.#hits(filter), 'DEFERRED');
    // What is not in it may be meant: it goes on, cannot be read, or another process has taken it out just now.
    return wanted.filter((id) => isHit.get(id) !== false);
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  #version(): unknown {
    return this.#database.prepare('PRAGMA user_version').all()[0]?.user_version;
  }

  #known(): ReadonlyMap<string, Stamp> {
    const rows = this.#database.prepare('SELECT id, bytes, changed FROM run').all();
    return new Map(rows.map(({ id, bytes, changed }) => [String(id), { bytes: Number(bytes), changedAtMs: Number(changed) }]));
  }

  async #stamps(ids: readonly string[]): Promise<ReadonlyMap<string, Stamp>> {
    const stamps = await Promise.all(ids.map(async (id) => [id, await stampIfThere(this.#fileOf(id))] as const));
    return new Map(stamps.flatMap(([id, stamp]) => (stamp === undefined ? [] : [[id, stamp] as const])));
  }

  #fileOf(id: string): string {
    return path.join(this.#directory, `${id}.jsonl`);
  }

  async #ended(id: string, stamp: Stamp | undefined): Promise<Ended | undefined> {
    if (stamp === undefined) return undefined;
    try {
      const summary = await summaryOf(this.#fileOf(id));
      return summary.exitCode === undefined ? undefined : { ...stamp, summary };
    } catch {
      // Who searches reads it again, and says what is wrong with it.
      return undefined;
    }
  }

  #insert(ended: readonly Ended[]): void {
    const add = this.#database.prepare('INSERT OR IGNORE INTO run (id, bytes, changed, verb) VALUES (?, ?, ?, ?)');
    const names = (table: string): string => `INSERT OR IGNORE INTO ${table} (name) SELECT value FROM json_each(?)`;
    const [hostNames, taskNames] = [names('host_name'), names('task_name')].map((sql) => this.#database.prepare(sql));
    const number = '(SELECT n FROM run WHERE id = ?)';
    const host = this.#database.prepare(
      `INSERT OR IGNORE INTO host SELECT host_name.n, ${number}, ? FROM json_each(?) JOIN host_name ON host_name.name = value`,
    );
    const status = this.#database.prepare(`INSERT OR IGNORE INTO status VALUES (?, ${number})`);
    const task = this.#database.prepare(
      `INSERT OR IGNORE INTO task SELECT task_name.n, ${number} FROM json_each(?) JOIN task_name ON task_name.name = value`,
    );
    this.#together(() => {
      for (const { bytes, changedAtMs, summary } of ended) {
        const { id, verb, hosts, tasks } = summary;
        // Another process has been quicker.
        if (Number(add.run(id, bytes, changedAtMs, verb).changes) === 0) continue;
        taskNames?.run(JSON.stringify(tasks));
        task.run(id, JSON.stringify(tasks));
        for (const [name, members] of Object.entries(hosts)) {
          hostNames?.run(JSON.stringify(members));
          host.run(id, name, JSON.stringify(members));
          status.run(name, id);
        }
      }
    });
  }

  #remove(ids: readonly string[]): void {
    if (ids.length === 0) return;
    const gone = JSON.stringify(ids);
    this.#together(() => {
      for (const table of ['host', 'status', 'task'])
        this.#database.prepare(`DELETE FROM ${table} WHERE run IN (SELECT n FROM run WHERE id IN ${LISTED})`).run(gone);
      this.#database.prepare(`DELETE FROM run WHERE id IN ${LISTED}`).run(gone);
    });
  }

  /** Whether each run that is in it can be meant. Within a transaction: other processes write meanwhile. */
  #hits({ verb, host, outcome, task }: RunFilter): ReadonlyMap<string, boolean> {
    const conditions: string[] = ['1'];
    const values: string[] = [];
    const where = (condition: string, ...given: readonly string[]): void => {
      conditions.push(condition);
      values.push(...given);
    };
    const hosts = host === undefined ? undefined : this.#named('host_name', hostTest(host));
    if (verb !== undefined) where('verb = ?', verb);
    // Of runs that are running or interrupted none is in here: they have no end.
    if (outcome !== undefined) where('n IN (SELECT run FROM status WHERE status = ?)', outcome);
    if (task !== undefined)
      where(`n IN (SELECT run FROM task WHERE name IN ${LISTED})`, JSON.stringify(this.#named('task_name', taskTest(task))));
    if (hosts !== undefined && hosts.length <= MOST_HOSTS) {
      const statuses = outcome === undefined ? HOST_STATUSES : [outcome];
      where(`n IN (SELECT run FROM host WHERE name IN ${LISTED} AND status IN ${LISTED})`, JSON.stringify(hosts), JSON.stringify(statuses));
    }
    const rows = this.#database.prepare(`SELECT id, ${conditions.join(' AND ')} AS hit FROM run`).all(...values);
    return new Map(rows.map(({ id, hit }) => [String(id), hit !== 0]));
  }

  /** The numbers of the names that are meant. */
  #named(table: 'host_name' | 'task_name', isMeant: (name: string) => boolean): readonly number[] {
    const rows = this.#database.prepare(`SELECT n, name FROM ${table}`).all();
    return rows.filter(({ name }) => isMeant(String(name))).map(({ n }) => Number(n));
  }

  #together<T>(work: () => T, mode: 'IMMEDIATE' | 'DEFERRED' = 'IMMEDIATE'): T {
    this.#database.exec(`BEGIN ${mode}`);
    try {
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  #rollBack(): void {
    try {
      this.#database.exec('ROLLBACK');
    } catch {
      // After some faults, such as a full disk, SQLite has done it already: the fault that led here says more.
    }
  }
}

/** Of one that is gone since it was listed undefined. */
async function stampIfThere(file: string): Promise<Stamp | undefined> {
  try {
    return await stampOf(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whether a journal is not as it was; of one that nobody has looked at now that is not known. */
function isOther(then: Stamp | undefined, now: Stamp | undefined): boolean {
  return then !== undefined && now !== undefined && !isSame(then, now);
}
