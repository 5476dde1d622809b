// Settling how one SSH connection is opened, from options, flags and ssh_config together. It opens nothing.
import path from 'node:path';
import { checkName } from './check-name.ts';
import { parseJump } from './config/jump.ts';
import { type HostConfig, hostNameIn, matchesPatterns, readSshConfig } from './config/reader.ts';
import { parseSshArgs } from './config/ssh-args.ts';
import { expandTokens } from './config/tokens.ts';
import { ConfigValues, YES_OR_NO } from './config/values.ts';
import { SshSettingsError } from './errors.ts';
import { type Here, here } from './here.ts';
import type { HostKeyPolicy } from './host-keys/check.ts';
import type { ConnectOptions, Settings } from './settings.ts';

const DEFAULT_IDENTITIES = ['id_ed25519', 'id_ecdsa', 'id_rsa'];
const NO_WORDS: readonly string[] = [];
/** What file names may hold, as ssh_config(5) says. */
const FILE_TOKENS = 'CdhijkLlnpru';

/** Nobody is asked about new keys of a known host: then they are not learnt. */
const UPDATES: ReadonlyMap<string, 'yes' | 'no'> = new Map([...YES_OR_NO, ['ask', 'no']]);
/** What of OpenSSH's own extension a login uses is left to it. */
const PUBKEY: ReadonlyMap<string, 'yes' | 'no'> = new Map([...YES_OR_NO, ['unbound', 'yes'], ['host-bound', 'yes']]);
const FAMILIES: ReadonlyMap<string, 0 | 4 | 6> = new Map([
  ['any', 0],
  ['inet', 4],
  ['inet6', 6],
]);
/** `no` and `off` would accept changed keys too: that is never done. */
const POLICIES: ReadonlyMap<string, HostKeyPolicy> = new Map([
  ['yes', 'strict'],
  ['true', 'strict'],
  ['no', 'accept-new'],
  ['false', 'accept-new'],
  ['off', 'accept-new'],
  ['ask', 'ask'],
  ['accept-new', 'accept-new'],
]);

/**
 * Settles every question of one connection.
 *
 * @throws SshSettingsError SSH_ARGS, SSH_CONFIG, before anything is opened.
 */
export async function settle(given: ConnectOptions): Promise<Settings> {
  const options = located(given);
  checkName(options.host, 'host', options.host);
  const flags = parseSshArgs(options.sshArgs ?? NO_WORDS, `ssh flags of ${options.host}`);
  const files =
    flags.configFile === undefined ? (options.configFiles ?? NO_WORDS) : flags.configFile === 'none' ? NO_WORDS : [flags.configFile];
  const { host, user, localUser, homeDirectory, environment } = options;
  // Before any command of the configuration sees it.
  if (user !== undefined) checkName(user, 'user', host);
  const config = await readSshConfig(files, { host, user, localUser, homeDirectory, environment }, flags.lines);
  return new Settler(options, config).settings();
}

/** Options of which nothing depends on who runs this any more. */
type Located = ConnectOptions & Here;

function located(options: ConnectOptions): Located {
  const who = here();
  return {
    ...options,
    homeDirectory: options.homeDirectory ?? who.homeDirectory,
    localUser: options.localUser ?? who.localUser,
    agentSocket: options.agentSocket ?? who.agentSocket,
    environment: who.environment,
  };
}

class Settler {
  readonly #options: Located;
  readonly #config: HostConfig;
  readonly #read: ConfigValues;

  constructor(options: Located, config: HostConfig) {
    this.#options = options;
    this.#config = config;
    this.#read = new ConfigValues(config, options.host);
  }

