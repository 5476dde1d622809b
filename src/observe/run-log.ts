// A run as lines of JSON in a file that others gather. It does not know where such files are sent.
import { type FileHandle, open } from 'node:fs/promises';
import { troubleOf } from '../base/disk-trouble.ts';
import type { FleetEvent, Outcome } from '../fleet/events.ts';
import type { PlayEvent, TaskFinished } from '../playbook/events.ts';
import { errorData, type JsonObject, maskedJson } from '../report/machine/json-data.ts';
import { LogIncompleteError } from './errors.ts';
import { LOG_LEVELS, type LogLevel, type ObservedRun, type Observer, type RunEnd } from './seam.ts';

/** What waits for the disk; beyond it lines are lost, since the memory is needed for the run. */
const MOST_WAITING_BYTES = 4 * 1024 * 1024;

export interface RunLogOptions {
  readonly file: string;
  /** Default `info`. */
  readonly level?: LogLevel | undefined;
  readonly mask: (text: string) => string;
  readonly now: () => number;
  /** Told of the first trouble, and not of those that follow from it. */
  readonly onTrouble: (error: LogIncompleteError) => void;
}

/**
 * Appends a line for each event: `{time, level, event, run, ...}`.
 *
 * Whole lines are written at once to the end of the file, so that several processes can share it. A disk that is full costs lines,
 * and never the run. The file is opened anew for each run: who rotates logs need tell nobody.
 */
export class RunLog implements Observer {
  readonly #options: RunLogOptions;
  readonly #least: number;
  #run: string | undefined;
  #handle: FileHandle;
  #waiting: string[] = [];
  #waitingBytes = 0;
  #turn: Promise<void> = Promise.resolve();
  #isTorn = false;
  #isTold = false;

  private constructor(handle: FileHandle, options: RunLogOptions) {
    this.#handle = handle;
    this.#options = options;
    this.#least = LOG_LEVELS.indexOf(options.level ?? 'info');
  }

  /** Makes the file where there is none, for its owner alone. @throws LogIncompleteError `LOG_INCOMPLETE` where it cannot be opened. */
  static async open(options: RunLogOptions): Promise<RunLog> {
    try {
      return new RunLog(await openEnd(options.file), options);
    } catch (cause) {
      throw trouble(options.file, cause);
    }
  }

  start({ id, verb, subject, hosts, check, atMs }: ObservedRun): void {
    this.#run = id;
    this.#turn = this.#turn.then(async () => await this.#reopen());
    this.write('info', 'run-started', { verb, subject, hosts: hosts.length, check }, atMs);
  }

  fleetEvent(event: FleetEvent): void {
    if (event.kind === 'started') this.write('debug', 'host-started', { host: event.host }, event.atMs);
    if (event.kind === 'finished') this.#outcome(event.outcome);
  }

  playEvent(event: PlayEvent): void {
    switch (event.kind) {
      case 'play-started':
        this.write('info', event.kind, { play: event.play, hosts: event.hosts.length }, event.atMs);
        break;
      case 'task-started':
        this.write('debug', event.kind, { task: event.task.name, module: event.task.module, hosts: event.hosts.length }, event.atMs);
        break;
      case 'item-finished': {
        const { task, host, item, status, delegate } = event;
        this.write('debug', event.kind, { host, task: task.name, module: task.module, item, outcome: status, delegate });
        break;
      }
      case 'task-finished':
        this.#task(event);
        break;
      case 'play-finished':
        this.write('debug', event.kind, { play: event.play }, event.atMs);
        break;
      case 'task-output':
      case 'recap':
        break;
    }
  }

  end({ outcome, exitCode, atMs, hosts, error }: RunEnd): void {
    const counts = Object.fromEntries(Object.entries(hosts).map(([status, names]) => [status, names.length]));
    const level = outcome === 'ok' ? 'info' : outcome === 'drift' ? 'warn' : 'error';
    this.write(level, 'run-ended', { outcome, exitCode, hosts: counts, error: error && errorData(error) }, atMs);
    this.#run = undefined;
  }

  /** A line of its own: something that befell no host. */
  write(level: LogLevel, event: string, fields: JsonObject, atMs = this.#options.now()): void {
    if (LOG_LEVELS.indexOf(level) > this.#least) return;
    const time = new Date(atMs).toISOString();
    this.#add(`${maskedJson({ time, level, event, run: this.#run, ...fields }, this.#options.mask)}\n`);
  }

  /** Gives what waits to the system. */
  async flush(): Promise<void> {
    this.#turn = this.#turn.then(async () => await this.#append());
    await this.#turn;
  }

  async close(): Promise<void> {
    await this.flush();
    await this.#handle.close();
  }

  #outcome({ host, status, exit, error, startedAtMs, endedAtMs }: Outcome): void {
    const level = status === 'ok' ? 'info' : status === 'cancelled' ? 'warn' : 'error';
    const ending = exit === undefined ? {} : exit.kind === 'code' ? { exitCode: exit.code } : { signal: exit.signal };
    const durationMs = Math.round(endedAtMs - startedAtMs);
    this.write(level, 'host-finished', { host, outcome: status, durationMs, ...ending, error: error && errorData(error) }, endedAtMs);
  }

  #task({ task, host, status, ignored, durationMs, delegate, error, result }: TaskFinished): void {
    const isTrouble = status === 'failed' || status === 'unreachable';
    const level = isTrouble ? (ignored ? 'warn' : 'error') : status === 'cancelled' ? 'warn' : status === 'changed' ? 'info' : 'debug';
    const message = result.get('msg');
    const said = isTrouble && typeof message === 'string' ? { message } : undefined;
    this.write(level, 'task-finished', {
      host,
      task: task.name,
      module: task.module,
      outcome: status,
      ignored: ignored ? true : undefined,
      delegate,
      durationMs: Math.round(durationMs),
      error: error === undefined ? said : errorData(error),
    });
  }

  #add(line: string): void {
    const bytes = Buffer.byteLength(line);
    if (this.#waitingBytes + bytes > MOST_WAITING_BYTES) {
      this.#tell(new Error('lines come faster than the disk takes them'));
      return;
    }
    this.#waiting.push(line);
    this.#waitingBytes += bytes;
    // The first of many: those that come meanwhile go with it.
    if (this.#waiting.length === 1) this.#turn = this.#turn.then(async () => await this.#append());
  }

  async #append(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const bytes = Buffer.from(`${this.#isTorn ? '\n' : ''}${this.#waiting.join('')}`);
    this.#waiting = [];
    this.#waitingBytes = 0;
    let done = 0;
    try {
      while (done < bytes.length) done += (await this.#handle.write(bytes, done)).bytesWritten;
      this.#isTorn = false;
    } catch (cause) {
      this.#isTorn ||= done > 0;
      this.#tell(cause);
    }
  }

  async #reopen(): Promise<void> {
    try {
      const fresh = await openEnd(this.#options.file);
      await this.#handle.close();
      this.#handle = fresh;
      this.#isTorn = false;
    } catch (cause) {
      this.#tell(cause);
    }
  }

  #tell(cause: unknown): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#options.onTrouble(trouble(this.#options.file, cause));
  }
}

async function openEnd(file: string): Promise<FileHandle> {
  return await open(file, 'a', 0o600);
}

function trouble(file: string, cause: unknown): LogIncompleteError {
  const { reason, fix } = troubleOf(cause as NodeJS.ErrnoException);
  return new LogIncompleteError(`The log is not complete: ${reason}`, { where: file, fix, cause });
}
