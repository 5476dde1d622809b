// The lines a person typed, kept for next time in a file only they can read. It does not know what a line means.
import { appendFile, chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import type { Environment } from '../context.ts';
import { HistoryError } from '../errors.ts';
import { stateDirectory } from '../state-directory.ts';

const MOST_LINES = 1_000;

/** Where it is kept; undefined where there is no home. */
export function historyFile(env: Environment): string | undefined {
  const directory = stateDirectory(env);
  return directory === undefined ? undefined : path.join(directory, 'history');
}

/** Each line once, the newest last; a line that starts with a space is not kept, as in bash. */
export class History {
  /** How many lines are kept. */
  readonly most = MOST_LINES;
  readonly #file: string | undefined;
  #lines: readonly string[];

  private constructor(file: string | undefined, lines: readonly string[]) {
    this.#file = file;
    this.#lines = lines;
  }

  /**
   * @param file - Undefined to keep nothing beyond this run.
   * @throws HistoryError HISTORY_UNWRITABLE.
   */
  static async open(file: string | undefined): Promise<History> {
    if (file === undefined) return new History(undefined, []);
    try {
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
      const text = await readFile(file, 'utf8').catch(ifMissing);
      const read = text.split('\n').filter((line) => line !== '');
      const lines = newestOnly(read);
      // Appending leaves older twins behind; they go here, and not at every line.
      if (lines.length < read.length) await replace(file, lines);
      else if (read.length > 0) await chmod(file, 0o600);
      return new History(file, lines);
    } catch (error) {
      throw new HistoryError(file, error);
    }
  }

  get newestFirst(): readonly string[] {
    return this.#lines.toReversed();
  }

  /** @throws HistoryError HISTORY_UNWRITABLE; the line is then known in this run only. */
  async add(line: string): Promise<void> {
    if (line.trim() === '' || line.startsWith(' ') || line === this.#lines.at(-1)) return;
    this.#lines = newestOnly([...this.#lines, line]);
    if (this.#file === undefined) return;
    try {
      // Appended, so that two shells at once do not take each other's lines away.
      await appendFile(this.#file, `${line}\n`, { mode: 0o600 });
    } catch (error) {
      throw new HistoryError(this.#file, error);
    }
  }
}

function newestOnly(lines: readonly string[]): string[] {
  return [...new Set(lines.toReversed())].slice(0, MOST_LINES).toReversed();
}

async function replace(file: string, lines: readonly string[]): Promise<void> {
  const complete = `${file}.${process.pid}`;
  await writeFile(complete, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
  await rename(complete, file);
}

function ifMissing(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return '';
  throw error;
}
