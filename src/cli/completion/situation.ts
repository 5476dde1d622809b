// What stands at the cursor of an unfinished command line. It is lenient: whoever is still writing has not made a mistake yet.
import type { Option } from 'commander';
import { optionOf } from '../flag-options.ts';
import type { FlagName } from '../flags.ts';
import type { Verb } from '../verb.ts';
import { verbs } from '../verbs.ts';

/** What the word at the cursor is going to be. */
export type Place =
  | { readonly kind: 'verb' }
  | { readonly kind: 'flag' }
  /** Behind a verb that there is not. */
  | { readonly kind: 'nothing' }
  /** `text` follows `before`, which is `--flag=` or `-f` where both are one word. */
  | { readonly kind: 'value'; readonly flag: FlagName; readonly before: string; readonly text: string }
  /** Counted from 0 after the verb, flags left out. */
  | { readonly kind: 'word'; readonly index: number };

export interface Situation {
  readonly verb: Verb | undefined;
  /** The flags before the cursor with their values; those of switches are empty. */
  readonly given: ReadonlyMap<FlagName, readonly string[]>;
  /** The word at the cursor, as far as it is written. */
  readonly current: string;
  readonly place: Place;
}

/** A flag of the verb under all the names it has. */
interface KnownFlag {
  readonly name: FlagName;
  readonly option: Option;
}

/**
 * Reads the words after the program's name.
 *
 * @param words - Without quotes; the last one is at the cursor, and may be empty.
 */
export function situationOf(words: readonly string[]): Situation {
  const current = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const at = before.findIndex((word) => !word.startsWith('-'));
  const verb = at === -1 ? undefined : verbs.find(({ name }) => name === before[at]);
  if (verb === undefined) {
    const place: Place = { kind: at !== -1 ? 'nothing' : current.startsWith('-') ? 'flag' : 'verb' };
    return { verb, given: new Map(), current, place };
  }
  const reader = new FlagReader(verb);
  for (const word of before.slice(at + 1)) reader.read(word);
  return { verb, given: reader.given, current, place: reader.placeOf(current) };
}

class FlagReader {
  readonly given = new Map<FlagName, string[]>();
  readonly #flags: readonly KnownFlag[];
  #words = 0;
  #awaiting: FlagName | undefined;
  #separated = false;

  constructor(verb: Verb) {
    this.#flags = verb.flags.map((name) => ({ name, option: optionOf(name) }));
  }

  read(word: string): void {
    if (this.#awaiting !== undefined) {
      this.#add(this.#awaiting, word);
      this.#awaiting = undefined;
    } else if (this.#separated || word === '-' || !word.startsWith('-')) this.#words++;
    else if (word === '--') this.#separated = true;
    else this.#readFlag(word);
  }

  placeOf(current: string): Place {
    if (this.#awaiting !== undefined) return { kind: 'value', flag: this.#awaiting, before: '', text: current };
    if (this.#separated || !current.startsWith('-')) return { kind: 'word', index: this.#words };
    const valued = this.#split(current);
    if (valued === undefined) return { kind: 'flag' };
    const { flag, text } = valued;
    return { kind: 'value', flag: flag.name, before: current.slice(0, current.length - text.length), text };
  }

  #readFlag(word: string): void {
    const valued = this.#split(word);
    if (valued !== undefined) {
      this.#add(valued.flag.name, valued.text);
      return;
    }
    const named = word.startsWith('--') ? [this.#find(word)] : [...word.slice(1)].map((letter) => this.#find(`-${letter}`));
    for (const flag of named) {
      if (flag === undefined) continue;
      if (flag.option.required) this.#awaiting = flag.name;
      else this.#add(flag.name);
    }
  }

  /** `--flag=value`, or `-bfvalue` where `-f` takes one. */
  #split(word: string): { readonly flag: KnownFlag; readonly text: string } | undefined {
    if (word.startsWith('--')) {
      const equals = word.indexOf('=');
      const flag = equals === -1 ? undefined : this.#find(word.slice(0, equals));
      return flag?.option.required === true ? { flag, text: word.slice(equals + 1) } : undefined;
    }
    for (let i = 1; i < word.length - 1; i++) {
      const flag = this.#find(`-${word[i]}`);
      if (flag?.option.required === true) return { flag, text: word.slice(i + 1) };
    }
    return undefined;
  }

  #find(form: string): KnownFlag | undefined {
    return this.#flags.find(({ option }) => option.long === form || option.short === form);
  }

  #add(name: FlagName, ...values: readonly string[]): void {
    this.given.set(name, [...(this.given.get(name) ?? []), ...values]);
  }
}
