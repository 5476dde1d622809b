// What surrounds one call of the program, given as a value so that verbs can run anywhere. It does not know any verb.
import type { Secrets } from '../base/secrets.ts';
import type { Sink } from '../report/seam.ts';
import type { Prompts } from './prompts.ts';

export interface Context {
  readonly stdin: InputStream;
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly env: Environment;
  /** The words of this call; known once the program has begun with it. */
  readonly argv?: readonly string[];
  readonly cwd: string;
  /** Aborts on Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  /** Ends what runs, as Ctrl-C does: for when somebody leaves at a question that was asked on the way. */
  readonly interrupt: () => void;
  /** Has the next SIGTERM call this instead of ending what runs; what it returns forgets it. */
  readonly onTermination?: (stop: () => void) => () => void;
  readonly prompts: Prompts;
  readonly secrets: Secrets;
  readonly now: () => number;
}
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where lines come from: a terminal, a pipe, a file. */
export type InputStream = NodeJS.ReadableStream & { readonly isTTY?: boolean };

/** The part of a writable stream that a sink needs. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** A stream as a sink. While it is held, as a question stands on the same terminal, what is written waits. */
export class StreamSink implements Sink {
  readonly isTerminal: boolean;
  readonly colour: boolean;
  readonly #stream: OutputStream;
  #held: string[] | undefined;

  constructor(stream: OutputStream, env: Environment) {
    this.#stream = stream;
    this.isTerminal = stream.isTTY === true && env.TERM !== 'dumb';
    this.colour = wantsColour(env, this.isTerminal);
  }

  // A pseudo-terminal that nobody sized says 0.
  readonly columns = (): number => this.#stream.columns || 80;

  readonly write = (text: string): void => {
    if (this.#held === undefined) this.#stream.write(text);
    else this.#held.push(text);
  };

  /** Keeps back what is written until `during` has ended. */
  async hold<T>(during: () => Promise<T>): Promise<T> {
    this.#held = [];
    try {
      return await during();
    } finally {
      const held = this.#held;
      this.#held = undefined;
      for (const text of held) this.#stream.write(text);
    }
  }
}

/** As no-color.org and force-color.org say: NO_COLOR wins when not empty, then FORCE_COLOR, then whether a person watches. */
export function wantsColour(env: Environment, isTerminal: boolean): boolean {
  if ((env.NO_COLOR ?? '') !== '') return false;
  if (env.FORCE_COLOR !== undefined) return !['0', 'false'].includes(env.FORCE_COLOR);
  return isTerminal;
}

/** The same surroundings, with the colours that --color asks for; `auto` leaves them as they are. */
export function withColour(context: Context, when: 'auto' | 'always' | 'never'): Context {
  if (when === 'auto') return context;
  const painted = ({ write, columns, isTerminal }: Sink): Sink => ({ write, columns, isTerminal, colour: when === 'always' });
  return { ...context, stdout: painted(context.stdout), stderr: painted(context.stderr) };
}
