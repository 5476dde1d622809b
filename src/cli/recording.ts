// The journal of a run, as the verbs keep it: begun before the first host, told before anybody else, ended with the exit code.
import { SshoalError } from '../base/errors.ts';
import type { FleetEvent } from '../fleet/events.ts';
import type { RunDescription } from '../journal/entry.ts';
import { JournalWriter } from '../journal/journal-writer.ts';
import { newRunId } from '../journal/run-id.ts';
import type { PlayEvent } from '../playbook/events.ts';
import type { RunHeader } from '../report/seam.ts';
import type { Listener } from './ad-hoc.ts';
import type { Context } from './context.ts';
import type { ExitCode } from './exit-code.ts';
import type { Flags } from './flags.ts';
import { inventorySourcesIfAny } from './inventory-sources.ts';
import { printError } from './print-error.ts';
import { version } from './program.ts';
import { runsDirectory } from './state-directory.ts';

/** What a journal begins with: of a play what is planned, and the run that it goes on with. */
type Recorded = RunHeader & Pick<RunDescription, 'plan' | 'resumes'>;

export class Recording implements AsyncDisposable {
  readonly #context: Context;
  readonly #flags: Flags;
  readonly #id: string;
  #writer: JournalWriter | undefined;

  private constructor(writer: JournalWriter | undefined, flags: Flags, context: Context) {
    this.#writer = writer;
    this.#flags = flags;
    this.#context = context;
    this.#id = writer?.id ?? newRunId(context.now());
  }

  /** Begins a journal, unless --no-journal or there is no place for it. What is wrong with the disk is printed, and stops no run. */
  static async begin(recorded: Recorded, flags: Flags, context: Context): Promise<Recording> {
    return await Recording.of(describeRun(recorded, flags, context), flags, context);
  }

  /** The same for a run that somebody else has begun. */
  static async of(run: RunDescription, flags: Flags, context: Context): Promise<Recording> {
    const directory = flags.journal ? runsDirectory(context.env) : undefined;
    if (directory === undefined) return new Recording(undefined, flags, context);
    const { now, secrets } = context;
    try {
      return new Recording(await JournalWriter.create({ directory, run, mask: (text) => secrets.mask(text), now }), flags, context);
    } catch (error) {
      if (!(error instanceof SshoalError)) throw error;
      printError(error, context);
      return new Recording(undefined, flags, context);
    }
  }

  /** The name of the run; where none is written down it has one all the same. */
  get id(): string {
    return this.#id;
  }

  /** Whether anything is written down. */
  get isKept(): boolean {
    return this.#writer !== undefined;
  }

  async playEvents(events: readonly PlayEvent[]): Promise<void> {
    await this.#writer?.playEvents(events);
  }

  /** The same listener, told of nothing that is not written down. */
  before(listener: Listener): Listener {
    return {
      start: (header) => listener.start(header),
      fleetEvent: async (event: FleetEvent) => {
        await this.#writer?.fleetEvent(event);
        await listener.fleetEvent(event);
      },
      finish: async () => await listener.finish(),
    };
  }

  /** Ends the journal; once a day, old ones are removed. */
  async end(code: ExitCode): Promise<void> {
    const writer = this.#writer;
    this.#writer = undefined;
    if (writer === undefined) return;
    const lacking = await writer.finish(code);
    if (lacking === undefined) await this.#tidyUp();
    else printError(lacking, this.#context);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer?.abandon();
  }

  async #tidyUp(): Promise<void> {
    const directory = runsDirectory(this.#context.env);
    if (directory === undefined) return;
    const [{ pruneIfDue }, { retentionOf }, { RunDirectory }] = await Promise.all([
      import('../journal/retention.ts'),
      import('./retention.ts'),
      import('../journal/run-directory.ts'),
    ]);
    try {
      await pruneIfDue(new RunDirectory(directory), retentionOf(this.#flags), this.#context.now());
    } catch (error) {
      // The run is over and well recorded: that others could not be removed is no failure of it.
      this.#context.stderr.write(`note: old journals are not removed: ${(error as Error).message}\n`);
    }
  }
}

/** What is known of a run before it begins. */
export function describeRun({ verb, subject, hosts, plan, resumes }: Recorded, flags: Flags, context: Context): RunDescription {
  const { cwd, argv = [] } = context;
  const inventory = inventorySourcesIfAny(flags.inventory, context);
  return { verb, subject, hosts, argv: withoutValues(argv), cwd, inventory, version: version(), plan, resumes };
}

/** The words of a call without the values of --extra-vars, --env and --webhook: any of them may be a secret that nobody has named as one. */
export function withoutValues(argv: readonly string[]): string[] {
  const end = argv.indexOf('--');
  return argv.map((word, index) => {
    if (end !== -1 && index > end) return word;
    if (/^(?:--extra-vars|--env|--webhook|-\w*e)$/.test(argv[index - 1] ?? '')) return hidden(word);
    const [, flag, value] = /^(--extra-vars=|--env=|--webhook=|-e(?=.))(.*)$/s.exec(word) ?? [];
    return flag === undefined || value === undefined ? word : flag + hidden(value);
  });
}

/** The names of files stay. */
function hidden(vars: string): string {
  return vars.startsWith('@') ? vars : '********';
}
