// An SSH server that means harm, over npm ssh2's own: what it does wrong is up to the test. It does not know who its client is.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import ssh2, { type Connection, type ServerChannel } from 'ssh2';
import type { ConnectOptions } from '#src/ssh/settings';
import { generateKeyPair } from '#src/testing/key-pair';

/** What we use of ssh2 beyond its public interface: the way to say what no honest server says. */
interface Internals {
  readonly _protocol: {
    _hostKeys: unknown;
    readonly _packetRW: {
      readonly write: { readonly allocStart: number; alloc(bytes: number): Buffer; finalize(packet: Buffer): Buffer };
    };
    channelOpenConfirm(remote: number, local: number, windowBytes: number, packetBytes: number): void;
    channelSuccess(remote: number): void;
  };
}
const require = createRequire(import.meta.url);
const { sendPacket } = require('ssh2/lib/protocol/utils.js') as { readonly sendPacket: (protocol: unknown, packet: Buffer) => void };

/** One client, as the server sees it. */
export class Victim {
  readonly connection: Connection;
  readonly #socket: net.Socket;

  constructor(connection: Connection, socket: net.Socket) {
    this.connection = connection;
    this.#socket = socket;
  }

  /** Sends any message: its number and its fields. */
  send(number: number, ...fields: readonly Uint8Array[]): void {
    const { _protocol: protocol } = this.#internals;
    const { write } = protocol._packetRW;
    const payload = Buffer.concat([Buffer.of(number), ...fields]);
    const packet = write.alloc(payload.length);
    packet.set(payload, write.allocStart);
    sendPacket(protocol, write.finalize(packet));
  }

  /** From now on every session is opened as one that takes packets of this size at most. */
  openWithPacketBytes(packetBytes: number): void {
    const { _protocol: protocol } = this.#internals;
    const confirm = protocol.channelOpenConfirm.bind(protocol);
    protocol.channelOpenConfirm = (remote, local, windowBytes) => confirm(remote, local, windowBytes, packetBytes);
  }

  /** From now on no request of a channel is answered with a yes. */
  forgetToAnswer(): void {
    this.#internals._protocol.channelSuccess = () => {};
  }

  /** Exchanges keys once more, as another server. */
  rekeyAsSomebodyElse(): void {
    const key = ssh2.utils.parseKey(generateKeyPair('').privateKey);
    this.#internals._protocol._hostKeys = { 'ssh-ed25519': key };
    this.connection.rekey();
  }

  /** Every command it runs, as the channel its output goes to. Nothing is run. */
  onCommand(act: (channel: ServerChannel, command: string) => void): void {
    this.connection.on('session', (accept) => {
      accept().on('exec', (accepted, _refuse, { command }) => act(accepted(), command));
    });
  }

  /** Ends the connection without a word. */
  drop(): void {
    this.#socket.destroy();
  }

  get #internals(): Internals {
    return this.connection as unknown as Internals;
  }
}

interface HostileOptions {
  /** After the keys are agreed on, before anybody has logged in. */
  readonly beforeLogin?: (victim: Victim) => void;
  /** After the login, which takes any password. */
  readonly afterLogin?: (victim: Victim) => void;
}

/** A hostile server on loopback. */
export class HostileServer implements AsyncDisposable {
  readonly port: number;
  readonly #directory: string;
  readonly #listener: net.Server;
  readonly #sockets: Set<net.Socket>;

  private constructor(listener: net.Server, sockets: Set<net.Socket>, directory: string) {
    this.port = (listener.address() as net.AddressInfo).port;
    this.#listener = listener;
    this.#sockets = sockets;
    this.#directory = directory;
  }

  static async start(options: HostileOptions): Promise<HostileServer> {
    const sockets = new Set<net.Socket>();
    const hostKeys = [generateKeyPair('').privateKey];
    const listener = net.createServer({ noDelay: true }, (socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      const server = new ssh2.Server({ hostKeys }, (connection) => serve(new Victim(connection, socket), options));
      server.injectSocket(socket);
    });
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    return new HostileServer(listener, sockets, await mkdtemp(path.join(os.tmpdir(), 'sshoal-hostile-')));
  }

  /** How to get in: its key is accepted, once. */
  connectOptions(more: Partial<ConnectOptions> = {}): ConnectOptions {
    return {
      host: '127.0.0.1',
      port: this.port,
      user: 'victim',
      password: 'secret',
      hostKeyPolicy: 'accept-new',
      knownHostsFiles: [path.join(this.#directory, 'known_hosts')],
      homeDirectory: this.#directory,
      allowAgent: false,
      connectTimeoutMs: 5_000,
      channelTimeoutMs: 500,
      ...more,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#listener, 'close');
    this.#listener.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    await rm(this.#directory, { recursive: true, force: true });
  }
}

function serve(victim: Victim, { beforeLogin, afterLogin }: HostileOptions): void {
  const { connection } = victim;
  // Clients that are treated like this hang up in many ways.
  connection.on('error', () => {});
  connection.on('handshake', () => beforeLogin?.(victim));
  connection.on('authentication', (attempt) => {
    if (attempt.method === 'password') attempt.accept();
    else attempt.reject(['password']);
  });
  connection.on('ready', () => afterLogin?.(victim));
}
