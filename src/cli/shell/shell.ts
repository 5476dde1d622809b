// The shell: one prompt, many hosts. It reads lines and runs them until somebody leaves; what a command of its own means, it does not know.
import { SshoalError } from '../../base/errors.ts';
import { foldNames } from '../../base/node-set/fold-names.ts';
import { neutralise } from '../../base/terminal.ts';
import type { Instruction, Outcome } from '../../fleet/events.ts';
import type { RunHeader } from '../../report/seam.ts';
import { performReported } from '../ad-hoc.ts';
import type { Context } from '../context.ts';
import { InterruptedError } from '../errors.ts';
import { EXIT, type ExitCode, Verdict } from '../exit-code.ts';
import type { Flags } from '../flags.ts';
import { scriptOf } from '../host-script.ts';
import { reporterOf } from '../output.ts';
import { printError } from '../print-error.ts';
import { Recording } from '../recording.ts';
import { commandOf, type Done } from './commands.ts';
import type { Crew } from './crew.ts';
import type { History } from './history.ts';
import { type Lines, nextWhole } from './lines.ts';
import type { Setting } from './setting.ts';

/** Longer names of hosts would leave no room for what is typed. */
const LONGEST_NAME = 40;
/** Typed out of habit; in a shell that lasts one line they would do nothing. */
const FAREWELLS: ReadonlySet<string> = new Set(['exit', 'quit', 'logout']);

export interface ShellParts {
  readonly crew: Crew;
  readonly lines: Lines;
  readonly history: History;
  readonly flags: Flags;
  readonly context: Context;
}

/** What shall be done on the chosen hosts. */
export interface Job {
  readonly verb: RunHeader['verb'];
  readonly subject: string;
  readonly instructionOf: (host: string) => Instruction;
}

export class Shell {
  readonly crew: Crew;
  readonly flags: Flags;
  readonly context: Context;
  readonly #lines: Lines;
  readonly #history: History;
  readonly #verdict = new Verdict();
  #isJournalTroubled = false;
  setting: Setting;

  constructor({ crew, lines, history, flags, context }: ShellParts) {
    this.crew = crew;
    this.flags = flags;
    this.context = context;
    this.#lines = lines;
    this.#history = history;
    this.setting = {
      directory: undefined,
      variables: new Map(),
      as: flags.become ? { kind: 'user', name: flags.becomeUser } : { kind: 'given' },
      timeoutMs: flags.timeout,
      mode: flags.verbose > 0 ? 'live' : 'gather',
    };
  }

