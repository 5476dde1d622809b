// The near end of tunnels: sockets of this machine, listened on and connected to. It knows nothing of SSH.
import { chmod, lstat, unlink } from 'node:fs/promises';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import { SshForwardError } from '../errors.ts';
import { endpointText } from './endpoint.ts';
import type { Endpoint, Peer } from './seam.ts';

/** How long connecting to a target on this machine's side may take. */
const DIAL_MS = 15_000;

export interface ListenHereOptions {
  /** Whether a socket file in the way is removed first, as ssh's StreamLocalBindUnlink. Default false. */
  readonly replaceSocket?: boolean | undefined;
  /** Told of a connection that could not be taken, as where no file descriptor is left. */
  readonly onFault: (error: SshForwardError) => void;
}

export interface LocalListener {
  /** With the real port. */
  readonly at: Endpoint;
  /** Stops listening and removes the socket file; connections stay. */
  close(): Promise<void>;
}

/**
 * Listens on this machine; a unix socket is for the own user only, as ssh's StreamLocalBindMask.
 *
 * @throws SshForwardError LISTEN_FAILED.
 */
export async function listenHere(
  endpoint: Endpoint,
  onConnection: (socket: Duplex, from?: Peer) => void,
  options: ListenHereOptions,
): Promise<LocalListener> {
  const server = net.createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true }, (socket) => {
    // It may be gone before anybody else listens.
    socket.on('error', () => {});
    const { remoteAddress: host, remotePort: port } = socket;
    onConnection(socket, host === undefined || port === undefined ? undefined : { host, port });
  });
  try {
    if (endpoint.kind === 'unix' && options.replaceSocket === true) await removeSocket(endpoint.path);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(addressOf(endpoint), () => {
        server.off('error', reject);
        resolve();
      });
    });
    if (endpoint.kind === 'unix' && process.platform !== 'win32') await chmod(endpoint.path, 0o600);
  } catch (error) {
    server.close();
    throw listenError(endpoint, error as NodeJS.ErrnoException);
  }
  server.on('error', (error) => options.onFault(listenError(endpoint, error)));
  const at = endpoint.kind === 'unix' ? endpoint : { ...endpoint, port: (server.address() as net.AddressInfo).port };
  // The promise is not waited for: it holds until every connection is gone, and listening ends at once.
  const close = async (): Promise<void> => {
    server.close();
    await Promise.resolve();
  };
  return { at, close };
}

/** Connects from this machine. @throws SshForwardError TARGET_FAILED; `signal.reason`. */
export async function dialHere(endpoint: Endpoint, signal: AbortSignal): Promise<Duplex> {
  signal.throwIfAborted();
  const socket = net.connect({ ...(endpoint.kind === 'unix' ? endpoint : { host: endpoint.host, port: endpoint.port }), ...DIAL });
  try {
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`no answer within ${DIAL_MS / 1_000} s`)), DIAL_MS);
      const stop = (): void => reject(signal.reason as Error);
      signal.addEventListener('abort', stop, { once: true });
      const settle = (act: () => void): void => {
        clearTimeout(late);
        signal.removeEventListener('abort', stop);
        act();
      };
      socket.once('connect', () => settle(resolve));
      socket.on('error', (error) => settle(() => reject(error)));
    });
    return socket;
  } catch (error) {
    socket.destroy();
    signal.throwIfAborted();
    throw new SshForwardError('TARGET_FAILED', `${endpointText(endpoint)} does not let us in: ${(error as Error).message}`, {
      where: endpointText(endpoint),
      fix: 'Check that something listens there, seen from this machine',
      cause: error,
    });
  }
}

const DIAL = { allowHalfOpen: true, noDelay: true, keepAlive: true } as const;

function addressOf(endpoint: Endpoint): net.ListenOptions {
  if (endpoint.kind === 'unix') return { path: endpoint.path };
  // What `localhost` resolves to differs from machine to machine; without a host Node listens on every address.
  if (endpoint.host === '*') return { port: endpoint.port };
  return { port: endpoint.port, host: endpoint.host === 'localhost' ? '127.0.0.1' : endpoint.host };
}

/** Only ever a socket: whatever else stands there is somebody's file. */
async function removeSocket(path: string): Promise<void> {
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (found?.isSocket() === true) await unlink(path);
}

const FIXES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'Something listens there already, or an old socket file lies there: take another, or allow the file to be replaced',
  EACCES: 'Take a port from 1024, or a directory that you may write to',
  EADDRNOTAVAIL: 'Listen on an address that this machine has',
};

function listenError(endpoint: Endpoint, cause: NodeJS.ErrnoException): SshForwardError {
  return new SshForwardError('LISTEN_FAILED', `Cannot listen on ${endpointText(endpoint)}: ${cause.message}`, {
    where: endpointText(endpoint),
    fix: FIXES[cause.code ?? ''] ?? 'Listen somewhere else',
    cause,
  });
}
