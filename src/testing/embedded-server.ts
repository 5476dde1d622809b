// A real SSH server inside this process, for tests without a machine. It does not know how many of its kind there are.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import ssh2, { type Connection } from 'ssh2';
import { EmbeddedError } from './errors.ts';
import { generateKeyPair, type KeyPair } from './key-pair.ts';
import { decideLogin } from './login.ts';
import { LoginSession } from './login-session.ts';
import { endMarked } from './process-group.ts';

export interface EmbeddedServerOptions {
  /** HOME of every command, and where relative SFTP paths start; made if it is not there, and kept. Default: a new one, removed at the stop. */
  readonly directory?: string | undefined;
  /** The only user who may log in. Default: the local one. Commands run as the local user in any case. */
  readonly user?: string | undefined;
  /** Also accepted; default: the key alone. */
  readonly password?: string | undefined;
  /** The only key that may log in. Default: a new one. */
  readonly clientKey?: KeyPair | undefined;
}

const LOOPBACK = '127.0.0.1';

/**
 * An SSH server on a free port of 127.0.0.1, with host key, login and SFTP of its own, to be used as a host in tests.
 *
 * It answers on the loopback interface only, and lets in only its own generated key and the password it was given. But whoever logs in
 * **runs commands as you, on this machine**: the directory is where they start, not a wall around them.
 * There are no pseudo-terminals. What runs on it ends with its connection, as it would not with sshd, and at the latest with {@link stop}
 * (elsewhere than on Linux, daemons that leave their process group stay).
 *
 * @example
 * ```ts
 * await using server = await EmbeddedServer.start();
 * // log in to server.host, server.port as server.user with server.clientKey.privateKey
 * ```
 */
export class EmbeddedServer implements AsyncDisposable {
  readonly host = LOOPBACK;
  readonly user: string;
  /** The absolute path, without links. */
  readonly directory: string;
  readonly clientKey: KeyPair;
  /** Type and key of the host, as in a .pub file. */
  readonly hostKey: string;
  readonly #listener: net.Server;
  readonly #ssh: InstanceType<typeof ssh2.Server>;
  readonly #password: string | undefined;
  readonly #mark = randomUUID();
  readonly #sockets = new Set<net.Socket>();
  readonly #sessions = new Map<LoginSession, Promise<void> | undefined>();
  readonly #removeDirectory: boolean;
  #port = 0;
  #most = 0;
  #ran = false;
  #frozen = false;
  #stopped: Promise<void> | undefined;

  private constructor(directory: string, removeDirectory: boolean, options: EmbeddedServerOptions) {
    const hostKey = generateKeyPair('');
    this.directory = directory;
    this.#removeDirectory = removeDirectory;
    this.user = options.user ?? os.userInfo().username;
    this.#password = options.password;
    this.clientKey = options.clientKey ?? generateKeyPair(this.user);
    this.hostKey = hostKey.publicKey.trim();
    this.#ssh = new ssh2.Server({ hostKeys: [hostKey.privateKey] }, (connection) => this.#login(connection));
    this.#listener = net.createServer((socket) => this.#connect(socket));
  }

  /** @throws EmbeddedError EMBEDDED_NO_SHELL without /bin/sh; errors of node:fs about the directory. */
  static async start(options: EmbeddedServerOptions = {}): Promise<EmbeddedServer> {
    await access('/bin/sh', constants.X_OK).catch((cause: unknown) => {
      throw new EmbeddedError('EMBEDDED_NO_SHELL', 'An embedded server runs commands through /bin/sh, which is not here', {
        fix: 'Use it on Linux or macOS',
        cause,
      });
    });
    if (options.directory !== undefined) await mkdir(options.directory, { recursive: true });
    const directory = options.directory ?? (await mkdtemp(path.join(os.tmpdir(), 'sshoal-host-')));
    const server = new EmbeddedServer(await realpath(directory), options.directory === undefined, options);
    await server.accept();
    return server;
  }

  get port(): number {
    return this.#port;
  }

