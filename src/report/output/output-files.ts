// The output of each host in a file of its own, written while it comes. It does not know what else is reported.
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import { troubleOf } from '../../base/disk-trouble.ts';
import type { SshoalError } from '../../base/errors.ts';
import { maskBytes } from '../../base/exact-bytes.ts';
import { foldNames } from '../../base/node-set/fold-names.ts';
import type { FleetEvent, Outcome } from '../../fleet/events.ts';
import { OutputExistsError, OutputUnwritableError } from '../errors.ts';
import { Fold, type Group } from '../fold.ts';
import { fileNamesOf } from './file-names.ts';
import { LineGatherer } from './host-bytes.ts';

/** Far below what a process may open, so that ten thousand hosts need no more than a hundred. */
const MOST_OPEN_FILES = 64;
/** Nobody may plant a link while a file is closed between two lines. Windows has no such flag, nor such links for all. */
const APPEND = constants.O_WRONLY | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0);
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;

export interface OutputFilesOptions {
  /** The directory for stdout, an absolute path. */
  readonly stdout?: string | undefined;
  /** The directory for stderr. */
  readonly stderr?: string | undefined;
  /** Whether files of an earlier run may be replaced. Default false. */
  readonly overwrite?: boolean | undefined;
  /** Masks secrets; it is given whole lines. */
  readonly mask: (text: string) => string;
}

type Stream = 'stdout' | 'stderr';
const STREAMS = ['stdout', 'stderr'] as const;

/** The file of one stream of one host. */
interface HostFile {
  readonly host: string;
  readonly file: string;
  readonly gatherer: LineGatherer;
  created: boolean;
  handle: FileHandle | undefined;
  /** Set once a write failed: what comes later would leave a gap. */
  failure: NodeJS.ErrnoException | undefined;
}

/**
 * Writes `<directory>/<host>`, line by line, all of it, also beyond what an outcome keeps.
 *
 * Every host that answered gets its files, be they empty. Of a host that did not answer nothing is written, and with `overwrite`
 * nothing of an earlier run is left either. A file that cannot be written ends there; the run goes on, and {@link finish} tells.
 */
export class OutputFiles {
  readonly #directories: Readonly<Record<Stream, string | undefined>>;
  readonly #names: ReadonlyMap<string, string>;
  readonly #mask: (text: string) => string;
  readonly #overwrite: boolean;
  readonly #files = new Map<string, Partial<Record<Stream, HostFile>>>();
  /** Open files, the one written last at the end. */
  readonly #open = new Set<HostFile>();
  readonly #failed: HostFile[] = [];

  private constructor(names: ReadonlyMap<string, string>, options: OutputFilesOptions) {
    this.#directories = { stdout: options.stdout, stderr: options.stderr };
    this.#names = names;
    this.#mask = options.mask;
    this.#overwrite = options.overwrite === true;
  }

  /**
   * Makes the directories.
   *
   * @throws OutputExistsError `OUTPUT_EXISTS` when a file of one of the hosts is there already, unless `overwrite`; or when both
   * directories are the same one.
   * @throws OutputUnwritableError `OUTPUT_UNWRITABLE` when a directory cannot be made.
   */
  static async open(hosts: readonly string[], options: OutputFilesOptions): Promise<OutputFiles> {
    const names = fileNamesOf(hosts);
    const real: string[] = [];
    for (const stream of STREAMS) {
      const directory = options[stream];
      if (directory === undefined) continue;
      real.push(await prepare(directory, [...names.values()], options.overwrite === true));
    }
    if (real[0] !== undefined && real[0] === real[1]) {
      throw new OutputExistsError('stdout and stderr of a host cannot go to the same file', {
        where: real[0],
        fix: 'Give --outdir and --errdir different directories',
      });
    }
    return new OutputFiles(names, options);
  }

  /** Takes an event; the promise holds the run back while the disk is slow. Never rejects for what the disk does. */
  async take(event: FleetEvent): Promise<void> {
    if (event.kind === 'output') {
      const file = this.#fileOf(event.host, event.stream);
      if (file !== undefined) await this.#write(file, file.gatherer.push(event.chunk));
    } else if (event.kind === 'finished') await this.#end(event.outcome);
  }

