// A TCP connection as CPython's socket has it: receive when you ask, send when there is room. It does not know who listens.
import { connect, type Socket } from 'node:net';
import { BlockingIOError, BrokenPipeError, ConnectionResetError, StateError, TimeoutError, ValueError } from '../errors.ts';
import type { Wait } from '../seam.ts';
import { TIMED_OUT, Waiters } from '../waiters.ts';
import { Changes } from './changes.ts';
import type { Selectable } from './selectable.ts';

/** Where one end of a connection is. */
export interface TcpAddress {
  readonly host: string;
  readonly port: number;
}

/** Bytes that wait unread here before no more are taken from the kernel, which then makes the sender wait. */
const UNREAD_LIMIT = 65_536;
/** Bytes on their way to the kernel at a time. */
const SEND_CHUNK = 65_536;
const CLOSE_MS = 5_000;

/**
 * A TCP connection, as CPython's `socket.socket`, with TCP_NODELAY set.
 *
 * Each call that can wait has a twin that does not, and throws BlockingIOError instead (`setblocking(False)`). All of them throw
 * ConnectionResetError or BrokenPipeError when the other end is gone, Node's own error for anything else that befell the connection, and
 * StateError once closed here.
 *
 * @example
 * ```ts
 * await using socket = await TcpSocket.connect({ host: '127.0.0.1', port: 8081 }, { timeoutMs: 1000 });
 * await socket.sendAll('hello');
 * console.log((await socket.recv(1024)).toString());
 * ```
 */
