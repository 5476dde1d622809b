// One TCP connection, ours to tune and to destroy. It does not know what will speak over it.
import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { unlessAborted } from '../base/abort.ts';
import { SshConnectError } from './errors.ts';
import type { Settings } from './settings.ts';

type Destination = Pick<Settings, 'address' | 'port' | 'addressFamily' | 'bindAddress' | 'connectionAttempts'>;
type Family = Settings['addressFamily'];

const ATTEMPT_PAUSE_MS = 1_000;

/**
 * Opens a TCP connection to the first address that answers.
 *
 * @param signal - Its reason is thrown when it fires: the deadline of the whole connect comes this way too.
 * @throws SshConnectError HOST_NOT_FOUND, CONNECT_REFUSED, CONNECT_FAILED.
 */
export async function dial(destination: Destination, signal: AbortSignal): Promise<net.Socket> {
  const { address, port, addressFamily, bindAddress, connectionAttempts } = destination;
  const where = `${address}:${port}`;
  const found = await addressesOf(address, addressFamily, signal).catch((cause: unknown) => {
    if (signal.aborted) throw cause;
    throw new SshConnectError('HOST_NOT_FOUND', `There is no${familyName(addressFamily)} address for ${address}`, {
      where,
      fix: `Check the name${addressFamily === 0 ? '' : ' and AddressFamily'}, or set ansible_host to an address`,
      cause,
    });
  });
  const ours = bindAddress === undefined ? undefined : await ownAddresses(bindAddress, addressFamily, where, signal);
  let last: unknown;
  for (let attempt = 1; attempt <= connectionAttempts; attempt++) {
    if (attempt > 1) await delay(ATTEMPT_PAUSE_MS, undefined, { signal });
    for (const there of found) {
      signal.throwIfAborted();
      try {
        return await connectTo(there, port, ours, signal);
      } catch (error) {
        if (signal.aborted) throw error;
        last = error;
      }
    }
  }
  throw refused(last, where);
}

async function addressesOf(name: string, family: Family, signal: AbortSignal): Promise<readonly LookupAddress[]> {
  const found = await unlessAborted(lookup(name, { all: true, family }), signal);
  // A literal address is found whatever family was asked for.
  const fitting = found.filter((one) => family === 0 || one.family === family);
  if (fitting.length > 0) return fitting;
  throw new Error(`${name} is no${familyName(family)} address`);
}

async function ownAddresses(name: string, family: Family, where: string, signal: AbortSignal): Promise<readonly LookupAddress[]> {
  return await addressesOf(name, family, signal).catch((cause: unknown) => {
    if (signal.aborted) throw cause;
    throw new SshConnectError('CONNECT_FAILED', `There is no${familyName(family)} address for BindAddress ${name}`, {
      where,
      fix: 'Give BindAddress an address of this machine',
      cause,
    });
  });
}

function familyName(family: Family): string {
  return family === 0 ? '' : ` IPv${family}`;
}

async function connectTo(
  there: LookupAddress,
  port: number,
  ours: readonly LookupAddress[] | undefined,
  signal: AbortSignal,
): Promise<net.Socket> {
  const own = ours?.find((one) => one.family === there.family);
  if (ours !== undefined && own === undefined) throw new Error(`BindAddress is no address to reach ${there.address} from`);
  // ssh2 never turns Nagle's algorithm off; together with delayed acknowledgements it costs 40 ms a request.
  const socket = net.connect({
    host: there.address,
    port,
    noDelay: true,
    keepAlive: true,
    ...(own === undefined ? {} : { localAddress: own.address }),
  });
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
