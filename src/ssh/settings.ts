// Everything needed to open one SSH connection, from options, flags and ssh_config together. It opens nothing.
import path from 'node:path';
import type { Duplex } from 'node:stream';
import type { Questions } from './ask.ts';
import type { Identity } from './auth/identity.ts';
import { SshConnectError, SshSettingsError } from './errors.ts';
import { here } from './here.ts';
import type { HostKeyPolicy } from './host-keys/check.ts';
import { parseSshArgs } from './ssh-args.ts';
import { type HostConfig, readSshConfig } from './ssh-config.ts';

/** How to connect. What an option leaves open, the flags say, then ssh_config, then the default. */
export interface ConnectOptions {
  /** The name of the host: for ssh_config, known_hosts and messages. */
  readonly host: string;
  /** Where it really is; default: ssh_config's HostName, then `host`. */
  readonly address?: string | undefined;
  /** Default 22. */
  readonly port?: number | undefined;
  /** Default: the local user. */
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly privateKeyFile?: string | undefined;
  /** A key that was read already; tried before all others. */
  readonly pkey?: Identity | undefined;
  readonly passphrase?: string | undefined;
  /** Whether keys of the agent are tried. Default true. */
  readonly allowAgent?: boolean | undefined;
  /** Whether ssh's usual key files are tried. Default true. */
  readonly lookForKeys?: boolean | undefined;
  /** The socket of an agent. Default SSH_AUTH_SOCK. */
  readonly agentSocket?: string | undefined;
  /** Flags of ssh, split into words: -o -J -i -p -l -F. */
  readonly sshArgs?: readonly string[] | undefined;
  /** ssh_config files in order of precedence. Default none. */
  readonly configFiles?: readonly string[] | undefined;
  /** Default: ssh_config's, then `~/.ssh/known_hosts` and `/etc/ssh/ssh_known_hosts`. A new key goes into the first. */
  readonly knownHostsFiles?: readonly string[] | undefined;
  /** Default: ssh_config's StrictHostKeyChecking, then `strict`. */
  readonly hostKeyPolicy?: HostKeyPolicy | undefined;
  /** Whether the keys that a server proves to hold replace those of it that known_hosts has. Default: ssh_config's, then no. */
  readonly updateHostKeys?: boolean | undefined;
  /** TCP, handshake and login together. Default 10 s. */
  readonly connectTimeoutMs?: number | undefined;
  /** Default: that of whoever runs this. */
  /** How long the server may take to open a session. Default 15 s. */
  readonly channelTimeoutMs?: number | undefined;
  /** Speak over this instead of a socket of our own: any stream that reaches an sshd. */
  readonly sock?: Duplex | undefined;
  readonly homeDirectory?: string | undefined;
  /** Default: whoever runs this. */
  readonly localUser?: string | undefined;
  readonly questions?: Questions | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The answer to every question that a connection asks. */
export interface Settings {
  readonly host: string;
  /** The name that known_hosts knows it by. */
  readonly hostKeyAlias: string;
  /** Whether somebody gave it that name, instead of its own. */
  readonly hasHostKeyAlias: boolean;
  readonly hashKnownHosts: boolean;
  readonly revokedHostKeysFiles: readonly string[];
  readonly updateHostKeys: boolean;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly password: string | undefined;
  readonly passphrase: string | undefined;
  readonly pkey: Identity | undefined;
  /** Named by somebody: unreadable ones are errors. */
  readonly identityFiles: readonly string[];
  /** ssh's usual names: tried if they are there. */
  readonly defaultIdentityFiles: readonly string[];
  readonly identitiesOnly: boolean;
  readonly agentSocket: string | undefined;
  /** Whether the keys of the agent are tried; it may be there for forwarding alone. */
  readonly lookAtAgent: boolean;
  /** Besides those found beside the keys. */
  readonly certificateFiles: readonly string[];
  /** In this order; what is not named is tried last. Default keys, then passwords. */
  readonly preferredAuthentications: readonly string[] | undefined;
  readonly pubkeyAuthentication: boolean;
  /** As ssh_config writes it: a list of patterns, after `-` of those to leave out. */
  readonly pubkeyAcceptedAlgorithms: string | undefined;
  readonly kbdInteractiveAuthentication: boolean;
  readonly knownHostsFiles: readonly string[];
  readonly hostKeyPolicy: HostKeyPolicy;
  readonly connectTimeoutMs: number;
  readonly channelTimeoutMs: number;
  readonly keepAliveIntervalMs: number;
  readonly keepAliveCountMax: number;
  /** Hosts to go through, nearest first: `user@host:port`. */
  readonly jumps: readonly string[];
  readonly questions: Questions;
  readonly signal: AbortSignal | undefined;
}

const DEFAULT_IDENTITIES = ['id_ed25519', 'id_ecdsa', 'id_rsa'];
const NO_WORDS: readonly string[] = [];

/**
 * Settles every question of one connection.
 *
 * @throws SshSettingsError SSH_ARGS, SSH_CONFIG; SshConnectError PROXY_COMMAND_UNSUPPORTED; both before anything is opened.
 */
export async function settle(given: ConnectOptions): Promise<Settings> {
  const options = located(given);
  checkName(options.host, 'host', options.host);
  const flags = parseSshArgs(options.sshArgs ?? NO_WORDS, `ssh flags of ${options.host}`);
  const files =
    flags.configFile === undefined ? (options.configFiles ?? NO_WORDS) : flags.configFile === 'none' ? NO_WORDS : [flags.configFile];
  const user = options.user ?? flags.options.get('user');
  const config = await readSshConfig(files, {
    host: options.host,
    user,
    localUser: options.localUser,
    homeDirectory: options.homeDirectory,
  });
  return new Settler(options, flags.options, config).settings();
}

/** Options of which nothing depends on who runs this any more. */
type Located = ConnectOptions & { readonly homeDirectory: string; readonly localUser: string };

function located(options: ConnectOptions): Located {
  const { homeDirectory, localUser, agentSocket } = here();
  return {
    ...options,
    homeDirectory: options.homeDirectory ?? homeDirectory,
    localUser: options.localUser ?? localUser,
    agentSocket: options.agentSocket ?? agentSocket,
  };
}

class Settler {
  readonly #options: Located;
  readonly #flags: ReadonlyMap<string, string>;
  readonly #config: HostConfig;

