// Where the events of one run go: the report on stdout, a JUnit file beside it, a file for each host. It does not know what is run.
import { access, constants, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { troubleOf } from '../base/disk-trouble.ts';
import { FaultsError, type SshoalError } from '../base/errors.ts';
import type { FleetEvent } from '../fleet/events.ts';
import type { PlayEvent } from '../playbook/events.ts';
import { OutputUnwritableError } from '../report/errors.ts';
import type { OutputFiles } from '../report/output/output-files.ts';
import { reporters } from '../report/registry.ts';
import type { Reporter, ReporterOptions, RunHeader } from '../report/seam.ts';
import { several } from '../report/several.ts';
import type { Context } from './context.ts';
import { UsageError } from './errors.ts';
import type { Flags } from './flags.ts';
import { checkOutputFlags, layoutOf } from './output-flags.ts';
import { printError } from './print-error.ts';

/** A report to a file, kept until it is complete. */
interface JunitFile {
  readonly file: string;
  readonly parts: string[];
}

export class Output {
  readonly #context: Context;
  readonly #reporter: Reporter;
  readonly #junit: JunitFile | undefined;
  readonly #files: OutputFiles | undefined;
  readonly #showsChunks: boolean;
  #isComplete = true;

  private constructor(
    {
      reporter,
      junit,
      files,
    }: { readonly reporter: Reporter; readonly junit: JunitFile | undefined; readonly files: OutputFiles | undefined },
    showsChunks: boolean,
    context: Context,
  ) {
    this.#context = context;
    this.#reporter = reporter;
    this.#junit = junit;
    this.#files = files;
    this.#showsChunks = showsChunks;
  }

  /**
   * Makes everything ready, so that nothing is run whose output has no place.
   *
   * @throws UsageError `BAD_FLAG` on flags that mean nothing together.
   * @throws OutputExistsError `OUTPUT_EXISTS`, OutputUnwritableError `OUTPUT_UNWRITABLE` about directories and files.
   */
  static async open(verb: RunHeader['verb'], hosts: readonly string[], flags: Flags, context: Context): Promise<Output> {
    checkOutputFlags(verb, hosts, flags);
    const absolute = (file: string | undefined): string | undefined => (file === undefined ? undefined : path.resolve(context.cwd, file));
    const junitFile = absolute(flags.junit);
    if (junitFile !== undefined) await checkWritable(junitFile);
    const [stdout, stderr] = [absolute(flags.outdir), absolute(flags.errdir)];
    const mask = (text: string): string => context.secrets.mask(text);
    const files =
      stdout === undefined && stderr === undefined
        ? undefined
        : await (await import('../report/output/output-files.ts')).OutputFiles.open(hosts, {
            stdout,
            stderr,
            overwrite: flags.overwrite,
            mask,
          });
    const junit = junitFile === undefined ? undefined : { file: junitFile, parts: [] };
    const shown = await reporterOf(flags, context);
    const reporter = junit === undefined ? shown : several([shown, await junitReporter(junit, flags, context)]);
    return new Output({ reporter, junit, files }, hosts.length === 1 || flags.verbose > 0 || flags.live, context);
  }

  /** Whether output is wanted while it is written. */
  get wantsChunks(): boolean {
    return this.#showsChunks || this.#files !== undefined;
  }

  /** Whether every file has all that belongs into it; known when the run is finished. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  start(header: RunHeader): void {
    this.#reporter.start(header);
  }

  /** The promise holds the run back while the disk is slow. */
  async fleetEvent(event: FleetEvent): Promise<void> {
    if (event.kind !== 'output' || this.#showsChunks) this.#reporter.fleetEvent(event);
    await this.#files?.take(event);
  }

  playEvent(event: PlayEvent): void {
    this.#reporter.playEvent(event);
  }

  /** Ends the reports, and prints on stderr what could not be written to files. */
  async finish(): Promise<void> {
    this.#reporter.finish();
    const faults = [...((await this.#files?.finish()) ?? []), ...(await this.#writeJunit())];
    if (faults.length === 0) return;
    this.#isComplete = false;
    printError(new FaultsError(faults), this.#context);
  }

  async #writeJunit(): Promise<SshoalError[]> {
    if (this.#junit === undefined) return [];
    const { file, parts } = this.#junit;
    try {
      await writeFile(file, parts);
      return [];
    } catch (cause) {
      const { reason, fix } = troubleOf(cause as NodeJS.ErrnoException);
      return [new OutputUnwritableError(`The JUnit report is not complete: ${reason}`, { where: file, fix, cause })];
    }
  }
}

/** The reporter that the flags ask for, on stdout. */
export async function reporterOf(flags: Flags, context: Context): Promise<Reporter> {
  return (await reporters[flags.output]()).create(context.stdout, optionsOf(flags, context));
}

async function junitReporter({ parts }: JunitFile, flags: Flags, context: Context): Promise<Reporter> {
  const write = (text: string): void => {
    parts.push(text);
  };
  return (await reporters.junit()).create({ write, isTerminal: false, columns: () => 80, colour: false }, optionsOf(flags, context));
}

function optionsOf(flags: Flags, { secrets, now }: Context): ReporterOptions {
  return { verbosity: flags.verbose, mask: (text) => secrets.mask(text), now, layout: layoutOf(flags) };
}

async function checkWritable(file: string): Promise<void> {
  try {
    const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (found?.isDirectory() === true)
      throw new UsageError('BAD_FLAG', `${file} is a directory`, { where: '--junit', fix: 'Name a file in it' });
    await access(found === undefined ? path.dirname(file) : file, constants.W_OK);
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    const { reason, fix } = troubleOf(cause as NodeJS.ErrnoException);
    throw new OutputUnwritableError(`The JUnit report cannot be written: ${reason}`, { where: file, fix, cause });
  }
}
