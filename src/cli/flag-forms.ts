// The forms of flags: a switch, a list, a value of a kind. It does not know which flags there are.
import { Option } from 'commander';
import { didYouMean } from '../base/suggest.ts';
import { UsageError } from './errors.ts';

export function flag(form: string, meaning: string): Option {
  return new Option(form, meaning).default(false);
}

// Verbs may give one form different meanings; each has a name of its own.
export function named(name: string, option: Option): Option {
  return Object.assign(option, { attributeName: () => name });
}

export function repeated(form: string, meaning: string): Option {
  return new Option(form, `${meaning}; may be repeated`)
    .default([], 'none')
    .argParser((text: string, before: readonly string[]) => [...before, text]);
}

export function parsed<T>(form: string, meaning: string, parse: (text: string) => T): Option {
  return new Option(form, meaning).argParser(parse);
}

export function choice(form: string, meaning: string, choices: readonly string[]): Option {
  const name = /--[\w-]+/.exec(form)?.[0] ?? form;
  const option = new Option(form, `${meaning}: ${choices.join(', ')}`).argParser((text: string) => {
    if (choices.includes(text)) return text;
    throw new UsageError('BAD_FLAG', `${name} cannot be \`${text}\``, { where: name, fix: didYouMean(text, choices) });
  });
  // Not choices(): that brings a parser of its own, whose complaint suggests nothing.
  option.argChoices = [...choices];
  return option;
}