  /**
   * Reads and runs until the end.
   *
   * @returns For a person 0, who has seen what went wrong; for a pipe what went wrong in it, at whose first failure it ends unless
   * --keep-going.
   */
  async run(): Promise<ExitCode> {
    if (this.#lines.isPerson) await this.#meet();
    const code = await this.#readAll();
    if (this.context.signal.aborted) return EXIT.interrupted;
    return this.#lines.isPerson ? EXIT.ok : code;
  }

  /** Does a job on the chosen hosts, and reports it; Ctrl-C ends it and leads back to the prompt. */
  async perform({ verb, subject, instructionOf }: Job): Promise<readonly Outcome[]> {
    const hosts = this.crew.chosen;
    const reporter = await reporterOf({ ...this.flags, diff: this.setting.mode === 'diff' && verb === 'run' }, this.context);
    return await this.#lines.during(async (signal) => {
      const outcomes: Outcome[] = [];
      this.crew.begin(hosts);
      const header = { verb, subject, hosts };
      await using recording = await this.#record(header);
      const listener = recording.before(reporter);
      for await (const outcome of performReported(this.crew.fleet, header, instructionOf, listener, { signal })) {
        this.crew.ended(outcome);
        outcomes.push(outcome);
      }
      await recording.end(codeOf(outcomes, signal));
      return outcomes;
    });
  }

  /** Runs a line of sh on the chosen hosts. */
  async runLine(line: string, setting: Setting = this.setting): Promise<readonly Outcome[]> {
    const { as, timeoutMs, mode } = setting;
    const live = mode === 'live' || this.crew.chosen.length === 1;
    const script = scriptOf(line, setting);
    const instructionOf = (host: string) => ({ kind: 'script', script, become: this.crew.becomeOf(host, as), timeoutMs, live }) as const;
    return await this.perform({ verb: 'run', subject: line, instructionOf });
  }

  /** Asks for a password where somebody is there to be asked; undefined elsewhere. */
  async password(message: string): Promise<string | undefined> {
    if (!this.#lines.isPerson) return undefined;
    const answer = await this.context.prompts.password({ message, otherwise: 'Set SSHOAL_BECOME_PASSWORD' });
    this.context.secrets.add(answer);
    return answer;
  }

  /** Says something about the shell itself, beside the answers of hosts. */
  note(text: string): void {
    this.context.stderr.write(`${neutralise(text)}\n`);
  }

  /** A line that starts with a space leaves no trace, here as in the history; meeting the hosts is no deed yet. */
  async #record(header: RunHeader): Promise<Recording> {
    const isWanted = this.flags.journal && !this.#isJournalTroubled && header.verb !== 'ping' && !header.subject.startsWith(' ');
    const recording = await Recording.begin(header, { ...this.flags, journal: isWanted }, this.context);
    // Said once is enough.
    this.#isJournalTroubled ||= isWanted && !recording.isKept;
    return recording;
  }

  async #meet(): Promise<void> {
    await this.perform({ verb: 'ping', subject: 'shell', instructionOf: () => ({ kind: 'ping' }) });
    this.note('Each line runs on all of them; :help says what else there is, Ctrl-D leaves');
  }

  async #readAll(): Promise<ExitCode> {
    const { signal } = this.context;
    let wantsToLeave = false;
    let faults = 0;
    for (;;) {
      const entry = await nextWhole(this.#lines, this.#prompt());
      if (entry.kind === 'end') break;
      if (entry.kind === 'interrupted') {
        if (wantsToLeave && entry.text === '') break;
        wantsToLeave = entry.text === '';
        if (wantsToLeave) this.note('Ctrl-C again, or Ctrl-D, leaves');
        continue;
      }
      wantsToLeave = false;
      const done = await this.#attempt(entry.text);
      if (done === 'leave' || signal.aborted) break;
      if (done === 'faulty') faults++;
      if (done !== 'well' && !this.#lines.isPerson && !this.flags.keepGoing) break;
    }
    const code = this.#verdict.exitCode(signal);
    return code === EXIT.ok && faults > 0 ? EXIT.usage : code;
  }

  /** Does one line, whatever comes of it. */
  async #attempt(line: string): Promise<Done | 'faulty'> {
    try {
      const word = line.trim();
      if (word === '' || word.startsWith('#')) return 'well';
      await this.#remember(line);
      if (FAREWELLS.has(word)) return 'leave';
      return line.startsWith(':') ? await commandOf(line).run(this) : this.judge(await this.#runTyped(line));
    } catch (error) {
      if (!(error instanceof SshoalError)) throw error;
      // Ctrl-C at a question: back to the prompt.
      if (!(error instanceof InterruptedError)) printError(error, this.context);
      return 'faulty';
    }
  }

  /** How a job went, counted for the exit code. */
  judge(outcomes: readonly Outcome[]): Done {
    for (const { status } of outcomes) this.#verdict.add(status);
    return outcomes.every(({ status }) => status === 'ok') ? 'well' : 'badly';
  }

  async #runTyped(line: string): Promise<readonly Outcome[]> {
    const outcomes = await this.runLine(line);
    if (/^\s*cd(?:\s+[^\s;&|]+)?\s*$/.test(line)) this.note('Every line runs in a new shell: to stay in a directory write :cd');
    return outcomes;
  }

  async #remember(line: string): Promise<void> {
    // A line with a password in it stays where it was typed.
    if (!this.#lines.isPerson || this.context.secrets.mask(line) !== line) return;
    try {
      await this.#history.add(line);
    } catch (error) {
      printError(error, this.context);
    }
  }

  /** `sshoal web[01-40] 40 /srv> `, with # where lines run as another user. */
  #prompt(): string {
    const { chosen } = this.crew;
    const folded = foldNames(chosen);
    const name = folded.length > LONGEST_NAME ? `${folded.slice(0, LONGEST_NAME - 1)}…` : folded;
    const { directory, as } = this.setting;
    const place = directory === undefined ? '' : ` ${directory}`;
    return neutralise(`sshoal ${name} ${chosen.length}${place}${as.kind === 'user' ? '#' : '>'} `);
  }
}

function codeOf(outcomes: readonly Outcome[], signal: AbortSignal): ExitCode {
  const verdict = new Verdict();
  for (const { status } of outcomes) verdict.add(status);
  return verdict.exitCode(signal);
}
