// What stands around a line on its host: variables, directory, the shell that reads it. It does not know where the line comes from.
import { shellQuote } from '../base/quote.ts';

export interface Surroundings {
  /** Where the line begins; undefined for where the login begins. */
  readonly directory: string | undefined;
  /** What the line finds in its environment. */
  readonly variables: ReadonlyMap<string, string>;
  /** Reads the line instead of sh: a path, or a name to look up in PATH. */
  readonly shell?: string | undefined;
}

/**
 * A line as a script. Every line runs in a shell of its own, so what shall last is said anew each time.
 *
 * A directory that is not there ends the script with the code of `cd`, rather than running the line somewhere else.
 */
export function scriptOf(line: string, { directory, variables, shell }: Surroundings): string {
  const beginning = [...variables].map(([name, value]) => `export ${name}=${shellQuote(value)}`);
  if (directory !== undefined) beginning.push(`cd -- ${quotePath(directory)} || exit`);
  return [...beginning, shell === undefined ? line : `exec ${shellQuote(shell)} -c ${shellQuote(line)}`].join('\n');
}

/** Reads `NAME=value`. @returns Undefined when sh could not hold it in a variable. */
export function readAssignment(assignment: string): readonly [name: string, value: string] | undefined {
  const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(assignment) ?? [];
  return name === undefined || value === undefined ? undefined : [name, value];
}

/** A directory as seen from another: `..` and `~` mean what they mean to `cd`. Links are the host's to follow. */
export function directoryFrom(before: string | undefined, wanted: string): string | undefined {
  if (wanted === '' || wanted === '~') return undefined;
  if (wanted.startsWith('/') || wanted.startsWith('~/')) return wanted;
  return `${before ?? '~'}/${wanted}`;
}

/** A path as a word of sh; a `~/` in front is the home directory of whoever runs it. */
function quotePath(path: string): string {
  return path.startsWith('~/') ? `"$HOME"/${shellQuote(path.slice(2))}` : shellQuote(path);
}
