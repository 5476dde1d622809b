// Filters about IP addresses, as the collection ansible.utils has them: ipaddr, ipv4, ipv6, ipwrap.
import { didYouMean } from '../../base/suggest.ts';
import type { Value } from '../../base/value.ts';
import { first, formatIp, hostmask, type IpNetwork, ipOfNumber, isWithin, last, netmask, parseIp, size } from '../ip-address.ts';
import { int } from '../operators.ts';
import { str } from '../printing.ts';
import { type Any, isTruthy, items } from '../values.ts';
import { type FilterTable, fail } from './define.ts';

export const addressFilters: FilterTable = {
  ipaddr: [['query', 'version'], (value, args) => ipaddr(value, args.any('query') ?? '', args.int('version', undefined))],
  ipv4: [['query'], (value, args) => ipaddr(value, args.any('query') ?? '', 4)],
  ipv6: [['query'], (value, args) => ipaddr(value, args.any('query') ?? '', 6)],
  ipwrap: [
    ['query'],
    (value, args) => {
      const wrap = (one: Value): Value => {
        const found = ipaddr(one, args.any('query') ?? '', undefined);
        return isTruthy(found) ? ipaddr(found, 'wrap', undefined) : one;
      };
      return Array.isArray(value) ? value.map(wrap) : wrap(value as Value);
    },
  ],
};

type Query = (ip: IpNetwork, text: string) => Value;

const host = (ip: IpNetwork, number = ip.address): string => formatIp(number, ip.version);
const cidr = (ip: IpNetwork, number = ip.address): string => `${host(ip, number)}/${ip.prefix}`;
const isFirst = (ip: IpNetwork): boolean => ip.address === first(ip);
/** Networks of one or two addresses have none; nor has version 6, but there the numbers are the same. */
const hasBroadcast = (ip: IpNetwork): boolean => ip.version === 6 || size(ip) > 2n;
const isIn = (ip: IpNetwork, ...networks: readonly string[]): boolean =>
  networks.some((text) => {
    const network = parseIp(text);
    return network !== undefined && isWithin({ ...ip, prefix: ip.version === 4 ? 32 : 128 }, network);
  });

/** The first and last address that hosts can have. @throws TemplateError for a lone address. */
function usable(ip: IpNetwork): readonly [bigint, bigint] | undefined {
  if (!ip.hasPrefix) fail('Not a network address', 'Give it a prefix, such as /24');
  if (size(ip) === 1n) return undefined;
  return size(ip) === 2n ? [first(ip), last(ip)] : [first(ip) + 1n, last(ip) - 1n];
}

/** The neighbour, if hosts can have it. */
function neighbour(ip: IpNetwork, by: bigint): Value {
  const range = usable(ip);
  const number = ip.address + by;
  return range !== undefined && number >= range[0] && number <= range[1] ? host(ip, number) : null;
}

// By IANA's registries of special addresses.
const NOT_GLOBAL = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '240.0.0.0/4',
  '::/127',
  '::ffff:0:0/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  'fc00::/7',
  'fe80::/10',
]; // prettier-ignore
const MULTICAST = ['224.0.0.0/4', 'ff00::/8'];

const isMulticast = (ip: IpNetwork): boolean => isIn(ip, ...MULTICAST);
const onlyHost: Query = (ip) => (size(ip) > 2n && (isFirst(ip) || ip.address === last(ip)) ? false : cidr(ip));
const loopback: Query = (ip, text) => (isIn(ip, '127.0.0.0/8', '::1/128') ? text : null);

