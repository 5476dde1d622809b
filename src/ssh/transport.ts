// A connection in paramiko's Transport words: made for a place, connected with a login, asked for sessions. It is a Link under another hat.
import type { Duplex } from 'node:stream';
import type { Session } from './command.ts';
import { connect } from './connect.ts';
import { SshConnectionLostError } from './errors.ts';
import type { ConnectionInfo, Link } from './link.ts';
import type { ConnectOptions } from './settings.ts';
import { SFTPClient } from './sftp/client.ts';

/** Where a transport goes: paramiko's `(host, port)`. */
export interface Place {
  readonly host: string;
  /** Default 22. */
  readonly port?: number | undefined;
}

/**
 * One connection, whose sessions the caller opens one by one. {@link SSHClient} is the easier way to commands.
 *
 * Unlike paramiko's, it checks the host key against known_hosts without being told to.
 *
 * @example
 * ```ts
 * const transport = new Transport({ host: '192.168.1.172', port: 22 });
 * await transport.connect({ user: 'root', password: 'xxx' });
 * const sftp = await SFTPClient.fromTransport(transport);
 * await sftp.put('/tmp/id_rsa', '/etc/test.rsa');
 * await transport.close();
 * ```
 */
export class Transport implements AsyncDisposable {
  readonly #place: Place;
  #link: Link | undefined;

  constructor(place: Place) {
    this.#place = place;
  }

  /**
   * Connects, checks the host key and logs in.
   *
   * @throws SshConnectError and SshSettingsError with their codes; `signal.reason` on abort.
   */
  async connect(options: Omit<ConnectOptions, 'host' | 'port'> = {}): Promise<void> {
    await this.close();
    this.#link = await connect({ ...options, ...this.#place });
  }

  get isActive(): boolean {
    return this.#link?.isOpen ?? false;
  }

  /** What was agreed on with the server; undefined before the connect. */
  get info(): ConnectionInfo | undefined {
    return this.#link?.info;
  }

  /** Resolves when the connection is gone, however it went. */
  get closed(): Promise<void> {
    return this.#link?.closed ?? Promise.resolve();
  }

  /** Opens a session, which becomes one command or one shell. It waits for its turn when the server allows no more. */
  async openSession(signal?: AbortSignal): Promise<Session> {
    return await this.#open().openSession({ signal });
  }

  /** Opens a subsystem, such as `netconf`, as a plain stream. */
  async openSubsystem(name: string): Promise<Duplex> {
    return await this.#open().openSubsystem(name);
  }

  /** Opens a connection from the host to somewhere else: paramiko's `direct-tcpip` channel. @throws SshChannelError CHANNEL_REFUSED. */
  async openDirect(target: { readonly host: string; readonly port: number }): Promise<Duplex> {
    return await this.#open().openDirect(target);
  }

  /** Opens an SFTP session; `SFTPClient.fromTransport` does the same. */
  async openSftp(): Promise<SFTPClient> {
    return await SFTPClient.open(await this.openSubsystem('sftp'));
  }

  async close(): Promise<void> {
    await this.#link?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #open(): Link {
    if (this.#link?.isOpen === true) return this.#link;
    throw new SshConnectionLostError('There is no open connection', { where: `${this.#place.host}:${this.#place.port ?? 22}` });
  }
}
