// Ends of tunnels as text, and whether they make sense. It opens none of them.
import { SshSettingsError } from '../errors.ts';
import type { Endpoint, Forward } from './seam.ts';

/** `127.0.0.1:8080`, `[::1]:8080`, `/run/app.sock`, and `SOCKS` where every connection names its own. */
export function endpointText(endpoint: Forward['target']): string {
  if (endpoint.kind === 'socks') return 'SOCKS';
  if (endpoint.kind === 'unix') return endpoint.path;
  return `${endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host}:${endpoint.port}`;
}

/**
 * Whether a host name can be sent to a server: printable, without blanks and brackets. An OpenSSH server hangs up on a NUL in a name, and would take
 * every other tunnel of the line with it.
 */
export function isHostName(text: string): boolean {
  return /^[\x21-\x5a\\\x5e-\x7e]{1,255}$/.test(text);
}

/** @throws SshSettingsError FORWARD_SYNTAX on a port, name or path that nothing can listen on or connect to. */
export function checkForward({ listen, target }: Forward, where: string): void {
  checkEndpoint(listen, 0, where);
  if (target.kind !== 'socks') checkEndpoint(target, 1, where);
}

function checkEndpoint(endpoint: Endpoint, lowestPort: number, where: string): void {
  const wrong = (message: string, fix: string): SshSettingsError => new SshSettingsError('FORWARD_SYNTAX', message, { where, fix });
  if (endpoint.kind === 'unix') {
    if (endpoint.path === '' || endpoint.path.includes('\0'))
      throw wrong('The path of a unix socket is empty or holds a NUL', 'Name a file');
    return;
  }
  const { host, port } = endpoint;
  if (!Number.isInteger(port) || port < lowestPort || port > 65_535) {
    throw wrong(`There is no port ${port}`, `Give a whole number from ${lowestPort} to 65535`);
  }
  if (!isHostName(host)) throw wrong(`\`${host}\` is no name of a host`, 'Give a name or an address, an IPv6 one in brackets');
}
