// A tunnel: listens on one side and connects on the other, each connection by itself. It does not know what carries it.
import { setMaxListeners } from 'node:events';
import type { Duplex } from 'node:stream';
import type { SshoalError } from '../../base/errors.ts';
import { SshConnectionLostError, SshForwardError } from '../errors.ts';
import { checkForward, endpointText } from './endpoint.ts';
import { dialHere, listenHere } from './here.ts';
import { forwardText } from './parse.ts';
import { cut, letGo, relay } from './relay.ts';
import type { Endpoint, Forward, ForwardingConnection, Peer, RemoteListener } from './seam.ts';
import { readSocksRequest, type SocksRequest } from './socks.ts';

const MAX_CONNECTIONS = 1_000;
/** How long a client of the SOCKS proxy may think about what it wants. */
const SOCKS_REQUEST_MS = 30_000;

export interface TunnelOptions {
  /** Connections at once; further ones are cut off, with an event. Default 1000. */
  readonly maxConnections?: number | undefined;
  /** Whether a socket file in the way on this machine is removed first, as ssh's StreamLocalBindUnlink. Default false. */
  readonly replaceSocket?: boolean | undefined;
  /** Told of every connection, and of the tunnel's end where nobody asked for it. Must not throw. */
  readonly onEvent?: ((event: TunnelEvent) => void) | undefined;
}

/** What happens to a tunnel. `id` counts its connections from 1; `from` and `to` are `10.0.0.5:51234` or a path. */
export type TunnelEvent =
  | { readonly kind: 'opened'; readonly id: number; readonly from: string; readonly to: string }
  /** It came to nothing: the target, the server, or SOCKS said no; `to` is known once the client has said it. */
  | { readonly kind: 'refused'; readonly id: number; readonly from: string; readonly to?: string | undefined; readonly error: Error }
  | {
      readonly kind: 'closed';
      readonly id: number;
      /** From whoever connected, to the target. */
      readonly sentBytes: number;
      readonly receivedBytes: number;
      /** What broke it, where it did not end by itself. */
      readonly error?: Error | undefined;
    }
  /** The tunnel has ended because its connection has. */
  | { readonly kind: 'ended'; readonly error: SshoalError };

export interface TunnelCounts {
  /** Connections at this moment. */
  readonly open: number;
  readonly total: number;
  readonly refused: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

/** An open tunnel. It ends with its connection, or when it is closed. */
export class Tunnel implements AsyncDisposable {
  readonly forward: Forward;
  readonly #connection: ForwardingConnection;
  readonly #options: TunnelOptions;
  #isClosed = (): void => {};
  readonly #stop = new AbortController();
  readonly #streams = new Set<Duplex>();
  readonly #serving = new Set<Promise<void>>();
  readonly #counts = { open: 0, total: 0, refused: 0, sentBytes: 0, receivedBytes: 0 };
  /** Resolves when the tunnel has ended, however it did, and everything of it is gone. */
  readonly closed: Promise<void>;
  #listening: Endpoint;
  #listener: RemoteListener | undefined;

