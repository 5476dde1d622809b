// An SSH client as paramiko's: connect, run commands, move files, close. It knows one host, and opens more lines to it when told to.
import path from 'node:path';
import type { Duplex } from 'node:stream';
import type { Questions } from './ask.ts';
import { loadPrivateKey } from './auth/key-file.ts';
import type { Execution } from './channel/execution.ts';
import type { CommandOptions, Session, SessionOptions, ShellOptions } from './command.ts';
import { type CommandResult, collect, type ResultOptions } from './command-result.ts';
import { connect } from './connect.ts';
import { SshConnectionLostError, SshSessionsTakenError } from './errors.ts';
import type { ForwardLetter } from './forward/parse.ts';
import type { Forward, OnConnection, Peer, RemoteListener } from './forward/seam.ts';
import type { Tunnel, TunnelOptions } from './forward/tunnel.ts';
import { here } from './here.ts';
import { HostKeys } from './host-keys/host-keys.ts';
import type { MissingHostKeyPolicy } from './host-keys/policies.ts';
import type { ConnectionInfo, Link } from './link.ts';
import type { ConnectOptions } from './settings.ts';
import type { SFTPClient } from './sftp/client.ts';
import type { RemoteHost } from './sftp/remote-host.ts';

/** How a client keeps its lines. */
export interface ClientOptions {
  /** Lines to the host at once; another is opened when a command would have to wait for its turn (MaxSessions). Default 1. */
  readonly maxConnections?: number | undefined;
  /**
   * Whether the next call opens a new line when the old one broke. What was under way then still rejects with SshConnectionLostError:
   * a command is never run twice. Default false.
   */
  readonly reconnect?: boolean | undefined;
}

/**
 * One host over SSH.
 *
 * @example
 * ```ts
 * const client = new SSHClient();
 * await client.connect({ host: 'web01', user: 'deploy' });
 * const { stdout, exit } = await client.execCommand('df -h');
 * console.log(await stdout.text(), await exit);
 * await client.close();
 * ```
 */
export class SSHClient implements AsyncDisposable {
  readonly #options: ClientOptions;
  #connectOptions: ConnectOptions | undefined;
  #links: Link[] = [];
  #opening: Promise<Link> | undefined;
  #closing = false;
  #policy: MissingHostKeyPolicy | undefined;
  readonly #hostKeyFiles: string[] = [];

  constructor(options: ClientOptions = {}) {
    this.#options = options;
  }

  /** `user@10.0.3.7:22`, once connected. */
  get address(): string {
    return this.#links[0]?.address ?? '';
  }

  get isOpen(): boolean {
    return this.#links.some((link) => link.isOpen);
  }

  /** What was agreed on with the server; undefined before the connect. */
  get info(): ConnectionInfo | undefined {
    return this.#links[0]?.info;
  }

  /** Resolves when the connection is gone, however it went. */
  get closed(): Promise<void> {
    return this.#links[0]?.closed ?? Promise.resolve();
  }

  /** What to do about a host that nobody knows. Default RejectPolicy; a policy in the options of `connect` goes before it. */
  setMissingHostKeyPolicy(policy: MissingHostKeyPolicy): void {
    this.#policy = policy;
  }

  /** Knows the hosts of the user's and the system's files, as it does if no file is named at all. */
  loadSystemHostKeys(): void {
    const { homeDirectory } = here();
    const files = ['known_hosts', 'known_hosts2'].map((name) => path.join(homeDirectory, '.ssh', name));
    this.#hostKeyFiles.push(...files, '/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2');
  }

  /** Knows the hosts of a file too; the first file of all takes new keys. */
  loadHostKeys(file: string): void {
    this.#hostKeyFiles.unshift(file);
  }

