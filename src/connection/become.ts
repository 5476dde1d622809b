// How a shell is started as another user, and how its question for a password is recognised. It opens no line.
import { shellQuote } from '../base/quote.ts';
import { BecomeError } from './errors.ts';
import type { Become } from './seam.ts';

/** A command that runs as another user. */
export interface BecomeCommand {
  readonly command: string;
  /** Whether the text on stderr so far ends in the question for the password. */
  readonly asks: (stderr: string) => boolean;
}

/**
 * Wraps a command so that it runs as another user. The password is never in it: it is written to stdin once it is asked for.
 *
 * @param become - Method, user, and whether there is a password.
 * @param command - A command that takes its further input from stdin.
 * @param nonce - Makes sudo's question unmistakable.
 * @throws {@link BecomeError} on doas with a password: doas takes it from a terminal only.
 */
export function becomeCommand(become: Become, command: string, nonce: string): BecomeCommand {
  const user = shellQuote(become.user);
  switch (become.method) {
    case 'sudo': {
      const question = `[sudo ${nonce}] `;
      const how = become.password === undefined ? '-n' : `-S -p ${shellQuote(question)}`;
      return { command: `sudo -H ${how} -u ${user} -- ${command}`, asks: (stderr) => stderr.endsWith(question) };
    }
    case 'su':
      return { command: `su ${user} -c ${shellQuote(command)}`, asks: (stderr) => become.password !== undefined && /:\s*$/.test(stderr) };
    case 'doas':
      if (become.password !== undefined) {
        throw new BecomeError('doas takes a password from a terminal only', {
          fix: 'Allow it without one (`permit nopass` in doas.conf), or use --become-method sudo',
        });
      }
      return { command: `doas -n -u ${user} ${command}`, asks: () => false };
  }
}

/** What it means that a shell under another user ended before it began. */
export function becomeFailure(become: Become, address: string, stderr: string, asked: number): BecomeError {
  const said = stderr.trim().split('\n').at(-1)?.trim();
  const message = `Could not become ${become.user} with ${become.method}${said ? `: ${said}` : ''}`;
  const fix =
    asked > 1
      ? 'The password is wrong: give the right one with -K or SSHOAL_BECOME_PASSWORD'
      : become.password === undefined && /password|terminal|authentication/i.test(stderr)
        ? 'Give the password with -K or SSHOAL_BECOME_PASSWORD'
        : `Check that ${become.method} is installed there and that the user may become ${become.user}`;
  return new BecomeError(message, { where: address, fix });
}
