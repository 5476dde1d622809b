// One authenticated connection to one host, over which channels are opened. It does not know how it was reached, and never reconnects.
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import ssh2, { type Client, type NegotiatedAlgorithms } from 'ssh2';
import { neutralise } from '../base/terminal.ts';
import { algorithmsFor } from './algorithms.ts';
import { Login } from './auth/login.ts';
import type { Passage } from './bastions.ts';
import { Channels, type OpenOptions } from './channel/channels.ts';
import { ChannelStream } from './channel/streams.ts';
import { type Line, Session } from './command.ts';
import { SshConnectError, SshConnectionLostError, SshSettingsError } from './errors.ts';
import { RemoteListeners } from './forward/remote-listeners.ts';
import type { ForwardingConnection, OnConnection, Peer, RemoteListener } from './forward/seam.ts';
import { HostKeyCheck } from './host-keys/check.ts';
import type { Settings } from './settings.ts';
import { internalsOf } from './ssh2-internals.ts';

/** How long a polite goodbye may take. */
const CLOSE_GRACE_MS = 500;
// What an SFTP session has under way at most, which a line of 50 ms needs to be kept busy.
const SUBSYSTEM_WINDOW_BYTES = 16 * 1024 * 1024;
const FORWARD_WINDOW_BYTES = 2 * 1024 * 1024;

/** What was agreed on with the server. */
export interface ConnectionInfo {
  /** `OpenSSH_9.2p1 Debian-2+deb12u3`. */
  readonly serverVersion: string;
  readonly keyExchange: string;
  readonly hostKeyAlgorithm: string;
  readonly cipher: string;
  /** Empty where the cipher needs none. */
  readonly mac: string;
  /** Whether both sides guard the handshake against injected messages (CVE-2023-48795). */
  readonly strictKeyExchange: boolean;
  /** What the server says before the login, made safe for a terminal. */
  readonly banner: string;
}

/** An open line to a host, which carries everything else. */
export class Link implements ForwardingConnection {
  /** `user@10.0.3.7:22`. */
  readonly address: string;
  readonly info: ConnectionInfo;
  /** Resolves when the connection is gone, however it went. */
  readonly closed: Promise<void>;
  readonly #client: Client;
  readonly #channels: Channels;
  readonly #listeners: RemoteListeners;
  readonly #settings: Settings;
  readonly #hostKey: HostKeyCheck;
  readonly #under: Passage | undefined;
  #open = true;

