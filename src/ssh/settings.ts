// What there is to settle before an SSH connection is opened: what may be given, and what is known in the end. It settles nothing.
import type { Duplex } from 'node:stream';
import type { Questions } from './ask.ts';
import type { Identity } from './auth/identity.ts';
import type { Bastions } from './bastions.ts';
import type { Jump } from './config/jump.ts';
import type { HostKeyPolicy } from './host-keys/check.ts';

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
  /** How long the server may take to open a session. Default 15 s. */
  readonly channelTimeoutMs?: number | undefined;
  /** Speak over this instead of a socket of our own: any stream that reaches an sshd. */
  readonly sock?: Duplex | undefined;
  /** Connections to jump hosts, shared with whoever else is given them. Default: of its own. */
  readonly bastions?: Bastions | undefined;
  /** Default: that of whoever runs this. */
  readonly homeDirectory?: string | undefined;
  /** Default: whoever runs this. */
  readonly localUser?: string | undefined;
  readonly questions?: Questions | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Lists of ssh_config; undefined for the usual. */
export interface AlgorithmLists {
  readonly keyExchange: string | undefined;
  readonly hostKey: string | undefined;
  readonly cipher: string | undefined;
  readonly mac: string | undefined;
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
  /** Hosts to go through, nearest first. */
  readonly jumps: readonly Jump[];
  /** The program that leads there instead of a socket, ready for a shell. */
  readonly proxyCommand: string | undefined;
  /** 0: whichever there is. */
  readonly addressFamily: 0 | 4 | 6;
  readonly bindAddress: string | undefined;
  /** Attempts to reach it, a second apart. */
  readonly connectionAttempts: number;
  /** Whether commands get the agent unless they say otherwise. */
  readonly forwardAgent: boolean;
  /** The agent that they get; it need not be the one that logs in. */
  readonly lentAgentSocket: string | undefined;
  /** What every command gets: SendEnv and SetEnv. */
  readonly environment: Readonly<Record<string, string>>;
  /** As ssh_config writes them: `a,b` in place of the usual ones, `+a` after, `^a` before, `-a` without. */
  readonly algorithms: AlgorithmLists;
  readonly questions: Questions;
  readonly signal: AbortSignal | undefined;
}
