// How a shell is started as another user, and how its question for a password is recognised. It opens no line.
import { shellQuote } from '../base/quote.ts';
import { BecomeError } from './errors.ts';
import { endsInPasswordQuestion } from './password-question.ts';
import type { Become } from './seam.ts';

/** A command that runs as another user. */
export interface BecomeCommand {
  readonly command: string;
  /** Whether what was said so far ends in the question for the password. */
  readonly asks: (said: string) => boolean;
  /** Whether it must begin before anything but the password is written: it would take a script for the answer. */
  readonly mayAsk: boolean;
  /** Whether it asks on a terminal and nowhere else. */
  readonly onTerminal: boolean;
}

/**
 * Wraps a command so that it runs as another user. The password is never in it: it is written once it is asked for.
 *
 * @param become - Method, user, and whether there is a password.
 * @param command - A command that takes its further input from stdin.
 * @param nonce - Makes sudo's question unmistakable.
 * @throws {@link BecomeError} on a user whose name su would take for a flag.
 */
export function becomeCommand(become: Become, command: string, nonce: string): BecomeCommand {
  const { method, user, password } = become;
  const who = shellQuote(user);
  const mayAsk = password !== undefined;
  const start = startOf(become);
  switch (method) {
    case 'sudo': {
      const question = `[sudo ${nonce}] `;
      const how = mayAsk ? `-S -p ${shellQuote(question)}` : '-n';
      // A module of PAM may put a question of its own in the place of ours.
      const asks = (said: string): boolean => said.endsWith(question) || endsInPasswordQuestion(said);
      return { command: `${start} ${how} -u ${who} -- ${command}`, asks, mayAsk, onTerminal: false };
    }
    case 'su':
      if (user.startsWith('-')) {
        throw new BecomeError(`\`${user}\` cannot be become with su`, { fix: 'Give the name of a user' });
      }
      return { command: `${start} ${who} -c ${shellQuote(command)}`, asks: endsInPasswordQuestion, mayAsk: true, onTerminal: false };
    case 'doas':
      // -n never asks; without it the question goes to the terminal, whatever stdin is.
      return { command: `${start} ${mayAsk ? '' : '-n '}-u ${who} ${command}`, asks: endsInPasswordQuestion, mayAsk, onTerminal: mayAsk };
  }
}

/** The program with its flags. Whether it may ask is not theirs to say: as in ansible 2.14 it may where there is an answer. */
function startOf({ method, exe = [method], flags = method === 'sudo' ? ['-H'] : [] }: Become): string {
  const given = method === 'su' ? flags : flags.filter((flag) => flag !== '-n' && flag !== '--non-interactive');
  return [...exe, ...given].map(shellQuote).join(' ');
}

/** How becoming went wrong: what was said meanwhile, and how often a password was asked for. */
export interface BecomeFailure {
  readonly said: string;
  readonly asked: number;
  /** For how long nothing came of it, where that is why it was given up. */
  readonly silentMs?: number;
}

/** What sudo says last whatever went wrong. */
const NO_REASON = /^$|audit plugin/;

/** What it means that a shell under another user did not begin. */
export function becomeFailure(become: Become, address: string, failure: BecomeFailure): BecomeError {
  const { method, user } = become;
  const lines = failure.said.split('\n').map((line) => line.trim());
  const reason = lines.findLast((line) => !NO_REASON.test(line) && !endsInPasswordQuestion(line)) ?? lines.findLast((line) => line !== '');
  const late = failure.silentMs === undefined ? '' : ` within ${failure.silentMs / 1_000} s`;
  const message = `Could not become ${user} with ${method}${late}${reason === undefined ? '' : `: ${reason}`}`;
  return new BecomeError(message, { where: address, fix: fixOf(become, failure) });
}

function fixOf({ method, user, password }: Become, { said, asked, silentMs }: BecomeFailure): string {
  if (/must have a tty/.test(said)) return `Take requiretty out of its sudoers: Defaults:${user} !requiretty`;
  if (asked > 0 && password !== undefined && silentMs === undefined)
    return 'The password is wrong, or the user may not: give the right one with -K or SSHOAL_BECOME_PASSWORD';
  if (password === undefined && (asked > 0 || /password|terminal|authentication|authoriz?s?ation/i.test(said)))
    return 'Give the password with -K or SSHOAL_BECOME_PASSWORD';
  if (silentMs !== undefined) return `See what ${method} asks there: log in, and run it by hand`;
  return `Check that ${method} is installed there and that the user may become ${user}`;
}
