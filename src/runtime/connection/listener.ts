// Conversations between programs that know the same key, over a socket file or TCP. It does not know what is said.
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { authenticate } from '../broker/auth.ts';
import { Frames } from '../broker/frames.ts';
import { BrokenPipeError, EOFError, ShutDown, StateError } from '../errors.ts';
import { Queue } from '../local/queue.ts';
import type { Wait } from '../seam.ts';
import { thisContext } from '../units/context.ts';
import { fromWire, toWire } from '../wire/convert.ts';

/** A path of a socket file, or host and port (0: any free one). */
export type Address = string | { readonly host: string; readonly port: number };

export interface ListenerOptions {
  /** Default: of this program, inherited by its children. */
  readonly authkey?: Uint8Array | undefined;
  readonly backlog?: number | undefined;
}

/** A conversation with another program, as CPython's `multiprocessing.connection.Connection`: whole messages, both ways. */
export class SocketConnection implements AsyncDisposable {
  readonly #frames: Frames;
  readonly #received = new Queue<unknown>();

  constructor(socket: Socket) {
    this.#frames = new Frames(socket);
    this.#frames.onMessage((message) => this.#received.putNowait(message));
    this.#frames.onUnsendable((_, error) => process.emitWarning(error as Error));
    // How it ends is told by 'close'.
    socket.on('error', () => undefined);
    socket.once('close', () => this.#received.shutdown());
  }

  /** @throws BrokenPipeError when the other side is gone; NotSerializableError. */
  async send(message: unknown): Promise<void> {
    const { socket } = this.#frames;
    if (socket.destroyed || !socket.writable) throw new BrokenPipeError();
    this.#frames.send(toWire(message));
    this.#frames.flush();
    if (this.#frames.congested) await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
  }

  /** @throws EOFError when everything was received and the other side has closed; Empty when the time is over. */
  async recv(options: Wait = {}): Promise<unknown> {
    try {
      return fromWire(await this.#received.get(options));
    } catch (error) {
      if (error instanceof ShutDown) throw new EOFError();
      throw error;
    }
  }

  /** Whether something can be received, or the end has come. A negative time is none. */
  async poll(options: Wait = { timeoutMs: 0 }): Promise<boolean> {
    const timeoutMs = options.timeoutMs === undefined ? undefined : Math.max(0, options.timeoutMs);
    return await this.#received.ready({ timeoutMs, signal: options.signal });
  }

  async ready(options: Wait): Promise<boolean> {
    return await this.poll(options);
  }

  /** Sends what was sent, then hangs up. */
  async close(): Promise<void> {
    const { socket } = this.#frames;
    if (socket.destroyed) return;
    this.#frames.flush();
    const closed = once(socket, 'close');
    socket.end(() => socket.destroy());
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** As CPython's `multiprocessing.connection.Listener`: gives a conversation for each that knows the key. */
export class Listener implements AsyncDisposable {
  readonly #server: Server;
  readonly #authkey: Uint8Array;
  readonly #arrived = new Queue<Socket>();

  private constructor(server: Server, authkey: Uint8Array) {
    this.#server = server;
    this.#authkey = authkey;
    server.on('connection', (socket) => this.#arrived.putNowait(socket));
  }

  /** @throws Errors of node:net: an address in use. */
  static async open(address: Address, options: ListenerOptions = {}): Promise<Listener> {
    const server = createServer();
    const listener = new Listener(server, options.authkey ?? thisContext().authkey);
    server.listen(typeof address === 'string' ? { path: address, backlog: options.backlog } : { ...address, backlog: options.backlog });
    await once(server, 'listening');
    return listener;
  }

  /** Where it listens, with the port it was given. @throws StateError once closed. */
  get address(): Address {
    const address = this.#server.address();
    if (address === null) throw new StateError('listener is closed');
    return typeof address === 'string' ? address : { host: address.address, port: address.port };
  }

  /** @throws AuthenticationError when the other side has another key; ShutDown once closed; `signal.reason` on abort. */
  async accept(options: Wait = {}): Promise<SocketConnection> {
    const socket = await this.#arrived.get(options);
    return await greeted(socket, this.#authkey, 'server');
  }

  async close(): Promise<void> {
    this.#arrived.shutdown();
    for (
      let socket = this.#arrived.qsize() > 0 ? this.#arrived.getNowait() : undefined;
      socket !== undefined;
      socket = this.#arrived.qsize() > 0 ? this.#arrived.getNowait() : undefined
    )
      socket.destroy();
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** As CPython's `multiprocessing.connection.Client`. @throws AuthenticationError; errors of node:net. */
export async function connectTo(address: Address, options: Omit<ListenerOptions, 'backlog'> = {}): Promise<SocketConnection> {
  const socket = typeof address === 'string' ? connect(address) : connect({ ...address, noDelay: true });
  await once(socket, 'connect');
  return await greeted(socket, options.authkey ?? thisContext().authkey, 'client');
}

async function greeted(socket: Socket, authkey: Uint8Array, side: 'server' | 'client'): Promise<SocketConnection> {
  const fail = (): undefined => undefined;
  socket.on('error', fail);
  try {
    await authenticate(socket, authkey, side);
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return new SocketConnection(socket);
}
