// %-tokens and ${variables} in values of ssh_config. It does not know which values may hold them.
import { createHash } from 'node:crypto';
import os from 'node:os';
import { SshSettingsError } from '../errors.ts';

/** What the tokens stand for. */
export interface TokenValues {
  /** %n: as it was given. */
  readonly originalHost: string;
  /** %h: where it really is. */
  readonly host: string;
  readonly port: number;
  /** %r */
  readonly user: string;
  /** %u */
  readonly localUser: string;
  /** %d */
  readonly homeDirectory: string;
  /** %k: HostKeyAlias. */
  readonly hostKeyAlias: string;
  /** %j: ProxyJump, or nothing. */
  readonly jump: string;
  /** For `${NAME}`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Expands tokens: %% %C %d %h %i %j %k %L %l %n %p %r %T %u, then `${NAME}`.
 *
 * @param allowed - Letters of the tokens that may stand there, as ssh_config(5) lists them for each keyword.
 * @throws SshSettingsError SSH_CONFIG on another one, and on a variable that is not set.
 */
export function expandTokens(text: string, values: TokenValues, allowed: string, keyword: string): string {
  const fail = (message: string, fix: string): never => {
    throw new SshSettingsError('SSH_CONFIG', message, { where: values.originalHost, fix });
  };
  const expanded = text.replace(/%(.?)/gs, (_token, letter: string) => {
    if (letter === '%') return '%';
    if (letter === '' || !allowed.includes(letter)) return fail(`${keyword} knows no token %${letter}`, 'Write %% for a percent sign');
    return tokenValue(letter, values);
  });
  return expanded.replace(/\$\{([^}]*)\}/g, (_whole, name: string) => {
    const value = values.environment[name];
    return value ?? fail(`${keyword} names the variable ${name}, which is not set`, `Set ${name}, or remove it from ssh_config`);
  });
}

function tokenValue(letter: string, values: TokenValues): string {
  const machine = os.hostname();
  switch (letter) {
    case 'C':
      return createHash('sha1').update(`${machine}${values.host}${values.port}${values.user}${values.jump}`).digest('hex');
    case 'd':
      return values.homeDirectory;
    case 'h':
      return values.host;
    case 'i':
      return String(process.getuid?.() ?? 0);
    case 'j':
      return values.jump;
    case 'k':
      return values.hostKeyAlias;
    case 'L':
      return machine.split('.')[0] ?? machine;
    case 'l':
      return machine;
    case 'n':
      return values.originalHost;
    case 'p':
      return String(values.port);
    case 'r':
      return values.user;
    case 'T':
      return 'NONE';
    default:
      return values.localUser;
  }
}