  private constructor(client: Client, settings: Settings, hostKey: HostKeyCheck, road: Road, closed: Promise<void>, info: ConnectionInfo) {
    this.#client = client;
    this.#settings = settings;
    this.#hostKey = hostKey;
    this.#under = road.under;
    this.address = `${settings.user}@${settings.address}:${settings.port}`;
    this.info = info;
    this.closed = closed.then(() => {
      this.#open = false;
      // What still waits for an answer on a dead line must learn of it.
      road.stream.destroy();
    });
    this.#channels = new Channels(client, this.closed, this.address, settings.channelTimeoutMs);
    this.#listeners = new RemoteListeners(client, this.closed, this.address, settings.channelTimeoutMs);
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** Whether a command would have to wait for another to end. */
  get isFull(): boolean {
    return this.#channels.isFull;
  }

  /** Sessions open or waiting. */
  get load(): number {
    return this.#channels.load;
  }

  /**
   * Speaks SSH over a stream: checks the host key, logs in.
   *
   * @throws SshConnectError; `signal.reason` on abort. The stream is destroyed then.
   */
  static async open(settings: Settings, road: Road, signal: AbortSignal): Promise<Link> {
    const where = `${settings.address}:${settings.port}`;
    const { stream } = road;
    const client = new ssh2.Client();
    // From the start: the line may break while known_hosts and keys are read.
    const closed = watchForEnd(client, stream);
    try {
      const hostKey = await HostKeyCheck.prepare({
        host: settings.hostKeyAlias,
        isAlias: settings.hasHostKeyAlias,
        hashKnownHosts: settings.hashKnownHosts,
        revokedHostKeysFiles: settings.revokedHostKeysFiles,
        updateHostKeys: settings.updateHostKeys,
        port: settings.port,
        policy: settings.hostKeyPolicy,
        knownHostsFiles: settings.knownHostsFiles,
        questions: settings.questions,
      });
      const login = await Login.prepare(settings);
      signal.throwIfAborted();
      if (stream.destroyed) throw explain(stream.errored ?? new Error('Connection closed by the server'), login, where);
      const told = listen(client);
      try {
        await ready(client, signal, () => {
          client.connect({
            sock: stream,
            username: settings.user,
            // Only for the change of one that has expired; the handler decides what is tried.
            ...(settings.password === undefined ? {} : { password: settings.password }),
            authHandler: login.handler,
            hostVerifier: hostKey.verifier,
            algorithms: algorithmsFor({
              knownKeyTypes: hostKey.knownKeyTypes,
              hasAuthority: hostKey.hasAuthority,
              lists: settings.algorithms,
            }),
            keepaliveInterval: settings.keepAliveIntervalMs,
            keepaliveCountMax: settings.keepAliveCountMax,
            // The deadline is ours: ssh2's own would count while a person reads a question.
            readyTimeout: 0,
          });
          login.install(client);
          hostKey.install(client);
        });
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw hostKey.refusal ?? explain(error, login, where);
      }
      return new Link(client, settings, hostKey, road, closed, told(client));
    } catch (error) {
      client.destroy();
      stream.destroy();
      await road.under?.close();
      throw error;
    }
  }

  /** Opens a session for a command or a shell; see {@link Session.open}. */
  async openSession(options: OpenOptions = {}): Promise<Session> {
    const line: Line = { channels: this.#live(), client: this.#client, address: this.address, settings: this.#settings };
    return await Session.open(line, options);
  }

  /** Opens a subsystem, such as `sftp`, as a plain stream. It is destroyed with an error when the connection breaks. */
  async openSubsystem(name: string, options: OpenOptions = {}): Promise<Duplex> {
    const stream = new ChannelStream(this.address);
    const channel = await this.#live().open({ kind: 'session' }, SUBSYSTEM_WINDOW_BYTES, stream.listener, options);
    stream.attach(channel);
    if (await channel.request((protocol, id) => protocol.subsystem(id, name, true))) return stream;
    channel.close();
    throw new SshConnectError('SUBSYSTEM_REFUSED', `The server has no subsystem ${name}`, {
      where: this.address,
      fix: `Add a line \`Subsystem ${name} ...\` to its sshd_config`,
    });
  }

  /** Opens a connection from the host to somewhere else (paramiko's `direct-tcpip`). @throws SshChannelError CHANNEL_REFUSED. */
  async openDirect(target: Peer, origin: Peer = { host: '127.0.0.1', port: 0 }): Promise<Duplex> {
    const stream = new ChannelStream(this.address);
    const request = { kind: 'tcp', host: target.host, port: target.port, originHost: origin.host, originPort: origin.port } as const;
    return stream.attach(await this.#live().open(request, FORWARD_WINDOW_BYTES, stream.listener));
  }

  /** Opens a unix socket of the host. @throws SshChannelError CHANNEL_REFUSED. */
  async openDirectUnix(path: string): Promise<Duplex> {
    const stream = new ChannelStream(this.address);
    return stream.attach(await this.#live().open({ kind: 'unix', path }, FORWARD_WINDOW_BYTES, stream.listener));
  }

  /** Listens on a port of the host. @throws SshForwardError LISTEN_REFUSED, LISTEN_TIMEOUT; SshConnectionLostError. */
  async listenRemote(bind: Peer, onConnection: OnConnection): Promise<RemoteListener & { readonly port: number }> {
    return await this.#listeners.listen(bind, onConnection);
  }

  /** Listens on a unix socket of the host. @throws as {@link listenRemote}. */
  async listenRemoteUnix(path: string, onConnection: OnConnection): Promise<RemoteListener> {
    return await this.#listeners.listenUnix(path, onConnection);
  }

  /** Says goodbye, and cuts the line if that takes too long. */
  async close(): Promise<void> {
    this.#client.end();
    await Promise.race([this.closed, delay(CLOSE_GRACE_MS, undefined, { ref: false })]);
    // Not ssh2's own destroy, which does nothing after a goodbye: whoever waits on a dead line would wait for ever.
    this.destroy();
    await this.closed;
    await this.#hostKey.settled();
    await this.#under?.close();
  }

  /** Cuts the line at once. */
  destroy(): void {
    internalsOf(this.#client)._sock.destroy();
  }

  #live(): Channels {
    if (this.#open) return this.#channels;
    throw new SshConnectionLostError('There is no open connection', { where: this.address });
  }
}

/** What a connection runs over: a socket, or a channel through a jump host, which is left when it goes. */
export interface Road {
  readonly stream: Duplex;
  readonly under?: Passage | undefined;
}

function watchForEnd(client: Client, stream: Duplex): Promise<void> {
  // ssh2 reports one failure with several errors, and late ones: whoever is not listening dies of them.
  client.on('error', () => {});
  return new Promise<void>((resolve) => {
    client.once('close', () => resolve());
    stream.once('close', () => resolve());
  });
}

/** Listens to what is said once, during the handshake. */
function listen(client: Client): (client: Client) => ConnectionInfo {
  let negotiated: NegotiatedAlgorithms | undefined;
  let banner = '';
  client.once('handshake', (algorithms) => {
    negotiated = algorithms;
  });
  client.on('banner', (text: string) => {
    // A server may send many; nobody reads more than this.
    if (banner.length < 64 * 1024) banner += neutralise(text);
  });
  return () => ({
    serverVersion: neutralise(internalsOf(client)._remoteVer ?? ''),
    keyExchange: negotiated?.kex ?? '',
    hostKeyAlgorithm: negotiated?.serverHostKey ?? '',
    cipher: negotiated?.cs.cipher ?? '',
    mac: negotiated?.cs.mac ?? '',
    strictKeyExchange: internalsOf(client)._protocol._strictMode === true,
    banner,
  });
}

async function ready(client: Client, signal: AbortSignal, connect: () => void): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    const settle = (act: () => void) => (): void => {
      signal.removeEventListener('abort', onAbort);
      act();
    };
    client.once('ready', settle(resolve));
    // Errors of a key's holder are not fatal: ssh2 goes on to the next method by itself.
    client.on('error', (error: Error & { level?: string }) => {
      if (error.level !== 'agent') settle(() => reject(error))();
    });
    client.once(
      'close',
      settle(() => reject(new Error('Connection closed by the server'))),
    );
    connect();
  });
}

function explain(cause: unknown, login: Login, where: string): SshConnectError | SshSettingsError {
  if (cause instanceof SshConnectError || cause instanceof SshSettingsError) return cause;
  const error = cause as Error & { readonly level?: string };
  if (error.level === 'client-authentication') return login.failure(where, cause);
  if (/no matching/i.test(error.message)) {
    return new SshConnectError('KEX_FAILED', `No algorithm in common: ${error.message}`, {
      where,
      fix: "Update the SSH server if it offers only what is no longer safe; if it is too new, use the system's ssh: ansible_connection: openssh",
      cause,
    });
  }
  // sshd hangs up after MaxAuthTries keys: that is a refusal, and trying again would not help.
  if (login.wasCutShort || /too many authentication failures/i.test(error.message)) return login.failure(where, cause);
  // sshd drops connections unseen above MaxStartups: busy, not unwilling.
  const said = `${error.message} ${(error as { code?: string }).code ?? ''}`;
  const retriable = /before handshake|closed by the server|ECONNRESET|read ECONN/i.test(said);
  return new SshConnectError('CONNECTION_DROPPED', `The server hung up: ${neutralise(error.message)}`, {
    where,
    fix: 'Try again with fewer --forks; check MaxStartups, PerSourcePenalties and the log of its sshd',
    cause,
    retriable,
  });
}
