// A context without a process: sinks that keep what is written, and no person to ask. It does not know any verb.
import { Readable } from 'node:stream';
import { Secrets } from '#src/base/secrets';
import type { Context } from '#src/cli/context';
import { NoTerminalError } from '#src/cli/errors';
import { runProgram } from '#src/cli/program';
import type { Prompts, Question } from '#src/cli/prompts';
import type { Sink } from '#src/report/seam';

export interface FakeContext extends Context {
  readonly out: () => string;
  readonly err: () => string;
}

const refuse = async ({ message, otherwise }: Question): Promise<never> =>
  await Promise.reject(new NoTerminalError(message, { fix: otherwise }));

const nobody: Prompts = {
  isAnybodyThere: false,
  password: refuse,
  text: refuse,
  choose: refuse,
  chooseMany: refuse,
  search: refuse,
  confirm: refuse,
};

export function fakeContext(more: Partial<Context> = {}): FakeContext {
  const written = { out: '', err: '' };
  const sink = (name: 'out' | 'err'): Sink => ({
    write: (text) => {
      written[name] += text;
    },
    isTerminal: false,
    columns: () => 80,
    colour: false,
  });
  return {
    stdin: Readable.from([]),
    stdout: sink('out'),
    stderr: sink('err'),
    env: {},
    cwd: '/',
    signal: new AbortController().signal,
    interrupt: () => {},
    prompts: nobody,
    secrets: new Secrets(),
    now: () => 0,
    out: () => written.out,
    err: () => written.err,
    ...more,
  };
}

/** Runs the program in this process, and gives back all that came of it. */
export async function call(
  words: readonly string[],
  more: Partial<Context> = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const context = fakeContext(more);
  const code = await runProgram(words, context);
  return { code, stdout: context.out(), stderr: context.err() };
}