  private constructor(connection: ForwardingConnection, forward: Forward, options: TunnelOptions) {
    this.forward = forward;
    this.#connection = connection;
    this.#options = options;
    this.#listening = forward.listen;
    // Every connection on its way listens: hundreds are no leak.
    setMaxListeners(0, this.#stop.signal);
    this.closed = new Promise((resolve) => {
      this.#isClosed = resolve;
    });
  }

  /**
   * Opens a tunnel.
   *
   * @throws SshSettingsError FORWARD_SYNTAX; SshForwardError LISTEN_FAILED, LISTEN_REFUSED, LISTEN_TIMEOUT; SshConnectionLostError.
   */
  static async open(connection: ForwardingConnection, forward: Forward, options: TunnelOptions = {}): Promise<Tunnel> {
    checkForward(forward, forwardText(forward));
    const tunnel = new Tunnel(connection, forward, options);
    await tunnel.#listen();
    const lost = new SshConnectionLostError('The connection that carries the tunnel broke', { where: connection.address });
    void connection.closed.then(async () => await tunnel.#end(lost));
    return tunnel;
  }

  /** Where it listens, with the real port. */
  get listening(): Endpoint {
    return this.#listening;
  }

  get counts(): TunnelCounts {
    return { ...this.#counts };
  }

  /** Stops listening, cuts every connection, and removes the socket file it has made on this machine. */
  async close(): Promise<void> {
    await this.#end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #listen(): Promise<void> {
    const { side, listen } = this.forward;
    const take = (near: Duplex, from?: Peer): void => this.#take(near, from);
    if (side === 'local') {
      const onFault = (error: SshForwardError): void => this.#refuse(++this.#counts.total, endpointText(listen), undefined, error);
      const listener = await listenHere(listen, take, { replaceSocket: this.#options.replaceSocket, onFault });
      this.#listener = listener;
      this.#listening = listener.at;
    } else if (listen.kind === 'unix') {
      this.#listener = await this.#connection.listenRemoteUnix(listen.path, take);
    } else {
      const listener = await this.#connection.listenRemote(listen, take);
      this.#listener = listener;
      this.#listening = { ...listen, port: listener.port };
    }
  }

  #take(near: Duplex, peer: Peer | undefined): void {
    this.#hold(near);
    const serving = this.#serve(near, peer).finally(() => this.#serving.delete(serving));
    this.#serving.add(serving);
  }

  async #serve(near: Duplex, peer: Peer | undefined): Promise<void> {
    const id = ++this.#counts.total;
    const from = endpointText(peer === undefined ? this.#listening : { kind: 'tcp', ...peer });
    let to: string | undefined;
    this.#counts.open++;
    try {
      this.#checkRoom();
      const { target } = this.forward;
      const request = target.kind === 'socks' ? await readInTime(near) : undefined;
      const goal = target.kind === 'socks' ? (request as SocksRequest).target : target;
      to = endpointText(goal);
      const far = await this.#connect(goal, peer, near, request);
      if (request !== undefined) near.write(request.granted);
      this.#emit({ kind: 'opened', id, from, to });
      await this.#carry(id, near, far);
    } catch (error) {
      if (!near.writableEnded) cut(near);
      if (!this.#stop.signal.aborted) this.#refuse(id, from, to, error as Error);
    } finally {
      this.#counts.open--;
    }
  }

  /** Connects to the target; a client of the SOCKS proxy is told where that fails. */
  async #connect(goal: Endpoint, peer: Peer | undefined, near: Duplex, request: SocksRequest | undefined): Promise<Duplex> {
    try {
      const far = await unlessStopped(this.#dial(goal, peer), this.#stop.signal);
      this.#hold(far);
      if (!near.destroyed) return far;
      cut(far);
      throw new SshForwardError('TARGET_FAILED', 'Whoever connected has left before the target answered');
    } catch (error) {
      if (request !== undefined && !near.destroyed) {
        near.write(request.refused(error));
        letGo(near);
      }
      throw error;
    }
  }

  async #dial(goal: Endpoint, peer: Peer | undefined): Promise<Duplex> {
    if (this.forward.side === 'remote') return await dialHere(goal, this.#stop.signal);
    if (goal.kind === 'unix') return await this.#connection.openDirectUnix(goal.path);
    return await this.#connection.openDirect(goal, peer);
  }

  async #carry(id: number, near: Duplex, far: Duplex): Promise<void> {
    let [sentBytes, receivedBytes] = [0, 0];
    const error = await relay(near, far, (sent, received) => {
      sentBytes += sent;
      receivedBytes += received;
      this.#counts.sentBytes += sent;
      this.#counts.receivedBytes += received;
    });
    this.#emit({ kind: 'closed', id, sentBytes, receivedBytes, error });
  }

  #checkRoom(): void {
    const most = this.#options.maxConnections ?? MAX_CONNECTIONS;
    if (this.#counts.open <= most) return;
    throw new SshForwardError('TUNNEL_FULL', `The tunnel carries ${most} connections already`, {
      where: endpointText(this.#listening),
      fix: 'Raise maxConnections, or find out who opens so many',
    });
  }

  #refuse(id: number, from: string, to: string | undefined, error: Error): void {
    this.#counts.refused++;
    this.#emit({ kind: 'refused', id, from, to, error });
  }

  #hold(stream: Duplex): void {
    this.#streams.add(stream);
    stream.once('close', () => this.#streams.delete(stream));
    // The tunnel may have ended in between.
    if (this.#stop.signal.aborted) cut(stream);
  }

  async #end(error?: SshoalError): Promise<void> {
    if (this.#stop.signal.aborted) return await this.closed;
    this.#stop.abort(error ?? new SshForwardError('TUNNEL_CLOSED', 'The tunnel was closed'));
    try {
      await this.#listener?.close();
    } finally {
      for (const stream of this.#streams) cut(stream);
      await Promise.all(this.#serving);
      if (error !== undefined) this.#emit({ kind: 'ended', error });
      this.#isClosed();
    }
  }

  #emit(event: TunnelEvent): void {
    this.#options.onEvent?.(event);
  }
}

async function readInTime(near: Duplex): Promise<SocksRequest> {
  const late = setTimeout(() => cut(near), SOCKS_REQUEST_MS);
  try {
    return await readSocksRequest(near);
  } finally {
    clearTimeout(late);
  }
}

/** What opens too late is cut off. */
async function unlessStopped(opening: Promise<Duplex>, signal: AbortSignal): Promise<Duplex> {
  return await new Promise<Duplex>((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
    const settle = (): void => signal.removeEventListener('abort', stop);
    const opened = (stream: Duplex): void => {
      settle();
      if (signal.aborted) cut(stream);
      else resolve(stream);
    };
    opening.then(opened, reject).finally(settle);
  });
}
