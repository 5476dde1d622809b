// The parser's complaints as errors people can act on, with the nearest known word. It does not print them.
import type { Command, CommanderError } from 'commander';
import { didYouMean } from '../base/suggest.ts';
import { UsageError } from './errors.ts';

/**
 * Translates a complaint of the parser.
 *
 * @param command - The verb it arose in, or the program itself.
 */
export function usageErrorOf(error: CommanderError, command: Command): UsageError {
  const message = error.message.replace(/^error: /, '');
  const word = /'([^']*)'/.exec(message)?.[1] ?? '';
  const help = `See ${commandPath(command)} --help`;
  switch (error.code) {
    case 'commander.unknownOption':
      return new UsageError('UNKNOWN_FLAG', `There is no flag \`${word}\``, {
        where: commandPath(command),
        fix: didYouMean(word, flagsOf(command), help),
      });
    case 'commander.unknownCommand':
      return new UsageError('UNKNOWN_VERB', `There is no verb \`${word}\``, {
        where: commandPath(command),
        fix: didYouMean(word, verbsOf(command)),
      });
    case 'commander.missingArgument':
      return new UsageError('MISSING_ARGUMENT', `\`${word}\` is missing`, {
        where: commandPath(command),
        fix: `Write ${usageOf(command)}`,
      });
    case 'commander.excessArguments':
      return new UsageError('EXTRA_ARGUMENT', 'There are more words than this verb takes', {
        where: commandPath(command),
        fix: `Write ${usageOf(command)}`,
      });
    case 'commander.optionMissingArgument':
      return new UsageError('BAD_FLAG', `\`${word}\` needs a value`, { where: commandPath(command), fix: `Write ${word}` });
    default:
      return new UsageError('BAD_FLAG', message, { where: commandPath(command), fix: help, cause: error });
  }
}

/** `sshoal run` */
function commandPath(command: Command): string {
  return command.parent === null ? command.name() : `${command.parent.name()} ${command.name()}`;
}

function usageOf(command: Command): string {
  return `${commandPath(command)} ${command.usage()}`;
}

function flagsOf(command: Command): string[] {
  const options = command.createHelp().visibleOptions(command);
  return options.flatMap((option) => (option.long === undefined ? [] : [option.long]));
}

function verbsOf(program: Command): string[] {
  return program.commands.map((command) => command.name());
}
