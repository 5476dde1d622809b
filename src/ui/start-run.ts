// Runs begun from the page, the same way as from a terminal: by the words of a command line. It does not know what runs those words.
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { RunDirectory } from '../journal/run-directory.ts';
import { timeOfRunId } from '../journal/run-id.ts';
import { RequestError, RunDidNotBeginError } from './errors.ts';
import { pause } from './pause.ts';
import type { StartRequest } from './wire.ts';

/** A run that has been started as a process of its own. */
export interface StartedRun {
  readonly pid: number;
  /** What it exited with, and the end of what it wrote to stderr. */
  readonly ended: Promise<{ readonly exitCode: number | null; readonly stderr: string }>;
}

/** What starts a run with these words, where nobody answers questions. */
export type StartRun = (argv: readonly string[]) => StartedRun;

export interface StartSettings {
  /** Where the playbooks are: no other can be started. Absolute. */
  readonly directory: string;
  /** What stands before the words of each run, such as `-i hosts.ini`. */
  readonly words: readonly string[];
  readonly start: StartRun;
}

const DEPTH = 4;
const MOST_PLAYBOOKS = 500;
/** What Ansible has other files in. */
const NO_PLAYBOOKS = /^(?:\..*|roles|group_vars|host_vars|vars|tasks|handlers|templates|files|defaults|meta|library|node_modules)$/;
const LOOK_EVERY_MS = 100;
/** A playbook with thousands of files, and an inventory from a slow script, are read before a run begins. */
const BEGINS_WITHIN_MS = 120_000;
/** Its clock and ours are the same, but its file is named after a time before the process told us of itself. */
const SLACK_MS = 2_000;

export class RunStarter {
  readonly #settings: StartSettings;
  readonly #runs: RunDirectory;

  constructor(settings: StartSettings, runs: RunDirectory) {
    this.#settings = settings;
    this.#runs = runs;
  }

  get directory(): string {
    return this.#settings.directory;
  }

  /** The YAML files below the directory, by their paths from there; links are not followed, so that none leads out of it. */
  async playbooks(): Promise<string[]> {
    const found: string[] = [];
    const look = async (folder: string, depth: number): Promise<void> => {
      const entries = await readdir(path.join(this.directory, folder), { withFileTypes: true });
      for (const entry of entries.sort((a, b) => a.name.localeCompare(b.name))) {
        const name = path.posix.join(folder, entry.name);
        if (found.length >= MOST_PLAYBOOKS) return;
        if (entry.isFile() && /\.ya?ml$/.test(entry.name) && !entry.name.startsWith('.')) found.push(name);
        else if (entry.isDirectory() && depth < DEPTH && !NO_PLAYBOOKS.test(entry.name)) await look(name, depth + 1);
      }
    };
    await look('', 0);
    return found;
  }

  /**
   * Starts a run and waits until it has begun.
   *
   * @returns Its name.
   * @throws RequestError `UI_RUN_REFUSED`; RunDidNotBeginError.
   */
  async begin(request: StartRequest, signal: AbortSignal): Promise<string> {
    const argv = await this.#argvOf(request);
    const sinceMs = Date.now() - SLACK_MS;
    const run = this.#settings.start(argv);
    let end: Awaited<StartedRun['ended']> | undefined;
    const ended = run.ended.then((value) => {
      end = value;
    });
    const untilMs = Date.now() + BEGINS_WITHIN_MS;
    while (!signal.aborted && Date.now() < untilMs) {
      const isLast = end !== undefined;
      const id = await this.#runOf(run.pid, sinceMs);
      if (id !== undefined) return id;
      if (isLast) break;
      await Promise.race([ended, pause(LOOK_EVERY_MS, signal)]);
    }
    throw new RunDidNotBeginError(
      end === undefined ? 'The run has not begun yet' : `The run did not begin: it ended with ${end.exitCode}`,
      {
        where: `sshoal ${argv.join(' ')}`,
        fix: end?.stderr.trim() || 'See whether it comes: it is among the runs when it begins',
      },
    );
  }

  async #argvOf(request: StartRequest): Promise<string[]> {
    const { words } = this.#settings;
    if (request.verb === 'run') {
      if (request.pattern.startsWith('-')) throw refused('A pattern does not begin with `-`', request.pattern);
      return ['run', ...words, request.pattern, '--', request.command];
    }
    const { playbook, limit = '', tags = '', check = false } = request;
    if (!(await this.playbooks()).includes(playbook)) throw refused(`\`${playbook}\` is no playbook of ${this.directory}`, playbook);
    return [
      'play',
      ...words,
      ...(limit === '' ? [] : [`--limit=${limit}`]),
      ...(tags === '' ? [] : [`--tags=${tags}`]),
      ...(check ? ['--check'] : []),
      path.join(this.directory, playbook),
    ];
  }

  /** The run that a process writes. */
  async #runOf(pid: number, sinceMs: number): Promise<string | undefined> {
    for (const id of await this.#runs.ids()) {
      if ((timeOfRunId(id) ?? 0) < sinceMs) return undefined;
      const run = await this.#runs.runIfReadable(id, () => {
        // It is none of ours: ours is written by this very version.
      });
      if (run?.process.pid === pid) return id;
    }
    return undefined;
  }
}

function refused(message: string, where: string): RequestError {
  return new RequestError('UI_RUN_REFUSED', message, { where, fix: 'Choose one that the page offers' });
}

/** What the page asked for, once it is known to make sense. @throws RequestError `UI_BAD_REQUEST`. */
export function startRequestOf(data: unknown): StartRequest {
  const { verb, ...rest } = typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {};
  const text = (name: string): string => {
    const value = rest[name] ?? '';
    if (typeof value === 'string' && !/[\0\n\r]/.test(value) && value.length <= 10_000) return value;
    throw new RequestError('UI_BAD_REQUEST', `\`${name}\` is no line of text`, { fix: 'Reload the page' });
  };
  const needed = (name: string): string => {
    const value = text(name);
    if (value !== '') return value;
    throw new RequestError('UI_BAD_REQUEST', `\`${name}\` is missing`, { fix: 'Fill it in' });
  };
  if (verb === 'play') return { verb, playbook: needed('playbook'), limit: text('limit'), tags: text('tags'), check: rest.check === true };
  if (verb === 'run') return { verb, pattern: needed('pattern'), command: needed('command') };
  throw new RequestError('UI_BAD_REQUEST', 'Only play and run can be started here', { fix: 'Use the command line for the rest' });
}
