// How each host is reached, read from its variables with Ansible's names. It opens nothing.
import type { Where } from '../base/errors.ts';
import { splitWords } from '../base/shlex.ts';
import { didYouMean } from '../base/suggest.ts';
import { type Dict, Float, Sealed, typeName, type Value } from '../base/value.ts';
import { connectionKinds } from '../connection/registry.ts';
import type { Become, ConnectionSpec } from '../connection/seam.ts';
import { TargetError } from './errors.ts';

/** A host and the way to it. */
export interface Target {
  readonly name: string;
  readonly spec: ConnectionSpec;
  /** As whom scripts run there unless the instruction says otherwise. */
  readonly become?: Become | undefined;
  /** How often connecting is tried again, with jitter, where time may heal it. Default 0. */
  readonly connectRetries?: number | undefined;
}

/** What holds where a host's variables say nothing: mostly the flags of the command line. */
export interface TargetDefaults extends Omit<ConnectionSpec, 'kind' | 'name' | 'address'> {
  readonly kind?: string | undefined;
  readonly connectRetries?: number | undefined;
  readonly become?: boolean | undefined;
  readonly becomeUser?: string | undefined;
  readonly becomeMethod?: string | undefined;
  readonly becomePassword?: string | undefined;
  /** As a shell would read it: `sudo su`. */
  readonly becomeExe?: string | undefined;
  readonly becomeFlags?: string | undefined;
}

// Ansible's other names for plain ssh.
const SSH_KINDS = new Set(['ssh', 'smart', 'paramiko', 'paramiko_ssh', 'ansible.builtin.ssh', 'ansible.builtin.paramiko_ssh']);
const BECOME_METHODS = ['sudo', 'su', 'doas'] as const;

/**
 * Reads the way to a host from its variables, as ansible 2.14: a variable wins over a flag.
 *
 * @param name - The inventory's name of the host.
 * @param vars - Its variables, templated.
 * @param defaults - What holds where they say nothing.
 * @throws {@link TargetError} on a variable of the wrong type, an unknown connection kind or become method.
 */
export function targetOf(name: string, vars: Dict, defaults: TargetDefaults = {}): Target {
  const read = new VarReader(name, vars);
  const kind = read.text('ansible_connection') ?? defaults.kind ?? 'ssh';
  const checked = read.truth('ansible_host_key_checking', 'ansible_ssh_host_key_checking');
  const args = [read.text('ansible_ssh_common_args'), read.text('ansible_ssh_extra_args')].flatMap((text) => splitWords(text ?? ''));
  const spec: ConnectionSpec = {
    kind: connectionKind(kind, read.where('ansible_connection')),
    name,
    address: read.text('ansible_host', 'ansible_ssh_host'),
    port: read.port('ansible_port', 'ansible_ssh_port') ?? defaults.port,
    user: read.text('ansible_user', 'ansible_ssh_user') ?? defaults.user,
    password: read.text('ansible_password', 'ansible_ssh_pass', 'ansible_ssh_password') ?? defaults.password,
    privateKeyFile: read.text('ansible_ssh_private_key_file', 'ansible_private_key_file') ?? defaults.privateKeyFile,
    passphrase: defaults.passphrase,
    sshArgs: [...(defaults.sshArgs ?? []), ...args],
    hostKeyPolicy: checked === false ? 'accept-new' : defaults.hostKeyPolicy,
    knownHostsFiles: defaults.knownHostsFiles,
    connectTimeoutMs: read.seconds('ansible_timeout', 'ansible_ssh_timeout') ?? defaults.connectTimeoutMs,
  };
  return { name, spec, become: becomeOf(name, vars, defaults), connectRetries: defaults.connectRetries };
}

/**
 * As whom tasks run on a host.
 *
 * Variables of the method itself, such as `ansible_sudo_flags`, win over those of any, as ansible 2.14.
 *
 * @returns Undefined for the user who logs in.
 * @throws {@link TargetError} on an unknown method, and on a quote that nobody closes.
 */
