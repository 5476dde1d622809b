// Listens for TCP connections, and gives them out one by one. It does not know what is said over them.
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { BlockingIOError, StateError, TimeoutError } from '../errors.ts';
import type { Wait } from '../seam.ts';
import { TIMED_OUT } from '../waiters.ts';
import { Changes } from './changes.ts';
import type { Selectable } from './selectable.ts';
import { type TcpAddress, TcpSocket } from './socket.ts';

export interface ListenOptions {
  /** Default 127.0.0.1. */
  readonly host?: string | undefined;
  /** Default 0: any free one. */
  readonly port?: number | undefined;
  /**
   * Connections the kernel may keep until Node takes them; default 511. It is no limit to how many wait for accept(): Node takes them at
   * once. Nothing is read from those, so that each costs a descriptor, and no memory here.
   */
  readonly backlog?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A listening TCP socket, as CPython's after `bind` and `listen`. On Unix the port can be bound again at once: SO_REUSEADDR is set.
 *
 * @example
 * ```ts
 * using server = await TcpServer.listen({ port: 8081 });
 * for await (const conn of server) new Thread({ target: talk, args: [conn] }).start();
 * ```
 */
export class TcpServer implements Selectable, AsyncIterable<TcpSocket>, Disposable {
  readonly address: TcpAddress;
  readonly #server: Server;
  readonly #changes = new Changes();
  /** In order of arrival; an error where the kernel could not give one out. */
  readonly #arrived: (Socket | Error)[] = [];
  #closed = false;

  private constructor(server: Server, address: TcpAddress) {
    this.#server = server;
    this.address = address;
    server.on('connection', (socket) => this.#arrive(socket));
    server.on('error', (error) => this.#arrive(error));
  }

  /** @throws Node's error where it cannot listen (`EADDRINUSE`, `EACCES`); `signal.reason` on abort. */
  static async listen(options: ListenOptions = {}): Promise<TcpServer> {
    const { host = '127.0.0.1', port = 0, backlog, signal } = options;
    signal?.throwIfAborted();
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
    try {
      server.listen({ host, port, backlog });
      await once(server, 'listening', signal === undefined ? {} : { signal });
    } catch (error) {
      server.close();
      // An AbortError of once() wraps the reason.
      signal?.throwIfAborted();
      throw error;
    }
    const at = server.address();
    if (at === null || typeof at === 'string') throw new StateError('The server has no address');
    return new TcpServer(server, { host: at.address, port: at.port });
  }

  /** Whether accepting would not wait. */
  get readable(): boolean {
    return this.#arrived.length > 0;
  }

  /** Never: nothing can be sent to a server. */
  get writable(): boolean {
    return false;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Waits for a connection. Its `peer` tells from where: what CPython gives as `addr`.
   *
   * @throws TimeoutError; `signal.reason` on abort; StateError once closed; Node's error when the kernel could not give one out (`EMFILE`).
   */
  async accept(options: Wait = {}): Promise<TcpSocket> {
    const got = await this.#changes.until(() => this.#next(), options);
    if (got === TIMED_OUT) throw new TimeoutError(`Nobody connected within ${options.timeoutMs} ms`);
    return got;
  }

  /** @throws BlockingIOError when nobody waits; StateError once closed. */
  acceptNowait(): TcpSocket {
    const got = this.#next();
    if (got === undefined) throw new BlockingIOError('Nobody has connected yet');
    return got;
  }

  /** Listens no more, and hangs up on those who wait. Connections given out go on. Again is harmless. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const socket of this.#arrived.splice(0)) if (!(socket instanceof Error)) reject(socket);
    this.#server.close();
    this.#changes.tell();
  }

  watch(listener: () => void): () => void {
    return this.#changes.watch(listener);
  }

  /** Accepts until it is closed. */
  async *[Symbol.asyncIterator](): AsyncGenerator<TcpSocket, void, undefined> {
    for (;;) {
      const got = await this.#changes.until(() => (this.#closed ? null : this.#next()), {});
      if (got === null || got === TIMED_OUT) return;
      yield got;
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  toString(): string {
    return `<TcpServer ${this.#closed ? 'closed' : 'open'} ${this.address.host}:${this.address.port}>`;
  }

  #arrive(arrival: Socket | Error): void {
    // The last ones, while it closes.
    if (this.#closed) {
      if (!(arrival instanceof Error)) reject(arrival);
      return;
    }
    this.#arrived.push(arrival);
    this.#changes.tell();
  }

  #next(): TcpSocket | undefined {
    if (this.#closed) throw new StateError('The server is closed', { fix: 'Accept before close(), or listen again' });
    const next = this.#arrived.shift();
    if (next instanceof Error) throw next;
    return next === undefined ? undefined : new TcpSocket(next);
  }
}

// As the kernel does with those in the queue of a socket that is closed.
function reject(socket: Socket): void {
  socket.on('error', () => undefined);
  socket.resetAndDestroy();
}
