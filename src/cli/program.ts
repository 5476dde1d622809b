// From the words of a command line to a verb, and from what it throws to an exit code. It does not know what any verb does.
import { readFileSync } from 'node:fs';
import { Argument, Command, type CommanderError, type Help } from 'commander';
import { SshoalError } from '../base/errors.ts';
import { didYouMean } from '../base/suggest.ts';
import { type Context, withColour } from './context.ts';
import { InterruptedError, UsageError } from './errors.ts';
import { EXIT, EXIT_MEANINGS, type ExitCode } from './exit-code.ts';
import { completeFlags, optionMeaning, optionOf } from './flag-options.ts';
import type { Flags } from './flags.ts';
import { printError } from './print-error.ts';
import { RUN_NAME } from './run-name.ts';
import { usageErrorOf } from './usage.ts';
import type { Call, Verb } from './verb.ts';
import { allVerbs, verbNamed } from './verb-table.ts';

const NOTE_COLUMNS = 80;
export const DESCRIPTION = 'Runs commands, moves files and plays Ansible YAML on many hosts at once; hosts need only sshd and sh.';

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
    const chosen = parse(words, await verbsFor(words), context);
    return typeof chosen === 'number' ? chosen : await perform(chosen, words, context);
  } catch (error) {
    const interrupted = context.signal.aborted || error instanceof InterruptedError;
    if (!(interrupted && isFarewell(error))) printError(error, context);
    return interrupted ? EXIT.interrupted : EXIT.usage;
  }
}

/** A verb as it was asked for; its flags are those that were given, and no default. */
interface Chosen {
  readonly verb: Verb;
  readonly words: readonly string[];
  readonly given: Partial<Flags>;
  readonly separated: boolean;
}

async function perform({ verb, words, given, separated }: Chosen, argv: readonly string[], context: Context): Promise<ExitCode> {
  checkChoices(verb, words);
  const flags = completeFlags(verb.unconfigured === true ? given : await configured(verb, given, context));
  const call: Call = { words, flags, separated };
  return await verb.run(call, withColour({ ...context, argv }, flags.color));
}

async function configured(verb: Verb, given: Partial<Flags>, context: Context): Promise<Partial<Flags>> {
  const { configuredFlags } = await import('./config/configuration.ts');
  const { flags, passedOver } = await configuredFlags(verb, given, context);
  for (const { file } of passedOver)
    context.stderr.write(`note: ${file} is not read: everybody may write into its directory; --config ${file} reads it\n`);
  return flags;
}

/** @throws UsageError BAD_ARGUMENT where a word is none of those it can be. */
function checkChoices(verb: Verb, words: readonly string[]): void {
  for (const [index, { form, choices }] of verb.words.entries()) {
    const word = words[index];
    if (choices === undefined || word === undefined || choices.includes(word)) continue;
    throw new UsageError('BAD_ARGUMENT', `\`${form}\` cannot be \`${word}\``, {
      where: `sshoal ${verb.name}`,
      fix: didYouMean(word, choices),
    });
  }
}

/** The one verb that is called, or all of them where the program itself is asked. */
async function verbsFor([first = '']: readonly string[]): Promise<readonly Verb[]> {
  const verb = await verbNamed(first);
  return verb === undefined ? await allVerbs() : [verb];
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
function parse(argv: readonly string[], verbs: readonly Verb[], context: Context): Chosen | ExitCode {
  let chosen: Chosen | undefined;
  const program = programOf(verbs, (verb, command) => {
    const separated = argv.includes('--');
    const given = Object.entries(command.opts<Flags>()).filter(([name]) => command.getOptionValueSource(name) === 'cli');
    // Verbs find their words where they always are.
    const words = hasPattern(verb, command, argv) ? command.args : ['', ...command.args];
    chosen = { verb, words, given: Object.fromEntries(given), separated };
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
    program.parse(withRunApart(argv), { from: 'user' });
  } catch (error) {
    if (isAnswered(error)) return EXIT.ok;
    throw error;
  }
  return chosen ?? EXIT.usage;
}

function programOf(verbs: readonly Verb[], choose: (verb: Verb, command: Command) => void): Command {
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
      .command(verb.name, { hidden: verb.hidden === true })
      .summary(verb.summary)
      .description(sentence(verb.summary))
      .usage(verb.usage)
      .optionsGroup('Flags:');
    for (const { form, meaning } of verb.words) command.argument(form, meaning);
    for (const name of verb.flags) command.addOption(optionOf(name));
    command.addHelpText('after', () => afterHelp(verb, command.createHelp()));
    if (verb.flags.includes('nodes')) command.on('option:nodes', () => movePattern(command, 'away'));
    if (verb.flags.includes('retryFailed')) command.on('option:retry-failed', () => movePattern(command, 'end'));
    command.action(() => choose(verb, command));
  }
  return program;
}

/**
 * The pattern is the first word, unless a flag says who. The parser counts words when it has read the flags, and has no other way to
 * forget one; at the end stands a word that may be missing.
 */
function movePattern(command: Command, to: 'away' | 'end'): void {
  const words = command.registeredArguments as Argument[];
  const at = words.findIndex((word) => word.name() === 'pattern');
  if (at === -1) return;
  words.splice(at, 1);
  if (to === 'end' && words.at(-1)?.variadic !== true) words.push(new Argument('[pattern]'));
}

/** Whether the first word is one, in a call that may be without. */
function hasPattern(verb: Verb, command: Command, argv: readonly string[]): boolean {
  const isGiven = (name: keyof Flags): boolean => command.getOptionValueSource(name) === 'cli';
  const { args, registeredArguments } = command;
  if (isGiven('nodes')) return false;
  if (!isGiven('retryFailed') || verb.words[0]?.form !== '<pattern>') return true;
  const behind = registeredArguments.at(-1)?.variadic === true && argv.includes('--') ? argv.length - argv.indexOf('--') - 1 : undefined;
  // A command is left out for a script alone, whose arguments stand behind --.
  const isNeeded = ({ required, variadic }: Argument): boolean => required || (variadic && !isGiven('script'));
  return args.length > (behind ?? registeredArguments.filter(isNeeded).length);
}

/** A word behind --retry-failed, or behind --resume of play, that names no run belongs to the verb: `play --retry-failed site.yml`. */
function withRunApart(argv: readonly string[]): string[] {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  return argv.map((word, index) =>
    (word === '--retry-failed' || (word === '--resume' && argv[0] === 'play')) && index < end && !RUN_NAME.test(argv[index + 1] ?? '')
      ? `${word}=last`
      : word,
  );
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

export function version(): string {
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
