// What the lines of a shell have in common: directory, variables, user, deadline, output. It does not know who changes it.
import { shellQuote } from '../../base/quote.ts';
import type { As } from './crew.ts';

export const OUTPUT_MODES = ['gather', 'live', 'diff'] as const;
/** Equal answers folded; lines as they come; or one answer and how the others differ from it. */
export type OutputMode = (typeof OUTPUT_MODES)[number];

export interface Setting {
  /** Where lines begin; undefined for the home directory. */
  readonly directory: string | undefined;
  /** What lines find in their environment. */
  readonly variables: ReadonlyMap<string, string>;
  readonly as: As;
  readonly timeoutMs: number | undefined;
  readonly mode: OutputMode;
}

/**
 * A line as a script. Every line runs in a shell of its own, so what shall last is said anew each time.
 *
 * A directory that is not there ends the script with the code of `cd`, rather than running the line somewhere else.
 */
export function scriptOf(line: string, { directory, variables }: Pick<Setting, 'directory' | 'variables'>): string {
  const beginning = [...variables].map(([name, value]) => `export ${name}=${shellQuote(value)}`);
  if (directory !== undefined) beginning.push(`cd -- ${quotePath(directory)} || exit`);
  return [...beginning, line].join('\n');
}

/** A directory as seen from another: `..` and `~` mean what they mean to `cd`. Links are the host's to follow. */
export function directoryFrom(before: string | undefined, wanted: string): string | undefined {
  if (wanted === '' || wanted === '~') return undefined;
  if (wanted.startsWith('/') || wanted.startsWith('~/')) return wanted;
  return `${before ?? '~'}/${wanted}`;
}

/** A path as a word of sh; a `~/` in front is the home directory of whoever runs it. */
export function quotePath(path: string): string {
  return path.startsWith('~/') ? `"$HOME"/${shellQuote(path.slice(2))}` : shellQuote(path);
}
