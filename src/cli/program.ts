// From the words of a command line to a verb, and from what it throws to an exit code. It does not know what any verb does.
import { readFileSync } from 'node:fs';
import { Command, type CommanderError, type Help, type Option } from 'commander';
import { SshoalError } from '../base/errors.ts';
import type { Context } from './context.ts';
import { InterruptedError } from './errors.ts';
import { EXIT, EXIT_MEANINGS, type ExitCode } from './exit-code.ts';
import { completeFlags, optionOf } from './flags.ts';
import { printError } from './print-error.ts';
import { usageErrorOf } from './usage.ts';
import type { Call, Verb } from './verb.ts';
import { verbs } from './verbs.ts';

const NOTE_COLUMNS = 80;
const DESCRIPTION = 'Runs commands, moves files and plays Ansible YAML on many hosts at once; hosts need only sshd and sh.';

/**
 * Runs the program once.
 *
 * @param argv - The words after the program's name.
 * @returns What the process shall exit with; errors have been printed by then.
 */
export async function runProgram(argv: readonly string[], context: Context): Promise<ExitCode> {
  try {
    const words = argv.length === 0 && isWatched(context) ? await asked(context) : argv;
    if (words === undefined) return EXIT.ok;
    const chosen = parse(words, context);
    return typeof chosen === 'number' ? chosen : await chosen.verb.run(chosen.call, context);
  } catch (error) {
    const interrupted = context.signal.aborted || error instanceof InterruptedError;
    if (!(interrupted && isFarewell(error))) printError(error, context);
    return interrupted ? EXIT.interrupted : EXIT.usage;
  }
}

async function asked(context: Context): Promise<readonly string[] | undefined> {
  const { askForCall } = await import('./start.ts');
  return await askForCall(context);
}

/** Whether a person is there, and sees what is written. */
function isWatched({ stdout, prompts }: Context): boolean {
  return stdout.isTerminal && prompts.isAnybodyThere;
}

/** The verb and its flags, or the exit code of a call that has been answered by help or the version. */
function parse(argv: readonly string[], context: Context): { verb: Verb; call: Call } | ExitCode {
  let chosen: { verb: Verb; call: Call } | undefined;
  const program = programOf((verb, command) => {
    const separated = argv.includes('--');
    chosen = { verb, call: { words: command.args, flags: completeFlags(command.opts()), separated } };
  });
  for (const command of [program, ...program.commands]) {
    command.configureOutput({
      writeOut: context.stdout.write,
      writeErr: () => {},
      getOutHelpWidth: () => Math.min(context.stdout.columns(), 120),
    });
    command.exitOverride((error) => {
      throw isAnswered(error) ? error : usageErrorOf(error, command);
    });
  }
  if (argv.length === 0) {
    program.outputHelp();
    return EXIT.usage;
  }
  try {
    program.parse([...argv], { from: 'user' });
  } catch (error) {
    if (isAnswered(error)) return EXIT.ok;
    throw error;
  }
  return chosen ?? EXIT.usage;
}

function programOf(choose: (verb: Verb, command: Command) => void): Command {
  const program = new Command('sshoal')
    .description(DESCRIPTION)
    .usage('<verb> [flags]')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .showSuggestionAfterError(false)
    .commandsGroup('Verbs:')
    .optionsGroup('Flags:')
    .helpCommand(false)
    .configureHelp({ optionDescription: optionMeaning, subcommandTerm: (command) => command.name() })
    .addHelpText(
      'after',
      () =>
        `\n${section(
          'Exit codes',
          EXIT_MEANINGS.map(([code, meaning]) => `${String(code).padEnd(5)}${meaning}`),
        )}`,
    );
  for (const verb of verbs) {
    const command = program
      .command(verb.name)
      .summary(verb.summary)
      .description(sentence(verb.summary))
      .usage(verb.usage)
      .optionsGroup('Flags:');
    for (const { form, meaning } of verb.words) command.argument(form, meaning);
    for (const name of verb.flags) command.addOption(optionOf(name));
    command.addHelpText('after', () => afterHelp(verb, command.createHelp()));
    command.action(() => choose(verb, command));
  }
  return program;
}

/** What a flag means, with its default where it has one worth naming. */
export function optionMeaning(option: Option): string {
  const value: unknown = option.defaultValue;
  const worthNaming = (typeof value === 'string' || typeof value === 'number') && option.defaultValueDescription === undefined;
  return worthNaming ? `${option.description} (default: ${value})` : option.description;
}

function afterHelp(verb: Verb, help: Help): string {
  const notes = verb.notes.map((note) => `\n${help.boxWrap(note, NOTE_COLUMNS)}\n`).join('');
  const examples = verb.examples.flatMap(({ line, meaning }) => [`# ${meaning}`, line]);
  return `${notes}\n${section('Examples', examples)}`;
}

/** `run a command` -> `Run a command.` */
export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function section(title: string, lines: readonly string[]): string {
  return `${title}:\n${lines.map((line) => `  ${line}`).join('\n')}\n`;
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** Whether the parser ended because it has said what was asked for. */
function isAnswered(error: unknown): boolean {
  const code = (error as Partial<CommanderError>).code ?? '';
  return ['commander.help', 'commander.helpDisplayed', 'commander.version'].includes(code);
}

/** Errors that say no more than that somebody interrupted. */
function isFarewell(error: unknown): boolean {
  return error instanceof SshoalError && ['INTERRUPTED', 'CANCELLED'].includes(error.code);
}
