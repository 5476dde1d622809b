// What a tunnel needs of a connection, and what people ask for. It does not know what carries it, nor whether it is ever carried anew.
import type { Duplex } from 'node:stream';

/** Somewhere to listen or to connect to. */
export type Endpoint = TcpEndpoint | UnixEndpoint;

export interface TcpEndpoint {
  readonly kind: 'tcp';
  /** A name or address. Where it is listened on: `localhost` is loopback, `*` every address. */
  readonly host: string;
  /** 0 to listen on any free port. */
  readonly port: number;
}

export interface UnixEndpoint {
  readonly kind: 'unix';
  readonly path: string;
}

/** A tunnel to build: listen on one side, connect on the other. */
export interface Forward {
  /** Where is listened: `local` is this machine (ssh -L and -D), `remote` the host (ssh -R). */
  readonly side: 'local' | 'remote';
  readonly listen: Endpoint;
  /** Where connections go, seen from the other side; `socks` lets every connection say so itself (SOCKS 4, 4a and 5). */
  readonly target: Endpoint | { readonly kind: 'socks' };
}

/** A host and a port, as a person would say them. */
export type Peer = Omit<TcpEndpoint, 'kind'>;

/** Takes a connection that somebody has made to a listener of the host. Without `from`, it came over a unix socket. */
export type OnConnection = (channel: Duplex, from?: Peer) => void;

/** Something that listens. Closing it leaves the connections it has taken alone. */
export interface RemoteListener {
  /** Stops listening. Nobody rejects where the connection is gone: then nothing listens either. */
  close(): Promise<void>;
}

/** The part of a connection that tunnels are built of. */
export interface ForwardingConnection {
  /** `user@10.0.3.7:22`. */
  readonly address: string;
  /** Resolves when the connection is gone, however it went. */
  readonly closed: Promise<void>;
  /**
   * Connects from the host to somewhere.
   *
   * @param origin - Who asks, for the log of the server.
   * @throws SshChannelError CHANNEL_REFUSED, CHANNEL_TIMEOUT; SshConnectionLostError.
   */
  openDirect(target: Peer, origin?: Peer): Promise<Duplex>;
  /** Connects to a unix socket of the host. @throws as {@link openDirect}. */
  openDirectUnix(path: string): Promise<Duplex>;
  /**
   * Listens on a port of the host.
   *
   * @param bind - `*` for every address, which the server grants only with GatewayPorts.
   * @throws SshForwardError LISTEN_REFUSED, LISTEN_TIMEOUT; SshConnectionLostError.
   */
  listenRemote(bind: Peer, onConnection: OnConnection): Promise<RemoteListener & { readonly port: number }>;
  /** Listens on a unix socket of the host; OpenSSH leaves the file behind. @throws as {@link listenRemote}. */
  listenRemoteUnix(path: string, onConnection: OnConnection): Promise<RemoteListener>;
}
