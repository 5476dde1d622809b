// One TCP connection, ours to tune and to destroy. It does not know what will speak over it.
import { lookup } from 'node:dns/promises';
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { SshConnectError } from './errors.ts';
import type { Settings } from './settings.ts';

type Destination = Pick<Settings, 'address' | 'port' | 'addressFamily' | 'bindAddress' | 'connectionAttempts'>;

const ATTEMPT_PAUSE_MS = 1_000;

/**
 * Opens a TCP connection to the first address that answers.
 *
 * @param signal - Its reason is thrown when it fires: the deadline of the whole connect comes this way too.
 * @throws SshConnectError HOST_NOT_FOUND, CONNECT_REFUSED, CONNECT_FAILED.
 */
export async function dial(
  { address, port, addressFamily, bindAddress, connectionAttempts }: Destination,
  signal: AbortSignal,
): Promise<net.Socket> {
  const where = `${address}:${port}`;
  const found = await lookup(address, { all: true, family: addressFamily }).catch((cause: unknown) => {
    throw new SshConnectError('HOST_NOT_FOUND', `There is no address for ${address}`, {
      where,
      fix: 'Check the name, or set ansible_host to an address',
      cause,
    });
  });
  let last: unknown;
  for (let attempt = 1; attempt <= connectionAttempts; attempt++) {
    if (attempt > 1) await delay(ATTEMPT_PAUSE_MS, undefined, { signal });
    for (const { address: ip } of found) {
      signal.throwIfAborted();
      try {
        return await connectTo(ip, port, bindAddress, signal);
      } catch (error) {
        if (signal.aborted) throw error;
        last = error;
      }
    }
  }
  throw refused(last, where);
}

async function connectTo(ip: string, port: number, localAddress: string | undefined, signal: AbortSignal): Promise<net.Socket> {
  // ssh2 never turns Nagle's algorithm off; together with delayed acknowledgements it costs 40 ms a request.
  const socket = net.connect({ host: ip, port, noDelay: true, keepAlive: true, ...(localAddress === undefined ? {} : { localAddress }) });
  return await new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      signal.removeEventListener('abort', onAbort);
      socket.removeListener('connect', onConnect);
      socket.removeListener('error', onError);
      act();
    };
    const onConnect = (): void => settle(() => resolve(socket));
    const onError = (error: Error): void => settle(() => reject(error));
    const onAbort = (): void =>
      settle(() => {
        socket.on('error', () => {});
        socket.destroy();
        reject(signal.reason as Error);
      });
    socket.once('connect', onConnect);
    socket.once('error', onError);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

function refused(cause: unknown, where: string): SshConnectError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'ECONNREFUSED') {
    return new SshConnectError('CONNECT_REFUSED', 'Nothing listens there', {
      where,
      fix: 'Check that sshd runs there, and the port (ansible_port)',
      cause,
    });
  }
  const said = cause instanceof Error ? cause.message : String(cause);
  return new SshConnectError('CONNECT_FAILED', `The connection failed: ${said}`, {
    where,
    fix: 'Check the address, the route and the firewall',
    cause,
  });
}