  constructor(options: Located, flags: ReadonlyMap<string, string>, config: HostConfig) {
    this.#options = options;
    this.#flags = flags;
    this.#config = config;
  }

  settings(): Settings {
    const options = this.#options;
    const { host, homeDirectory } = options;
    const user = options.user ?? this.#text('user') ?? options.localUser;
    checkName(user, 'user', host);
    const port = options.port ?? this.#number('port', 1, 65_535) ?? 22;
    const address = options.address ?? this.#text('hostname')?.replaceAll('%h', host).replaceAll('%%', '%') ?? host;
    checkName(address, 'address', host);
    const expand = (file: string): string => this.#expand(file, { host: address, port, user });
    const proxyCommand = this.#text('proxycommand');
    const jump = this.#text('proxyjump');
    if (jump === undefined && proxyCommand !== undefined && proxyCommand.toLowerCase() !== 'none') {
      throw new SshConnectError('PROXY_COMMAND_UNSUPPORTED', `${host} is reached through a ProxyCommand, which is not supported yet`, {
        where: host,
        fix: 'Use ProxyJump (-J bastion) instead',
      });
    }
    const knownHosts = this.#text('userknownhostsfile')?.split(/\s+/) ?? [
      path.join(homeDirectory, '.ssh/known_hosts'),
      path.join(homeDirectory, '.ssh/known_hosts2'),
    ];
    const globalKnownHosts = this.#text('globalknownhostsfile')?.split(/\s+/) ?? ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'];
    const identities = [...(options.privateKeyFile === undefined ? [] : [options.privateKeyFile]), ...this.#list('identityfile')];
    const agent = this.#text('identityagent');
    return {
      host,
      hostKeyAlias: this.#text('hostkeyalias') ?? address,
      hasHostKeyAlias: this.#text('hostkeyalias') !== undefined,
      hashKnownHosts: this.#text('hashknownhosts')?.toLowerCase() === 'yes',
      revokedHostKeysFiles: this.#words('revokedhostkeys').map(expand),
      updateHostKeys: options.updateHostKeys ?? this.#text('updatehostkeys')?.toLowerCase() === 'yes',
      address,
      port,
      user,
      password: this.#text('passwordauthentication') === 'no' ? undefined : options.password,
      passphrase: options.passphrase,
      pkey: options.pkey,
      lookAtAgent: options.allowAgent ?? true,
      certificateFiles: this.#list('certificatefile').map(expand),
      preferredAuthentications: this.#text('preferredauthentications')?.split(','),
      pubkeyAcceptedAlgorithms: this.#text('pubkeyacceptedalgorithms'),
      pubkeyAuthentication: this.#text('pubkeyauthentication')?.toLowerCase() !== 'no',
      kbdInteractiveAuthentication: this.#text('kbdinteractiveauthentication')?.toLowerCase() !== 'no',
      identityFiles: identities.filter((file) => file.toLowerCase() !== 'none').map(expand),
      defaultIdentityFiles:
        identities.length > 0 || options.lookForKeys === false
          ? []
          : DEFAULT_IDENTITIES.map((name) => path.join(homeDirectory, '.ssh', name)),
      identitiesOnly: this.#text('identitiesonly')?.toLowerCase() === 'yes',
      agentSocket: agent === undefined || agent === 'SSH_AUTH_SOCK' ? options.agentSocket : agent === 'none' ? undefined : expand(agent),
      knownHostsFiles:
        options.knownHostsFiles ??
        [...knownHosts, ...globalKnownHosts].filter((file) => file !== 'none' && file !== '/dev/null').map(expand),
      hostKeyPolicy: this.#hostKeyPolicy(),
      connectTimeoutMs: options.connectTimeoutMs ?? seconds(this.#number('connecttimeout', 0, 86_400)) ?? 10_000,
      channelTimeoutMs: options.channelTimeoutMs ?? 15_000,
      // ssh keeps quiet by default; we do not, since nothing else notices a dead line.
      keepAliveIntervalMs: seconds(this.#number('serveraliveinterval', 0, 86_400)) || 15_000,
      keepAliveCountMax: this.#number('serveralivecountmax', 1, 1_000) ?? 3,
      jumps: jump === undefined || jump.toLowerCase() === 'none' ? [] : jump.split(',').map((hop) => hop.trim()),
      questions: options.questions ?? {},
      signal: options.signal,
    };
  }

  #text(keyword: string): string | undefined {
    return this.#flags.get(keyword) ?? this.#config.get(keyword)?.[0];
  }

  #list(keyword: string): string[] {
    return [...(this.#flags.get(keyword)?.split('\n') ?? []), ...(this.#config.get(keyword) ?? [])];
  }

  #words(keyword: string): string[] {
    return (this.#text(keyword)?.split(/\s+/) ?? []).filter((word) => word !== '' && word !== 'none');
  }

  #number(keyword: string, least: number, most: number): number | undefined {
    const text = this.#text(keyword);
    if (text === undefined || text.toLowerCase() === 'none') return undefined;
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new SshSettingsError('SSH_CONFIG', `${keyword} \`${text}\` is no number from ${least} to ${most}`, {
      where: this.#options.host,
      fix: `Give ${keyword} a number`,
    });
  }

  // `no` and `off` would accept changed keys too: that is never done.
  #hostKeyPolicy(): HostKeyPolicy {
    if (this.#options.hostKeyPolicy !== undefined) return this.#options.hostKeyPolicy;
    const word = this.#text('stricthostkeychecking')?.toLowerCase();
    if (word === 'accept-new' || word === 'no' || word === 'off') return 'accept-new';
    return word === 'ask' ? 'ask' : 'strict';
  }

  #expand(file: string, at: { host: string; port: number; user: string }): string {
    const { homeDirectory, localUser, host } = this.#options;
    const tokens: Readonly<Record<string, string>> = {
      '%%': '%',
      '%d': homeDirectory,
      '%h': at.host,
      '%n': host,
      '%p': String(at.port),
      '%r': at.user,
      '%u': localUser,
    };
    return file.replace(/^~(?=\/|$)/, homeDirectory).replace(/%[%dhnpru]/g, (token) => tokens[token] ?? token);
  }
}

function seconds(value: number | undefined): number | undefined {
  return value === undefined ? undefined : value * 1_000;
}

/** Names from inventories never reach anything as an option, a command or a control sequence. */
function checkName(name: string, what: string, host: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
  if (name !== '' && !name.startsWith('-') && !/[\u0000-\u0020\u007f"'`$;&|<>(){}\\]/.test(name)) return;
  throw new SshSettingsError('SSH_ARGS', `\`${JSON.stringify(name).slice(1, -1)}\` cannot be the ${what} of an SSH connection`, {
    where: host,
    fix: 'Use letters, digits and . - _ : @ only',
  });
}