  /** The server's line for a known_hosts file, without a newline. */
  get knownHostsLine(): string {
    return `[${this.host}]:${this.port} ${this.hostKey}`;
  }

  /** How many connections there were at once, at most. */
  get mostConnections(): number {
    return this.#most;
  }

  /** Takes new connections, on the same port as before. It does so from the start. */
  async accept(): Promise<void> {
    if (this.#listener.listening) return;
    this.#listener.listen(this.#port, this.host);
    await once(this.#listener, 'listening');
    this.#port = (this.#listener.address() as net.AddressInfo).port;
  }

  /** Refuses new connections, as a machine whose sshd is down; those there are stay. */
  refuse(): void {
    this.#listener.close();
  }

  /** Breaks every connection without a goodbye, as a machine that loses its power and comes back; what they ran ends. */
  kill(): void {
    for (const socket of this.#sockets) {
      // Node 20 spins for ever on a reset of a socket that is saying goodbye.
      if (socket.writableEnded) socket.destroy();
      else socket.resetAndDestroy();
    }
  }

  /** Neither reads nor answers any more, as a machine that hangs; connections are taken, but stay silent. */
  freeze(): void {
    this.#frozen = true;
    for (const socket of this.#sockets) {
      socket.pause();
      socket.cork();
    }
  }

  /** Goes on where it froze. */
  thaw(): void {
    if (!this.#frozen) return;
    this.#frozen = false;
    for (const socket of this.#sockets) {
      socket.uncork();
      if (socket.listenerCount('data') === 0) this.#ssh.injectSocket(socket);
      else socket.resume();
    }
  }

  /** Ends everything: connections, commands and what they left behind, the directory if it made it. A second call waits for the first. */
  async stop(): Promise<void> {
    await EmbeddedServer.stopAll([this]);
  }

  /** As {@link stop}, for many at once, with one search for what they left behind. */
  static async stopAll(servers: Iterable<EmbeddedServer>): Promise<void> {
    const all = [...servers];
    await Promise.all(all.map((server) => server.#close()));
    const marks = new Set(all.filter((server) => server.#ran).map((server) => server.#mark));
    if (marks.size > 0) await endMarked(marks);
    const directories = all.filter((server) => server.#removeDirectory).map((server) => server.directory);
    await Promise.all(directories.map((directory) => rm(directory, { recursive: true, force: true })));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #close(): Promise<void> {
    this.#stopped ??= (async () => {
      const closed = this.#listener.listening ? once(this.#listener, 'close') : undefined;
      this.#listener.close();
      for (const socket of this.#sockets) socket.destroy();
      await Promise.all([...this.#sessions.keys()].map((session) => this.#end(session)));
      await closed;
    })();
    return this.#stopped;
  }

  #connect(socket: net.Socket): void {
    this.#sockets.add(socket);
    this.#most = Math.max(this.#most, this.#sockets.size);
    socket.setNoDelay(true);
    socket.once('close', () => this.#sockets.delete(socket));
    // ssh2 listens too, but not before its turn; a socket of a frozen server breaks without it.
    socket.on('error', () => socket.destroy());
    if (this.#frozen) socket.pause().cork();
    else this.#ssh.injectSocket(socket);
  }

  #login(connection: Connection): void {
    const { user, clientKey } = this;
    // A connection that breaks is an everyday event for a server: its end is told by 'close'.
    connection.on('error', () => undefined);
    connection.on('authentication', (attempt) => decideLogin(attempt, { user, publicKey: clientKey.publicKey, password: this.#password }));
    connection.once('ready', () => {
      const session = new LoginSession(connection, { directory: this.directory, user, mark: this.#mark });
      this.#sessions.set(session, undefined);
      connection.once('close', () => {
        // One that failed to end stays, so that the stop tells why.
        this.#end(session).then(
          () => this.#sessions.delete(session),
          () => undefined,
        );
      });
    });
  }

  #end(session: LoginSession): Promise<void> {
    this.#ran ||= session.started;
    const ending = this.#sessions.get(session) ?? session.end();
    this.#sessions.set(session, ending);
    return ending;
  }
}
