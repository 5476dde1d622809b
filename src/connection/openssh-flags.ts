// From a host's spec to the words and the configuration that the system's ssh gets. It starts nothing.
import path from 'node:path';
import { checkName } from '../ssh/check-name.ts';
import { SshSettingsError } from '../ssh/errors.ts';
import type { ConnectionSpec } from './seam.ts';

export interface OpensshFlags {
  /** After `ssh`, to open the connection that all others go through. */
  readonly master: readonly string[];
  /** After `ssh`, to start something over the connection; with what it needs before the host. */
  readonly session: (flags: readonly string[], command: string) => readonly string[];
  /** After `ssh`, to ask whether the connection is still there. */
  readonly check: readonly string[];
  /** What {@link configFile} must hold. */
  readonly config: string;
  /** For messages: `ada@10.0.3.7:2222`, without what only ssh_config knows. */
  readonly address: string;
}

/** ssh's flags with a value, but for -F; and those without one. */
const VALUED = 'BDIJLPRbceilmopw';
const PLAIN = '1246ACKXYagkx';
// What ssh says is for us to read, and our streams are no terminal.
const HARMLESS = 'nqTv';
// A dead line must be noticed by somebody, and nothing else does; whoever says otherwise in ssh_config wins.
const FALLBACKS = ['ServerAliveInterval 15', 'ServerAliveCountMax 3'];

/** Where the configuration belongs. */
export function configFile(directory: string): string {
  return path.join(directory, 'config');
}

/** The socket of the connection. ssh makes it under a longer name first: see `openssh-directory.ts`. */
export function controlSocket(directory: string): string {
  return path.join(directory, 'c');
}

/**
 * Everything that ssh is told about one host.
 *
 * What must hold comes first, since ssh takes the first value of each keyword; then the flags of the host; then ssh_config. What
 * jump hosts must know too is also in the configuration, since ssh hands nothing else on to them.
 *
 * @param directory - Private: for the socket and the configuration.
 * @param mayAsk - Whether anybody can answer a question.
 * @throws SshSettingsError SSH_ARGS on a name, a path or a flag that cannot be.
 */
export function opensshFlags(spec: ConnectionSpec, directory: string, mayAsk: boolean): OpensshFlags {
  const host = spec.address ?? spec.name;
  checkName(host, 'host', host);
  if (spec.user !== undefined) checkName(spec.user, 'user', host);
  const where = `ssh flags of ${host}`;
  const { words, userConfig } = readWords(spec.sshArgs ?? [], where);
  const place = [
    ...(spec.port === undefined ? [] : ['-p', String(spec.port)]),
    ...(spec.user === undefined ? [] : ['-l', spec.user]),
    ...words,
  ];
  // ssh expands % in it.
  const socket = controlSocket(directory).replaceAll('%', '%%');
  const files = ['-F', configFile(directory), '-S', socket, '-T'];
  const shared = sharedLines(spec, mayAsk, where);
  const plain = ['RemoteCommand none', 'ForwardX11 no'];
  // Where there is no connection any more, ssh would open one of its own, with who knows what rights: the way there is shut.
  const only = ['ControlMaster no', 'ProxyCommand false', 'BatchMode yes', 'ClearAllForwardings yes', 'LogLevel ERROR'];
  // The reasons why ssh gets nowhere are mere information to it.
  const told = ['ControlPersist no', 'LogLevel INFO'];
  return {
    master: [...files, '-M', '-N', ...options([...shared, ...plain, ...told]), ...place, '--', host],
    session: (flags, command) => [...files, ...flags, ...options([...only, ...plain]), ...place, '--', host, command],
    check: ['-F', 'none', '-S', socket, '-O', 'check', '--', host],
    config: [...shared, ...includes(userConfig, where), 'Host *', ...FALLBACKS, ''].join('\n'),
    address: `${spec.user === undefined ? '' : `${spec.user}@`}${host}${spec.port === undefined ? '' : `:${spec.port}`}`,
  };
}

function options(lines: readonly string[]): string[] {
  return lines.flatMap((line) => ['-o', line]);
}

/** What holds for the host and for every host on the way to it. */
function sharedLines(spec: ConnectionSpec, mayAsk: boolean, where: string): string[] {
  const { hostKeyPolicy: policy = 'strict', knownHostsFiles: known, privateKeyFile: key } = spec;
  return [
    `StrictHostKeyChecking ${policy === 'strict' || (policy === 'ask' && !mayAsk) ? 'yes' : policy}`,
    ...(known === undefined
      ? []
      : [`UserKnownHostsFile ${known.map((file) => quoted(file, where)).join(' ')}`, 'GlobalKnownHostsFile /dev/null']),
    ...(key === undefined ? [] : [`IdentityFile ${quoted(key, where)}`, 'IdentitiesOnly yes']),
    `BatchMode ${mayAsk ? 'no' : 'yes'}`,
    'NumberOfPasswordPrompts 1',
  ];
}

/** With a configuration of ours, ssh reads no other by itself. */
function includes(userConfig: string | undefined, where: string): string[] {
  if (userConfig === 'none') return [];
  const files = userConfig === undefined ? ['~/.ssh/config', '/etc/ssh/ssh_config'] : [quoted(path.resolve(userConfig), where)];
  return files.map((file) => `Include ${file}`);
}

function quoted(file: string, where: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
  if (/[\u0000-\u001f\u007f]/.test(file)) {
    throw new SshSettingsError('SSH_ARGS', `${JSON.stringify(file)} cannot be the path of a file for ssh`, {
      where,
      fix: 'Rename the file',
    });
  }
  return `"${file.replaceAll(/["\\]/g, '\\$&').replaceAll('%', '%%')}"`;
}

/** The flags one by one, without those that change nothing here, and the file of -F. */
function readWords(
  given: readonly string[],
  where: string,
): { readonly words: readonly string[]; readonly userConfig: string | undefined } {
  const words: string[] = [];
  let userConfig: string | undefined;
  const refuse = (what: string, fix: string): never => {
    throw new SshSettingsError('SSH_ARGS', what, { where, fix });
  };
  for (let i = 0; i < given.length; i++) {
    const word = given[i] ?? '';
    // It would be taken for the host, and the host for a command.
    if (!/^-[^-]/.test(word)) refuse(`\`${word}\` is no ssh flag`, 'Give flags only: -o Key=Value, -J, -i');
    for (let at = 1; at < word.length; at++) {
      const letter = word.charAt(at);
      if (HARMLESS.includes(letter)) continue;
      if (PLAIN.includes(letter)) {
        words.push(`-${letter}`);
        continue;
      }
      if (letter !== 'F' && !VALUED.includes(letter)) {
        refuse(`The ssh flag \`-${letter}\` cannot be used here`, 'Leave it out: sshoal itself says what ssh shall do on the connection');
      }
      const value = at + 1 < word.length ? word.slice(at + 1) : given[++i];
      if (value === undefined) return refuse(`The ssh flag \`-${letter}\` needs a value`, `Write a value after -${letter}`);
      if (letter === 'F') userConfig ??= value;
      // As an option it goes together with the ProxyCommand of the sessions, which is the first then.
      else words.push(...(letter === 'J' ? ['-o', `ProxyJump=${value}`] : [`-${letter}`, value]));
      break;
    }
  }
  return { words, userConfig };
}
