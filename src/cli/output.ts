// Where the events of one run go: the report on stdout, a JUnit file beside it, a file for each host. It does not know what is run.
import { access, constants, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { FaultsError, type SshoalError } from '../base/errors.ts';
import type { FleetEvent } from '../fleet/events.ts';
import type { PlayEvent } from '../playbook/events.ts';
import { OutputUnwritableError, troubleOf } from '../report/errors.ts';
import { OutputFiles } from '../report/output-files.ts';
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
  readonly #verb: RunHeader['verb'];
  readonly #hosts: readonly string[];
  readonly #context: Context;
  readonly #reporter: Reporter;
  readonly #junit: JunitFile | undefined;
  readonly #files: OutputFiles | undefined;
  readonly #showsChunks: boolean;

  private constructor(
    verb: RunHeader['verb'],
    hosts: readonly string[],
    flags: Flags,
    context: Context,
    { junit, files }: { readonly junit: JunitFile | undefined; readonly files: OutputFiles | undefined },
  ) {
    this.#verb = verb;
    this.#hosts = hosts;
    this.#context = context;
    this.#reporter = reporterOf(flags, context, junit);
    this.#junit = junit;
    this.#files = files;
    this.#showsChunks = hosts.length === 1 || flags.verbose > 0 || flags.live;
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
        : await OutputFiles.open(hosts, { stdout, stderr, overwrite: flags.overwrite, mask });
    const junit = junitFile === undefined ? undefined : { file: junitFile, parts: [] };
    return new Output(verb, hosts, flags, context, { junit, files });
  }

  /** Whether output is wanted while it is written. */
  get wantsChunks(): boolean {
    return this.#showsChunks || this.#files !== undefined;
  }

  start(subject: string): void {
    this.#reporter.start({ verb: this.#verb, subject, hosts: this.#hosts });
  }

  /** The promise holds the run back while the disk is slow. */
  async fleetEvent(event: FleetEvent): Promise<void> {
    if (event.kind !== 'output' || this.#showsChunks) this.#reporter.fleetEvent(event);
    await this.#files?.take(event);
  }

  playEvent(event: PlayEvent): void {
    this.#reporter.playEvent(event);
  }

  /**
   * Ends the reports, and prints on stderr what could not be written to files.
   *
   * @returns Whether all of them are complete.
   */
  async finish(): Promise<boolean> {
    this.#reporter.finish();
    const faults = [...((await this.#files?.finish()) ?? []), ...(await this.#writeJunit())];
    if (faults.length > 0) printError(new FaultsError(faults), this.#context);
    return faults.length === 0;
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

function reporterOf(flags: Flags, { stdout, secrets, now }: Context, junit: JunitFile | undefined): Reporter {
  const options: ReporterOptions = { verbosity: flags.verbose, mask: (text) => secrets.mask(text), now, layout: layoutOf(flags) };
  const shown = reporters[flags.output].create(stdout, options);
  if (junit === undefined) return shown;
  const sink = { write: (text: string) => void junit.parts.push(text), isTerminal: false, columns: () => 80, colour: false };
  return several([shown, reporters.junit.create(sink, options)]);
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