const QUERIES: Readonly<Record<string, Query>> = {
  '': (ip) => (ip.hasPrefix ? cidr(ip) : host(ip)),
  bool: () => true,
  version: (ip) => ip.version,
  address: (ip) => (size(ip) === 1n || !isFirst(ip) || !hasBroadcast(ip) || ip.version === 6 ? host(ip) : null),
  host: (ip) => (size(ip) === 1n || !isFirst(ip) || !hasBroadcast(ip) ? cidr(ip) : null),
  'address/prefix': onlyHost,
  'host/prefix': onlyHost,
  gateway: onlyHost,
  gw: onlyHost,
  hostnet: onlyHost,
  router: onlyHost,
  'ip/prefix': (ip) => (size(ip) === 2n || (size(ip) > 1n && !isFirst(ip)) ? cidr(ip) : null),
  ip_netmask: (ip) => (size(ip) === 2n || (size(ip) > 1n && !isFirst(ip)) ? `${host(ip)} ${host(ip, netmask(ip))}` : null),
  cidr: (ip) => cidr(ip),
  subnet: (ip) => cidr(ip, first(ip)),
  'network/prefix': (ip) => cidr(ip, first(ip)),
  net: (ip) => (size(ip) > 1n && isFirst(ip) ? cidr(ip) : null),
  network: (ip) => host(ip, first(ip)),
  network_id: (ip) => host(ip, first(ip)),
  network_netmask: (ip) => `${host(ip, first(ip))} ${host(ip, netmask(ip))}`,
  network_wildcard: (ip) => `${host(ip, first(ip))} ${host(ip, hostmask(ip))}`,
  netmask: (ip) => host(ip, netmask(ip)),
  hostmask: (ip) => host(ip, hostmask(ip)),
  wildcard: (ip) => host(ip, hostmask(ip)),
  broadcast: (ip) => (size(ip) > 2n ? host(ip, last(ip)) : null),
  prefix: (ip) => ip.prefix,
  size: (ip) => int(size(ip)),
  size_usable: (ip) => int(size(ip) === 1n ? 0n : size(ip) === 2n ? 2n : size(ip) - 2n),
  int: (ip) => (ip.hasPrefix ? `${ip.address}/${ip.prefix}` : int(ip.address)),
  type: (ip) => (size(ip) === 1n || !isFirst(ip) ? 'address' : 'network'),
  first_usable: (ip) => some(ip, usable(ip)?.[0]),
  last_usable: (ip) => some(ip, usable(ip)?.[1]),
  range_usable: (ip) =>
    usable(ip)
      ?.map((number) => host(ip, number))
      .join('-') ?? null,
  next_usable: (ip) => neighbour(ip, 1n),
  previous_usable: (ip) => neighbour(ip, -1n),
  peer: (ip) => host(ip, peer(ip)),
  ipv4: (ip, text) => (ip.version === 4 ? text : (asV4(ip) ?? false)),
  ipv6: (ip, text) => (ip.version === 6 ? text : `::${ip.address === 0n ? '' : `ffff:${host(ip)}`}/${96 + ip.prefix}`),
  private: (ip, text) => (isIn(ip, ...NOT_GLOBAL) ? text : null),
  public: (ip, text) => (!isIn(ip, ...NOT_GLOBAL) && !isMulticast(ip) ? text : null),
  multicast: (ip, text) => (isMulticast(ip) ? text : null),
  unicast: (ip, text) => (isMulticast(ip) ? null : text),
  'link-local': (ip, text) => (isIn(ip, '169.254.0.0/16', 'fe80::/10') ? text : null),
  loopback,
  lo: loopback,
  revdns: (ip) => reversed(ip),
  wrap: (ip, text) => (ip.version === 4 ? text : ip.hasPrefix ? `[${host(ip)}]/${ip.prefix}` : `[${host(ip)}]`),
};
const ALIASES: Readonly<Record<string, string>> = { ip: 'address', v4: 'ipv4', v6: 'ipv6' };

/** @returns False for what is no address of that version, null for one that the query does not hold for. */
function ipaddr(value: Any, query: Any, version: number | undefined): Value {
  if (Array.isArray(value)) return value.map((one) => ipaddr(one, query, version)).filter(isTruthy);
  if (!isTruthy(value) || value === true) return false;
  if (typeof value === 'object')
    return Array.isArray(value)
      ? false
      : items(value)
          .map((one) => ipaddr(one, query, version))
          .filter(isTruthy);
  const text = str(value);
  const isNumber = /^\d{1,40}$/.test(text);
  const ip = isNumber ? ofNumber(BigInt(text), version) : parseIp(text);
  if (ip === undefined || (version !== undefined && ip.version !== version)) return false;
  const shown = isNumber ? cidr(ip) : text;
  const name = str(query);
  const wanted = ALIASES[name] ?? name;
  const known = Object.hasOwn(QUERIES, wanted) ? QUERIES[wanted] : undefined;
  if (known !== undefined) return known(ip, shown);
  const network = parseIp(name);
  if (network !== undefined) return isWithin(ip, network) ? shown : null;
  return /^-?\d+$/.test(name)
    ? nth(ip, BigInt(name))
    : fail(`ipaddr: unknown filter type: ${name}`, didYouMean(name, Object.keys(QUERIES)));
}

function ofNumber(number: bigint, version: number | undefined): IpNetwork | undefined {
  return (version === 6 ? undefined : ipOfNumber(number, 4)) ?? ipOfNumber(number, 6);
}

/** The address at a place in its network, from the end when negative. */
function nth(ip: IpNetwork, place: bigint): Value {
  if (size(ip) === 1n) return ip.hasPrefix ? cidr(ip) : host(ip);
  const number = place < 0n ? last(ip) + 1n + place : first(ip) + place;
  return number < first(ip) || number > last(ip) ? false : cidr(ip, number);
}

function some(ip: IpNetwork, number: bigint | undefined): Value {
  return number === undefined ? null : host(ip, number);
}

function peer(ip: IpNetwork): bigint {
  usable(ip);
  if (size(ip) === 2n) return ip.address ^ 1n;
  if (size(ip) !== 4n) fail('Not a point-to-point network', 'It needs the prefix 30 or 31');
  if (isFirst(ip)) fail('Network address of /30 has no peer');
  return ip.address === last(ip) ? fail('Broadcast address of /30 has no peer') : ip.address ^ 3n;
}

/** The address of version 4 that one of version 6 carries. */
function asV4(ip: IpNetwork): string | undefined {
  return ip.address >> 32n === 0xffffn || ip.address >> 32n === 0n
    ? `${formatIp(ip.address & 0xffffffffn, 4)}/${Math.max(0, ip.prefix - 96)}`
    : undefined;
}

function reversed(ip: IpNetwork): string {
  if (ip.version === 4) return `${host(ip).split('.').reverse().join('.')}.in-addr.arpa.`;
  return `${[...ip.address.toString(16).padStart(32, '0')].reverse().join('.')}.ip6.arpa.`;
}
