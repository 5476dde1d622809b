// One hop of ProxyJump: whom to log in as, and where. It does not know what lies behind it.
import { SshSettingsError } from '../errors.ts';

export interface Jump {
  readonly user: string | undefined;
  readonly host: string;
  readonly port: number | undefined;
  /** As it was written. */
  readonly text: string;
}

/**
 * Reads a hop: `[user@]host[:port]` or `ssh://[user@]host[:port]`, with an IPv6 address in brackets.
 *
 * @param where - For whom the road is, for the error.
 * @throws SshSettingsError SSH_CONFIG.
 */
export function parseJump(text: string, where: string): Jump {
  const place = text.replace(/^ssh:\/\//i, '').replace(/\/$/, '');
  // The last @ counts: names of users may hold one.
  const match = /^(?:(?<user>.+)@)?(?:\[(?<address>[^\]]+)\]|(?<name>[^@:[\]]+))(?::(?<port>\d+))?$/s.exec(place);
  const { user, address, name, port } = match?.groups ?? {};
  const host = address ?? name;
  if (host !== undefined && (port === undefined || (Number(port) >= 1 && Number(port) <= 65_535))) {
    return { user, host, port: port === undefined ? undefined : Number(port), text };
  }
  throw new SshSettingsError('SSH_CONFIG', `ProxyJump \`${text}\` is no host to go through`, {
    where,
    fix: 'Write user@host:port, with [...] around an IPv6 address, and a comma between hops',
  });
}