  settings(): Settings {
    const options = this.#options;
    const { host, homeDirectory, localUser, environment } = options;
    this.#refuseUnsupported();
    const user = options.user ?? this.#read.text('user') ?? localUser;
    checkName(user, 'user', host);
    const port = options.port ?? this.#read.number('port', 1, 65_535) ?? 22;
    const address = options.address ?? hostNameIn(this.#config, host);
    checkName(address, 'address', host);
    const jump = this.#read.text('proxyjump') ?? 'none';
    const hostKeyAlias = this.#read.text('hostkeyalias') ?? address;
    const values = {
      originalHost: host,
      host: address,
      port,
      user,
      localUser,
      homeDirectory,
      hostKeyAlias,
      jump: jump === 'none' ? '' : jump,
      environment,
    };
    const expand =
      (keyword: string) =>
      (file: string): string =>
        expandTokens(file.replace(/^~(?=\/|$)/, homeDirectory), values, FILE_TOKENS, keyword);
    const knownHosts = this.#read.values('userknownhostsfile') ?? ['~/.ssh/known_hosts', '~/.ssh/known_hosts2'];
    const globalKnownHosts = this.#read.values('globalknownhostsfile') ?? ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'];
    const identities = [...(options.privateKeyFile === undefined ? [] : [options.privateKeyFile]), ...this.#read.list('identityfile')];
    const agentSocket = this.#agentSocket(this.#read.text('identityagent'), expand('IdentityAgent'));
    const lent = this.#lentAgent(expand('ForwardAgent'));
    const proxyCommand = this.#read.text('proxycommand');
    const jumps =
      jump.toLowerCase() === 'none'
        ? []
        : jump.split(',').map((hop) => parseJump(expandTokens(hop.trim(), values, 'hnpr', 'ProxyJump'), host));
    const isProxied = jumps.length === 0 && proxyCommand !== undefined && proxyCommand.toLowerCase() !== 'none';
    return {
      host,
      hostKeyAlias,
      hasHostKeyAlias: this.#read.text('hostkeyalias') !== undefined,
      hashKnownHosts: this.#read.yes('hashknownhosts', false),
      revokedHostKeysFiles: this.#read
        .list('revokedhostkeys')
        .filter((file) => file !== 'none')
        .map(expand('RevokedHostKeys')),
      updateHostKeys: options.updateHostKeys ?? this.#read.choice('updatehostkeys', UPDATES) === 'yes',
      address,
      port,
      addressFamily: this.#read.choice('addressfamily', FAMILIES) ?? 0,
      bindAddress: this.#read.text('bindaddress'),
      user,
      password: this.#read.yes('passwordauthentication', true) ? options.password : undefined,
      passphrase: options.passphrase,
      pkey: options.pkey,
      lookAtAgent: options.allowAgent ?? true,
      certificateFiles: this.#read
        .list('certificatefile')
        .filter((file) => file !== 'none')
        .map(expand('CertificateFile')),
      preferredAuthentications: this.#read.text('preferredauthentications')?.split(','),
      pubkeyAcceptedAlgorithms: this.#read.text('pubkeyacceptedalgorithms'),
      pubkeyAuthentication: this.#read.choice('pubkeyauthentication', PUBKEY) !== 'no',
      kbdInteractiveAuthentication: this.#read.yes('kbdinteractiveauthentication', true),
      identityFiles: identities.filter((file) => file.toLowerCase() !== 'none').map(expand('IdentityFile')),
      defaultIdentityFiles:
        identities.length > 0 || options.lookForKeys === false
          ? []
          : DEFAULT_IDENTITIES.map((name) => path.join(homeDirectory, '.ssh', name)),
      identitiesOnly: this.#read.yes('identitiesonly', false),
      agentSocket,
      forwardAgent: lent !== 'no',
      lentAgentSocket: lent === 'no' || lent === 'yes' ? agentSocket : lent.socket,
      environment: this.#environment(),
      algorithms: {
        keyExchange: this.#read.text('kexalgorithms'),
        hostKey: this.#read.text('hostkeyalgorithms'),
        cipher: this.#read.text('ciphers'),
        mac: this.#read.text('macs'),
      },
      knownHostsFiles:
        options.knownHostsFiles ??
        [...knownHosts.map(expand('UserKnownHostsFile')), ...globalKnownHosts.map(expand('GlobalKnownHostsFile'))].filter(
          (file) => file !== 'none' && file !== '/dev/null',
        ),
      hostKeyPolicy: this.#hostKeyPolicy(),
      connectTimeoutMs: options.connectTimeoutMs ?? (this.#read.seconds('connecttimeout') || 10_000),
      connectionAttempts: this.#read.number('connectionattempts', 1, 1_000) ?? 1,
      channelTimeoutMs: options.channelTimeoutMs ?? 15_000,
      // ssh keeps quiet by default; we do not, since nothing else notices a dead line.
      keepAliveIntervalMs: this.#read.seconds('serveraliveinterval') || 15_000,
      keepAliveCountMax: this.#read.number('serveralivecountmax', 1, 1_000) ?? 3,
      jumps,
      proxyCommand: isProxied ? expandTokens(proxyCommand, values, 'hnpr', 'ProxyCommand') : undefined,
      questions: options.questions ?? {},
      signal: options.signal,
    };
  }

  /** What would change what happens, and is not there: better no connection than another one than was meant. */
  #refuseUnsupported(): void {
    const refuse = (keyword: string, fix: string): never => {
      throw new SshSettingsError('SSH_CONFIG', `${keyword} of this host is not supported`, { where: this.#options.host, fix });
    };
    if (this.#read.yes('proxyusefdpass', false))
      refuse('ProxyUseFdpass', 'Use a ProxyCommand that passes the data itself, or ansible_connection: openssh');
    if (this.#read.text('remotecommand') !== undefined && this.#read.text('remotecommand') !== 'none') {
      refuse('RemoteCommand', 'Give the host another name in ssh_config for commands of yours');
    }
    const session = this.#read.text('sessiontype')?.toLowerCase();
    if (session !== undefined && session !== 'default') refuse(`SessionType ${session}`, 'Give the host another name in ssh_config');
    if (this.#read.text('bindinterface') !== undefined) refuse('BindInterface', 'Use BindAddress instead');
  }

  #agentSocket(agent: string | undefined, expand: (file: string) => string): string | undefined {
    if (agent === undefined || agent === 'SSH_AUTH_SOCK') return this.#options.agentSocket;
    return agent === 'none' ? undefined : this.#socket(agent, expand);
  }

  /** `ForwardAgent` says whether, or which: a path, or `$NAME` of a variable. */
  #lentAgent(expand: (file: string) => string): 'yes' | 'no' | { readonly socket: string | undefined } {
    const word = this.#read.text('forwardagent') ?? 'no';
    return YES_OR_NO.get(word.toLowerCase()) ?? { socket: this.#socket(word, expand) };
  }

  #socket(name: string, expand: (file: string) => string): string | undefined {
    return name.startsWith('$') && !name.startsWith('${') ? this.#options.environment[name.slice(1)] : expand(name);
  }

  /** SendEnv takes from here what its patterns name; SetEnv says itself. */
  #environment(): Readonly<Record<string, string>> {
    const patterns = this.#read.list('sendenv');
    const { environment } = this.#options;
    // Names first: every value of a process's environment is asked of the system.
    const names = patterns.length === 0 ? [] : Object.keys(environment).filter((name) => matchesPatterns(name, patterns));
    const set = this.#read.list('setenv').map((pair): [string, string] => {
      const at = pair.indexOf('=');
      if (at < 1) {
        throw new SshSettingsError('SSH_CONFIG', `SetEnv \`${pair}\` is no NAME=VALUE`, {
          where: this.#options.host,
          fix: 'Write SetEnv NAME=VALUE',
        });
      }
      return [pair.slice(0, at), pair.slice(at + 1)];
    });
    // Of several of the same name the first counts, as for ssh.
    return Object.fromEntries([...names.map((name): [string, string] => [name, environment[name] ?? '']), ...set.reverse()]);
  }

  #hostKeyPolicy(): HostKeyPolicy {
    return this.#options.hostKeyPolicy ?? this.#read.choice('stricthostkeychecking', POLICIES) ?? 'strict';
  }
}