export function becomeOf(name: string, vars: Dict, defaults: TargetDefaults = {}): Become | undefined {
  const read = new VarReader(name, vars);
  if ((read.truth('ansible_become') ?? defaults.become) !== true) return undefined;
  const method = read.text('ansible_become_method') ?? defaults.becomeMethod ?? 'sudo';
  const known = BECOME_METHODS.find((candidate) => candidate === method.replace('ansible.builtin.', '').replace('community.general.', ''));
  if (known === undefined) {
    throw new TargetError(`There is no become method \`${method}\``, {
      where: read.where('ansible_become_method'),
      fix: didYouMean(method, BECOME_METHODS),
    });
  }
  const own = (what: string): string[] => [`ansible_${known}_${what}`, `ansible_become_${what}`];
  const inWords = (what: 'exe' | 'flags', otherwise: string | undefined): string[] | undefined => {
    const text = read.text(...own(what)) ?? otherwise;
    return text === undefined ? undefined : words(text, `become_${what} of ${name}`);
  };
  const exe = inWords('exe', defaults.becomeExe);
  const flags = inWords('flags', defaults.becomeFlags);
  return {
    method: known,
    user: read.text(...own('user')) ?? defaults.becomeUser ?? 'root',
    password: read.text(...own('pass'), 'ansible_become_password') ?? defaults.becomePassword,
    ...(exe === undefined || exe.length === 0 ? {} : { exe }),
    ...(flags === undefined ? {} : { flags }),
  };
}

function words(text: string, where: string): string[] {
  try {
    return splitWords(text);
  } catch (cause) {
    throw new TargetError((cause as Error).message, { where, fix: 'Close the quote', cause });
  }
}

function connectionKind(kind: string, where: Where): string {
  if (SSH_KINDS.has(kind)) return 'ssh';
  const plain = kind.replace('ansible.builtin.', '');
  if (connectionKinds.has(plain)) return plain;
  throw new TargetError(`There is no connection kind \`${kind}\``, { where, fix: didYouMean(kind, connectionKinds.keys()) });
}

class VarReader {
  readonly #host: string;
  readonly #vars: Dict;

  constructor(host: string, vars: Dict) {
    this.#host = host;
    this.#vars = vars;
  }

  where(name: string): string {
    return `${name} of ${this.#host}`;
  }

  text(...names: string[]): string | undefined {
    return this.#read(names, 'text', (value) => {
      if (typeof value === 'string') return value;
      return typeof value === 'number' || typeof value === 'bigint' ? String(value) : undefined;
    });
  }

  port(...names: string[]): number | undefined {
    return this.#read(names, 'a port from 1 to 65535', (value) => {
      const port = Number(typeof value === 'string' || typeof value === 'number' ? value : Number.NaN);
      return Number.isInteger(port) && port >= 1 && port <= 65_535 ? port : undefined;
    });
  }

  /** Milliseconds of a variable in seconds. */
  seconds(...names: string[]): number | undefined {
    return this.#read(names, 'a number of seconds', (value) => {
      const seconds =
        value instanceof Float ? value.value : Number(typeof value === 'string' || typeof value === 'number' ? value : Number.NaN);
      return seconds > 0 ? seconds * 1_000 : undefined;
    });
  }

  truth(...names: string[]): boolean | undefined {
    return this.#read(names, 'yes or no', (value) => {
      if (typeof value === 'boolean') return value;
      const word = String(typeof value === 'string' || typeof value === 'number' ? value : '').toLowerCase();
      if (['yes', 'true', 'on', '1', 'y', 't'].includes(word)) return true;
      return ['no', 'false', 'off', '0', 'n', 'f'].includes(word) ? false : undefined;
    });
  }

  #read<T>(names: readonly string[], expected: string, convert: (value: Value) => T | undefined): T | undefined {
    const name = names.find((candidate) => (this.#vars.get(candidate) ?? null) !== null);
    if (name === undefined) return undefined;
    const written = this.#vars.get(name) ?? null;
    const value = written instanceof Sealed ? written.open() : written;
    const converted = convert(value);
    if (converted !== undefined) return converted;
    throw new TargetError(`\`${name}\` must be ${expected}, and is ${describe(value)}`, {
      where: this.where(name),
      fix: `Give ${expected}`,
    });
  }
}

function describe(value: Value): string {
  return typeof value === 'string' || typeof value === 'number' ? `\`${value}\`` : `a ${typeName(value)}`;
}
