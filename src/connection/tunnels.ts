// The tunnels of one host over a line of any kind that can carry them, kept up if wanted. It does not know who watches.

import { LastingConnection, type LastingEvent, type MortalConnection } from '../ssh/forward/lasting.ts';
import type { Forward } from '../ssh/forward/seam.ts';
import { Tunnel, type TunnelEvent, type TunnelOptions } from '../ssh/forward/tunnel.ts';
import { ForwardingUnsupportedError } from './errors.ts';
import { connectionKinds } from './registry.ts';
import type { ConnectionSpec, Questions } from './seam.ts';

export { endpointText } from '../ssh/forward/endpoint.ts';
export { type ForwardLetter, parseForward } from '../ssh/forward/parse.ts';
export type { Forward, Tunnel, TunnelEvent };

/** What happens to a line, or to one of the tunnels over it, counted from 0. */
export type HostTunnelsEvent = LastingEvent | { readonly kind: 'tunnel'; readonly tunnel: number; readonly event: TunnelEvent };

export interface HostTunnelsOptions extends Pick<TunnelOptions, 'maxConnections' | 'replaceSocket'> {
  readonly questions: Questions;
  /** Whether a line that breaks is made anew, while everything goes on listening. */
  readonly reconnect: boolean;
  readonly onEvent: (event: HostTunnelsEvent) => void;
  /** Ends the attempt to open them; once they are open, {@link HostTunnels.close} does. */
  readonly signal: AbortSignal;
}

/** Open tunnels to one host. */
export class HostTunnels implements AsyncDisposable {
  /** `user@10.0.3.7:22`. */
  readonly address: string;
  /** In the order of the forwards. */
  readonly tunnels: readonly Tunnel[];
  /** Resolves when nothing is carried any more. */
  readonly closed: Promise<void>;
  readonly #close: () => Promise<void>;

  private constructor(line: Pick<MortalConnection, 'address' | 'close'>, tunnels: readonly Tunnel[]) {
    this.address = line.address;
    this.tunnels = tunnels;
    this.closed = Promise.all(tunnels.map(async (tunnel) => await tunnel.closed)).then(() => undefined);
    this.#close = async () => await line.close();
  }

  /**
   * Connects, and opens all tunnels or none.
   *
   * @throws ConnectError of the kind; ForwardingUnsupportedError; SshForwardError LISTEN_FAILED, LISTEN_REFUSED, LISTEN_TIMEOUT;
   * `signal.reason` on abort.
   */
  static async open(spec: ConnectionSpec, forwards: readonly Forward[], options: HostTunnelsOptions): Promise<HostTunnels> {
    const { maxConnections, replaceSocket, onEvent, signal } = options;
    const connect = async (until: AbortSignal): Promise<MortalConnection> => await lineTo(spec, options.questions, until);
    const line = options.reconnect ? await LastingConnection.open({ connect, onEvent }, signal) : await connect(signal);
    const tunnels: Tunnel[] = [];
    try {
      for (const [index, forward] of forwards.entries()) {
        const tell = (event: TunnelEvent): void => onEvent({ kind: 'tunnel', tunnel: index, event });
        tunnels.push(await Tunnel.open(line, forward, { maxConnections, replaceSocket, onEvent: tell }));
        signal.throwIfAborted();
      }
      return new HostTunnels(line, tunnels);
    } catch (error) {
      for (const tunnel of tunnels) await tunnel.close();
      await line.close();
      throw error;
    }
  }

  /** Closes the tunnels, then the line. */
  async close(): Promise<void> {
    for (const tunnel of this.tunnels) await tunnel.close();
    await this.#close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

async function lineTo(spec: ConnectionSpec, questions: Questions, signal: AbortSignal): Promise<MortalConnection> {
  const connection = await connectionKinds.get(spec.kind)?.open(spec, questions, signal);
  const forwarding = connection?.forwarding?.();
  if (connection === undefined || forwarding === undefined) {
    await connection?.close();
    throw new ForwardingUnsupportedError(spec);
  }
  return {
    address: forwarding.address,
    closed: forwarding.closed,
    openDirect: async (target, origin) => await forwarding.openDirect(target, origin),
    openDirectUnix: async (path) => await forwarding.openDirectUnix(path),
    listenRemote: async (bind, onConnection) => await forwarding.listenRemote(bind, onConnection),
    listenRemoteUnix: async (path, onConnection) => await forwarding.listenRemoteUnix(path, onConnection),
    close: async () => await connection.close(),
  };
}