export class TcpSocket implements Selectable, AsyncDisposable {
  /** This end. Undefined, as the other, when the connection was gone before it could be asked for. */
  readonly address: TcpAddress | undefined;
  readonly peer: TcpAddress | undefined;
  readonly #socket: Socket;
  readonly #changes = new Changes();
  readonly #listeners = {
    data: (chunk: Buffer): void => this.#take(chunk),
    end: (): void => this.#finish(),
    error: (error: Error): void => this.#fail(error),
    close: (): void => this.#finish(),
  };
  #unread: Buffer[] = [];
  #unreadBytes = 0;
  #reading = false;
  #ended = false;
  #closed = false;
  #detached = false;
  #failure: Error | undefined;

  /** @param socket - Connected, and nobody else's from now on: one that another process handed over, for example. */
  constructor(socket: Socket) {
    this.#socket = socket;
    this.address = addressOf(socket.localAddress, socket.localPort);
    this.peer = addressOf(socket.remoteAddress, socket.remotePort);
    // Who has heard the other end say that it is done may still answer.
    socket.allowHalfOpen = true;
    socket.setNoDelay(true);
    socket.on('end', this.#listeners.end).on('error', this.#listeners.error).on('close', this.#listeners.close);
  }

  /**
   * @param address - Default host 127.0.0.1.
   * @throws TimeoutError; `signal.reason` on abort; Node's error when nobody listens (`ECONNREFUSED`).
   */
  static async connect(address: { readonly host?: string | undefined; readonly port: number }, options: Wait = {}): Promise<TcpSocket> {
    const { host = '127.0.0.1', port } = address;
    const socket = connect({ host, port, allowHalfOpen: true });
    const answer = new Waiters<Error | null>();
    const connected = (): void => answer.wakeAll(null);
    const failed = (error: Error): void => answer.wakeAll(error);
    socket.once('connect', connected).once('error', failed);
    try {
      const got = await answer.wait(options, undefined);
      if (got === TIMED_OUT) throw new TimeoutError(`No connection to ${host}:${port} within ${options.timeoutMs} ms`);
      if (got !== null) throw got;
    } catch (error) {
      socket.destroy();
      throw error;
    }
    socket.off('error', failed);
    return new TcpSocket(socket);
  }

  /** Whether receiving would not wait: bytes, the end, or an error are there. */
  get readable(): boolean {
    return !this.#closed && (this.#unreadBytes > 0 || this.#ended || this.#failure !== undefined);
  }

  /** Whether sending would not wait: everything sent before is with the kernel, or an error is there. */
  get writable(): boolean {
    return !this.#closed && (this.#socket.writableLength === 0 || this.#failure !== undefined);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Waits for bytes.
   *
   * @param size - The most to get, at least 1.
   * @returns What is there, at least one byte; none when the other end has sent its last. What came before a reset is given first.
   * @throws TimeoutError; `signal.reason` on abort; ValueError on a size or timeout that makes no sense; see {@link TcpSocket}.
   */
  async recv(size: number, options: Wait = {}): Promise<Buffer> {
    const got = await this.#changes.until(() => this.#receive(size), options);
    if (got === TIMED_OUT) throw new TimeoutError(`Nothing was received within ${options.timeoutMs} ms`);
    return got;
  }

  /**
   * What is there, as {@link recv}. Bytes arrive when the event loop turns: who polls awaits something between two looks.
   *
   * @throws BlockingIOError when nothing is there yet.
   */
  recvNowait(size: number): Buffer {
    const got = this.#receive(size);
    if (got === undefined) throw new BlockingIOError('Nothing has been received yet');
    return got;
  }

  /**
   * Sends everything, waiting for the other end whenever the kernel has no room. Two at once on one socket may mix beyond 64 KiB.
   *
   * @returns When the kernel has all of it: what was given may be changed again.
   * @throws TimeoutError and `signal.reason`, with an unknown part of it sent, as CPython's; see {@link TcpSocket}.
   */
  async sendAll(data: Uint8Array | string, options: Wait = {}): Promise<void> {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    let offset = 0;
    const attempt = (): true | undefined => {
      this.#checkUsable();
      for (; this.#socket.writableLength === 0; offset += SEND_CHUNK) {
        if (offset >= bytes.length) return true;
        this.#write(bytes.subarray(offset, offset + SEND_CHUNK));
      }
      return undefined;
    };
    if ((await this.#changes.until(attempt, options)) === TIMED_OUT)
      throw new TimeoutError(`Not everything could be sent within ${options.timeoutMs} ms`);
  }

  /**
   * Sends as much as there is room for, as CPython's `send` on a socket that does not block.
   *
   * @returns How many bytes that was: from the first on, and at least one unless `data` is empty.
   * @throws BlockingIOError when there is no room; see {@link TcpSocket}.
   */
  sendNowait(data: Uint8Array | string): number {
    this.#checkUsable();
    if (this.#socket.writableLength > 0) throw new BlockingIOError('The other end has not taken yet what was sent');
    // A copy: what the kernel did not take at once is written later, when the caller may have changed it.
    const chunk = Buffer.from(typeof data === 'string' ? Buffer.from(data) : data).subarray(0, SEND_CHUNK);
    if (chunk.length > 0) this.#write(chunk);
    return chunk.length;
  }

  /** Says that nothing more will be sent; receiving goes on. As CPython's `shutdown(SHUT_WR)`. */
  shutdown(): void {
    this.#checkUsable();
    this.#socket.end();
  }

  /**
   * Sends what was sent, then hangs up. What was not received is lost, and who waits here gets a StateError. Again is harmless.
   *
   * @param options - How long to go on sending to someone who does not receive, before hanging up anyhow. Default 5 s.
   * @throws `signal.reason` on abort; it has hung up then too.
   */
  async close(options: Wait = {}): Promise<void> {
    if (this.#detached) return;
    const socket = this.#socket;
    this.#forget();
    socket.end(() => socket.destroy());
    try {
      await this.#changes.until(() => socket.closed || undefined, { timeoutMs: options.timeoutMs ?? CLOSE_MS, signal: options.signal });
    } finally {
      socket.destroy();
    }
  }

  /** Hangs up without a goodbye: the other end sees ECONNRESET. As closing with SO_LINGER 0. Again is harmless. */
  reset(): void {
    if (this.#detached) return;
    const socket = this.#socket;
    this.#forget();
    // libuv refuses while a goodbye is under way, and Node then keeps the handle, and a core, for ever.
    if (socket.writableEnded && !socket.writableFinished) socket.destroy();
    else socket.resetAndDestroy();
  }

  /**
   * Gives the connection away, to hand it to another process for example: this object is closed, the connection is not.
   *
   * @throws StateError when it was read from already: what came would be lost.
   */
  detach(): Socket {
    this.#checkUsable();
    if (this.#reading) throw new StateError('The socket was read from already', { fix: 'Detach it before anything is received' });
    this.#forget();
    this.#detached = true;
    const socket = this.#socket;
    for (const [event, listener] of Object.entries(this.#listeners)) socket.off(event, listener);
    return socket;
  }

  watch(listener: () => void): () => void {
    if (!this.#closed) this.#read();
    return this.#changes.watch(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  toString(): string {
    const name = (end: TcpAddress | undefined): string => (end === undefined ? '?' : `${end.host}:${end.port}`);
    return `<TcpSocket ${this.#closed ? 'closed' : 'open'} ${name(this.address)} <-> ${name(this.peer)}>`;
  }

  /** What can be had now; undefined: it would have to wait. */
  #receive(size: number): Buffer | undefined {
    if (!Number.isInteger(size) || size < 1)
      throw new ValueError(`${size} bytes cannot be received`, { fix: 'Ask for a whole number from 1 up: none at all means the end' });
    this.#checkOpen();
    if (this.#unreadBytes === 0) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#ended) return Buffer.alloc(0);
      this.#read();
      return undefined;
    }
    const all = this.#unread.length === 1 ? (this.#unread[0] as Buffer) : Buffer.concat(this.#unread);
    this.#unread = all.length > size ? [all.subarray(size)] : [];
    this.#unreadBytes = Math.max(0, all.length - size);
    this.#read();
    return all.subarray(0, size);
  }

  // Reading begins when somebody asks, and rests while enough is unread.
  #read(): void {
    if (!this.#reading) this.#socket.on('data', this.#listeners.data);
    this.#reading = true;
    if (this.#unreadBytes < UNREAD_LIMIT) this.#socket.resume();
  }

  #take(chunk: Buffer): void {
    if (this.#closed) return;
    this.#unread.push(chunk);
    this.#unreadBytes += chunk.length;
    if (this.#unreadBytes >= UNREAD_LIMIT) this.#socket.pause();
    this.#changes.tell();
  }

  #write(chunk: Uint8Array): void {
    // How it fails is told by 'error'.
    this.#socket.write(chunk, () => this.#changes.tell());
  }

  #finish(): void {
    this.#ended = true;
    this.#changes.tell();
  }

  #fail(error: NodeJS.ErrnoException): void {
    const where = this.peer === undefined ? undefined : `${this.peer.host}:${this.peer.port}`;
    if (error.code === 'ECONNRESET') this.#failure = new ConnectionResetError({ where, cause: error });
    else if (error.code === 'EPIPE') this.#failure = new BrokenPipeError('Broken pipe', { where, cause: error });
    else this.#failure = error;
    this.#changes.tell();
  }

  #forget(): void {
    this.#closed = true;
    this.#unread = [];
    this.#unreadBytes = 0;
    this.#changes.tell();
  }

  #checkOpen(): void {
    if (this.#closed) throw new StateError('The socket is closed', { fix: 'Use it before close(), or connect a new one' });
  }

  #checkUsable(): void {
    this.#checkOpen();
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#socket.writableEnded) throw new BrokenPipeError('Nothing can be sent after shutdown()');
  }
}

function addressOf(host: string | undefined, port: number | undefined): TcpAddress | undefined {
  return host === undefined || port === undefined ? undefined : { host, port };
}
