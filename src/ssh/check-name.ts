// Which names may become part of an SSH connection. It does not know where they come from.
import { SshSettingsError } from './errors.ts';

/**
 * Names from inventories never reach anything as an option, a command or a control sequence.
 *
 * @param what - `host`, `user`: for the message.
 * @param host - Whose connection it is, for the message.
 * @throws SshSettingsError SSH_ARGS.
 */
export function checkName(name: string, what: string, host: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
  if (name !== '' && !name.startsWith('-') && !/[\u0000-\u0020\u007f"'`$;&|<>(){}\\]/.test(name)) return;
  throw new SshSettingsError('SSH_ARGS', `\`${JSON.stringify(name).slice(1, -1)}\` cannot be the ${what} of an SSH connection`, {
    where: host,
    fix: 'Use letters, digits and . - _ : @ only',
  });
}
