// Puts a shell together: hosts, lines, history, and questions that take the terminal for themselves. It does not know what is typed.
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import type { Flags } from '../flags.ts';
import { printError } from '../print-error.ts';
import type { Prompts } from '../prompts.ts';
import { hostList, readWho, selectHosts } from '../who.ts';
import { complete } from './completion.ts';
import { Crew } from './crew.ts';
import { History, historyFile } from './history.ts';
import type { Lines } from './lines.ts';
import { PipedLines } from './piped-lines.ts';
import { Shell } from './shell.ts';
import { TerminalLines } from './terminal-lines.ts';

/** Opens a shell and runs it to its end. @throws what is wrong before the first connection. */
export async function openShell(pattern: string, flags: Flags, context: Context): Promise<ExitCode> {
  if (flags.listHosts) {
    context.stdout.write(hostList(selectHosts(await readWho(flags, context, pattern), pattern, flags)));
    return EXIT.ok;
  }
  const isPerson = context.stdin.isTTY === true && context.stderr.isTerminal;
  const history = await openHistory(isPerson ? historyFile(context.env) : undefined, context);
  let shell: Shell | undefined;
  const lines: Lines = isPerson
    ? new TerminalLines(context, {
        history,
        complete: async (line) => (shell === undefined ? [[], line] : await complete(line, shell.crew, shell.setting, context.signal)),
      })
    : new PipedLines(context.stdin, context.signal);
  const inside: Context = { ...context, prompts: promptsAside(context.prompts, lines), interrupt: lines.interrupt ?? context.interrupt };
  try {
    await using crew = await Crew.gather(pattern, flags, inside);
    shell = new Shell({ crew, lines, history, flags, context: inside });
    return await shell.run();
  } finally {
    lines.close();
  }
}

/** A shell that cannot remember is still a shell. */
async function openHistory(file: string | undefined, context: Context): Promise<History> {
  try {
    return await History.open(file);
  } catch (error) {
    printError(error, context);
    return await History.open(undefined);
  }
}

/** The same questions; while one stands there, its keys are nobody else's. */
function promptsAside(prompts: Prompts, { aside }: Lines): Prompts {
  return {
    isAnybodyThere: prompts.isAnybodyThere,
    password: async (question) => await aside(async () => await prompts.password(question)),
    text: async (question) => await aside(async () => await prompts.text(question)),
    choose: async (question, choices) => await aside(async () => await prompts.choose(question, choices)),
    chooseMany: async (question, choices) => await aside(async () => await prompts.chooseMany(question, choices)),
    search: async (question, found) => await aside(async () => await prompts.search(question, found)),
    confirm: async (question) => await aside(async () => await prompts.confirm(question)),
  };
}