  /** The keys of the files that were loaded, to look at. @throws Error of the file system. */
  async getHostKeys(): Promise<HostKeys> {
    const keys = new HostKeys();
    for (const file of this.#hostKeyFiles) await keys.load(file);
    return keys;
  }

  /** Writes all keys of the files that were loaded into one. @throws Error of the file system. */
  async saveHostKeys(file: string): Promise<void> {
    await (await this.getHostKeys()).save(file);
  }

  /**
   * Connects, checks the host key and logs in. A server that is only busy (MaxStartups) is tried again, with jitter, within the time
   * given.
   *
   * @throws SshConnectError and SshSettingsError with their codes; `signal.reason` on abort.
   */
  async connect(options: ConnectOptions): Promise<void> {
    await this.close();
    this.#closing = false;
    this.#connectOptions = {
      ...options,
      hostKeyPolicy: options.hostKeyPolicy ?? this.#policy,
      knownHostsFiles: options.knownHostsFiles ?? (this.#hostKeyFiles.length > 0 ? this.#hostKeyFiles : undefined),
    };
    this.#links = [await connect(this.#connectOptions)];
  }

  /**
   * Starts a command, and gives its three streams: paramiko's `stdin, stdout, stderr`.
   *
   * @param command - As the login shell of the account reads it.
   * @throws SshChannelError CHANNEL_REFUSED, CHANNEL_TIMEOUT, PTY_REFUSED, AGENT_REFUSED; SshConnectionLostError; `signal.reason`.
   * Through `exit`: SshCommandError COMMAND_TIMEOUT, `signal.reason`, both when everything the command has started is ended.
   */
  async execCommand(command: string, options: CommandOptions = {}): Promise<Execution> {
    return await (await this.#session(options.signal)).exec(command, options);
  }

  /**
   * Runs a command to its end, and gives what came of it. A command that fails is a result, not an error.
   *
   * @throws as {@link execCommand}, its `exit` included.
   * @example
   * ```ts
   * const { ok, stdout } = await client.run('systemctl is-active nginx', { timeoutMs: 10_000 });
   * ```
   */
  async run(command: string, options: CommandOptions & ResultOptions = {}): Promise<CommandResult> {
    const execution = await this.execCommand(command, options);
    if (options.input === undefined) execution.stdin.end();
    return await collect(execution, options);
  }

  /** Starts the login shell of the account on a terminal. @throws as {@link execCommand}. */
  async invokeShell(options: ShellOptions = {}): Promise<Execution> {
    return await (await this.#session(options.signal)).shell(options);
  }

  /** Opens an SFTP session. Close it when done: it holds one of the sessions that the server allows. */
  async openSftp(options: Pick<SessionOptions, 'signal'> = {}): Promise<SFTPClient> {
    const host: RemoteHost = {
      openSftp: async () => await this.openSftp(),
      exec: async (command) => await this.execCommand(command),
      run: async (command) => {
        const { ok, stdout, stderr } = await this.run(command);
        return { ok, stdout: await stdout.text(), stderr: await stderr.text() };
      },
    };
    const { SFTPClient } = await import('./sftp/client.ts');
    return await SFTPClient.open(await this.openSubsystem('sftp'), { ...options, host });
  }

  /** Opens a subsystem, such as `netconf`, as a plain stream. It is destroyed with an error when the connection breaks. */
  async openSubsystem(name: string): Promise<Duplex> {
    return await this.#onFreeLink(async (link, patient) => await link.openSubsystem(name, { patient }));
  }

  /** Opens a connection from the host to somewhere else (paramiko's `direct-tcpip`). @throws SshChannelError CHANNEL_REFUSED, CHANNEL_TIMEOUT. */
  async openDirect(target: Peer, origin?: Peer): Promise<Duplex> {
    return await (await this.#link()).openDirect(target, origin);
  }

  /** Opens a unix socket of the host. @throws as {@link openDirect}. */
  async openDirectUnix(path: string): Promise<Duplex> {
    return await (await this.#link()).openDirectUnix(path);
  }

  /** Listens on a port of the host (paramiko's `request_port_forward`). @throws SshForwardError LISTEN_REFUSED, LISTEN_TIMEOUT. */
  async listenRemote(bind: Peer, onConnection: OnConnection): Promise<RemoteListener & { readonly port: number }> {
    return await (await this.#link()).listenRemote(bind, onConnection);
  }

  /** Listens on a unix socket of the host. @throws as {@link listenRemote}. */
  async listenRemoteUnix(path: string, onConnection: OnConnection): Promise<RemoteListener> {
    return await (await this.#link()).listenRemoteUnix(path, onConnection);
  }

  /**
   * Listens on this machine and connects from the host, as `ssh -L`. The tunnel ends with the line it was opened on.
   *
   * @param forward - The word behind -L, or the two ends of it.
   * @throws SshSettingsError FORWARD_SYNTAX; SshForwardError LISTEN_FAILED; SshConnectionLostError.
   * @example
   * ```ts
   * await using tunnel = await client.forwardLocal('0:db.internal:5432');
   * console.log(tunnel.listening); // { kind: 'tcp', host: 'localhost', port: 40213 }
   * ```
   */
  async forwardLocal(forward: string | Omit<Forward, 'side'>, options: TunnelOptions = {}): Promise<Tunnel> {
    return await this.#tunnel(typeof forward === 'string' ? await parsed('L', forward) : { side: 'local', ...forward }, options);
  }

  /**
   * Listens on the host and connects from this machine, as `ssh -R`; without a target as a SOCKS proxy for the host.
   *
   * @throws SshSettingsError FORWARD_SYNTAX; SshForwardError LISTEN_REFUSED, LISTEN_TIMEOUT; SshConnectionLostError.
   */
  async forwardRemote(forward: string | Omit<Forward, 'side'>, options: TunnelOptions = {}): Promise<Tunnel> {
    return await this.#tunnel(typeof forward === 'string' ? await parsed('R', forward) : { side: 'remote', ...forward }, options);
  }

  /** A SOCKS proxy on this machine that connects from the host, as `ssh -D`. @throws as {@link forwardLocal}. */
  async forwardDynamic(listen: string | Forward['listen'], options: TunnelOptions = {}): Promise<Tunnel> {
    const forward: Forward = typeof listen === 'string' ? await parsed('D', listen) : { side: 'local', listen, target: { kind: 'socks' } };
    return await this.#tunnel(forward, options);
  }

  /**
   * Reads a private key as `connect` will, and keeps it: so that a wrong one is known before any host is.
   *
   * @throws SshConnectError KEY_UNREADABLE, KEY_PERMISSIONS, KEY_PASSPHRASE_NEEDED, KEY_PASSPHRASE_WRONG.
   */
  static async checkPrivateKey(file: string, passphrase: string | undefined, questions: Questions): Promise<void> {
    await loadPrivateKey(file, passphrase, questions);
  }

  /** Says goodbye, and cuts the line if that takes too long. */
  async close(): Promise<void> {
    this.#closing = true;
    const opening = await this.#opening?.catch(() => undefined);
    await Promise.all([...this.#links, ...(opening === undefined ? [] : [opening])].map(async (link) => await link.close()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #tunnel(forward: Forward, options: TunnelOptions): Promise<Tunnel> {
    const { Tunnel } = await import('./forward/tunnel.ts');
    return await Tunnel.open(await this.#link(), forward, options);
  }

  async #session(signal: AbortSignal | undefined): Promise<Session> {
    return await this.#onFreeLink(async (link, patient) => await link.openSession({ signal, patient }));
  }

  /** Opens on the line with the most room; where the server turns out to allow no more, on another line if there may be one. */
  async #onFreeLink<T>(open: (link: Link, patient: boolean) => Promise<T>): Promise<T> {
    for (;;) {
      const link = await this.#link();
      const patient = this.#links.filter((one) => one.isOpen).length >= (this.#options.maxConnections ?? 1);
      try {
        return await open(link, patient);
      } catch (error) {
        // By now it may have room again, and is then the line to try: what was learnt is how much it takes.
        if (!(error instanceof SshSessionsTakenError)) throw error;
      }
    }
  }

  /** The line with the most room; a new one where all are full and more are allowed, or where the only one broke. */
  async #link(): Promise<Link> {
    const open = this.#links.filter((link) => link.isOpen);
    const [best] = open.sort((a, b) => a.load - b.load);
    if (best !== undefined && (!best.isFull || open.length >= (this.#options.maxConnections ?? 1))) return best;
    if (this.#closing || this.#connectOptions === undefined || (best === undefined && this.#options.reconnect !== true)) {
      throw new SshConnectionLostError('There is no open connection', { where: this.address });
    }
    return await this.#openAnother(this.#connectOptions);
  }

  async #openAnother(options: ConnectOptions): Promise<Link> {
    this.#opening ??= connect(options).finally(() => {
      this.#opening = undefined;
    });
    const opening = this.#opening;
    const link = await opening;
    if (!this.#links.includes(link)) this.#links = [...this.#links.filter((one) => one.isOpen), link];
    return link;
  }
}

async function parsed(letter: ForwardLetter, text: string): Promise<Forward> {
  const { parseForward } = await import('./forward/parse.ts');
  return parseForward(letter, text);
}
