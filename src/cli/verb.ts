// What a verb of the command line is: a value that says how it is called and does it. It does not know how words are parsed.
import type { Context } from './context.ts';
import type { ExitCode } from './exit-code.ts';
import type { FlagName, Flags } from './flags.ts';

/** A verb. A file of `commands/` exports one, and `verbs.ts` lists it. */
export interface Verb {
  readonly name: string;
  /** One line for the list of verbs. */
  readonly summary: string;
  /** What the summary leaves out, in whole sentences; one string for each paragraph. */
  readonly notes: readonly string[];
  /** What follows the verb's name: `<pattern> [flags] -- <command...>`. */
  readonly usage: string;
  readonly words: readonly Word[];
  readonly flags: readonly FlagName[];
  readonly examples: readonly Example[];
  /** Asked for by programs, and named in no help. */
  readonly hidden?: boolean;
  /** Takes its flags as they are given: no configuration and no environment completes them. */
  readonly unconfigured?: boolean;
  /** Heavy floors are imported inside, so that `--help` need not wait for them. */
  readonly run: (call: Call, context: Context) => Promise<ExitCode>;
}

/** A word after the verb: `<pattern>`, `[local]`, `<command...>`. */
export interface Word {
  readonly form: string;
  readonly meaning: string;
  /** What it can be, where that is a list. */
  readonly choices?: readonly string[];
}

export interface Example {
  readonly line: string;
  readonly meaning: string;
}

/** One call of a verb. */
export interface Call {
  readonly words: readonly string[];
  readonly flags: Flags;
  /** Whether `--` stood before the last words. */
  readonly separated: boolean;
}