  /**
   * Closes what is open.
   *
   * @returns What could not be written, one error for each kind of trouble.
   */
  async finish(): Promise<readonly SshoalError[]> {
    for (const file of [...this.#open]) await this.#close(file);
    const byReason = new Fold<HostFile>();
    for (const file of this.#failed) byReason.add(file.failure?.code ?? '', file.host, file);
    return byReason.inOrderOf([...this.#names.keys()]).map(errorOf);
  }

  #fileOf(host: string, stream: Stream): HostFile | undefined {
    const directory = this.#directories[stream];
    const name = this.#names.get(host);
    if (directory === undefined || name === undefined) return undefined;
    const ofHost = this.#files.get(host) ?? {};
    this.#files.set(host, ofHost);
    ofHost[stream] ??= {
      host,
      file: path.join(directory, name),
      gatherer: new LineGatherer(),
      created: false,
      handle: undefined,
      failure: undefined,
    };
    return ofHost[stream];
  }

  async #end({ host, status }: Outcome): Promise<void> {
    for (const stream of STREAMS) {
      const file = this.#fileOf(host, stream);
      if (file === undefined) continue;
      await this.#write(file, file.gatherer.flush());
      if (status === 'ok' || status === 'failed' || status === 'timed-out')
        await this.#attempt(file, async () => await this.#handleOf(file));
      else if (!file.created && this.#overwrite) await this.#attempt(file, async () => await rm(file.file, { force: true }));
      await this.#close(file);
    }
    this.#files.delete(host);
  }

  async #write(file: HostFile, lines: Uint8Array): Promise<void> {
    if (lines.byteLength === 0) return;
    await this.#attempt(file, async () => {
      const bytes = maskBytes(lines, this.#mask);
      const handle = await this.#handleOf(file);
      for (let at = 0; at < bytes.byteLength; ) at += (await handle.write(bytes, at)).bytesWritten;
    });
  }

  async #handleOf(file: HostFile): Promise<FileHandle> {
    this.#open.delete(file);
    const [eldest] = this.#open;
    if (this.#open.size >= MOST_OPEN_FILES && eldest !== undefined) await this.#close(eldest);
    if (file.handle === undefined) {
      // What is there is removed, not written into: it may be a link to somewhere else.
      if (!file.created && this.#overwrite) await rm(file.file, { force: true });
      file.handle = await open(file.file, file.created ? APPEND : CREATE, 0o666);
      file.created = true;
    }
    this.#open.add(file);
    return file.handle;
  }

  async #close(file: HostFile): Promise<void> {
    const { handle } = file;
    file.handle = undefined;
    this.#open.delete(file);
    if (handle !== undefined) await this.#watch(file, async () => await handle.close());
  }

  /** Does something to a file, unless it has failed already. */
  async #attempt(file: HostFile, action: () => Promise<unknown>): Promise<void> {
    if (file.failure === undefined) await this.#watch(file, action);
  }

  /** Remembers the first thing the disk refuses to a file. */
  async #watch(file: HostFile, action: () => Promise<unknown>): Promise<void> {
    try {
      await action();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
      if (file.failure === undefined) this.#failed.push(file);
      file.failure ??= error as NodeJS.ErrnoException;
    }
  }
}

/**
 * Makes a directory and those above it. Not by `recursive`: where a parent is there but takes no directories (`/proc/x`), node 20 asks
 * again and again for ever.
 */
async function makeDirectory(directory: string, isLastTry = false): Promise<void> {
  try {
    await mkdir(directory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Whether it is a directory, reading it will tell.
    if (code === 'EEXIST') return;
    const parent = path.dirname(directory);
    if (code !== 'ENOENT' || isLastTry || parent === directory) throw error;
    await makeDirectory(parent);
    await makeDirectory(directory, true);
  }
}

/** @returns The real path of the directory. */
async function prepare(directory: string, names: readonly string[], overwrite: boolean): Promise<string> {
  let there: readonly string[];
  let real: string;
  try {
    await makeDirectory(directory);
    [there, real] = await Promise.all([readdir(directory), realpath(directory)]);
  } catch (cause) {
    const { reason, fix } = troubleOf(cause as NodeJS.ErrnoException);
    throw new OutputUnwritableError(`The directory for output cannot be used: ${reason}`, { where: directory, fix, cause });
  }
  const existing = new Set(there);
  const inTheWay = names.filter((name) => existing.has(name));
  if (overwrite || inTheWay.length === 0) return real;
  const count = inTheWay.length === 1 ? 'a file' : `${inTheWay.length} files`;
  throw new OutputExistsError(`An earlier run left ${count}: ${foldNames(inTheWay)}`, {
    where: directory,
    fix: 'Give another directory, or --overwrite',
  });
}

function errorOf({ hosts, sample }: Group<HostFile>): OutputUnwritableError {
  const { reason, fix } = troubleOf(sample.failure ?? new Error('unknown'));
  return new OutputUnwritableError(`The output of ${foldNames(hosts)} is not complete in its file: ${reason}`, {
    where: sample.file,
    fix,
    cause: sample.failure,
  });
}
