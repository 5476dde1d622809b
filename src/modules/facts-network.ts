// The addresses and interfaces of a host, from what `ip` or else `ifconfig` said. It resolves no name.
import { type Dict, dict, type Value } from '../base/value.ts';
import type { Found } from './probe.ts';

interface Address {
  readonly device: string;
  readonly family: 'inet' | 'inet6';
  readonly address: string;
  readonly prefix: number;
  readonly broadcast: string | undefined;
  readonly scope: string | undefined;
}

/** interfaces, all addresses but the loopback's, the default ones, and one fact for each interface. */
export function networkFacts(found: Found): Record<string, Value | undefined> {
  const addresses = found('ip_addr') === '' ? fromIfconfig(found('ifconfig')) : fromIp(found('ip_addr'));
  const links = linksOf(found('ip_link'));
  const names = links.size > 0 ? [...links.keys()] : [...new Set(addresses.map((one) => one.device))];
  const all = (family: Address['family']): string[] =>
    addresses.filter((one) => one.family === family && !one.address.startsWith('127.') && one.address !== '::1').map((one) => one.address);
  const factName = (name: string): string => name.replace(/[^A-Za-z0-9_]/g, '_');
  return {
    interfaces: names,
    all_ipv4_addresses: all('inet'),
    all_ipv6_addresses: all('inet6'),
    default_ipv4: defaultAddress(found('ip_route'), 'inet', addresses, links),
    default_ipv6: defaultAddress(found('ip6_route'), 'inet6', addresses, links),
    ...Object.fromEntries(names.map((name) => [factName(name), interfaceFact(name, addresses, links.get(name))])),
  };
}

interface Link {
  readonly mtu: number | undefined;
  readonly macaddress: string | undefined;
  readonly type: string;
  readonly active: boolean;
}

// `2: eth0@if3: <BROADCAST,UP> mtu 1400 ... link/ether 02:fc:00:00:00:01 brd ...`, one line for each.
function linksOf(text: string): Map<string, Link> {
  const links = new Map<string, Link>();
  for (const line of text.split('\n')) {
    const [, name, flags = ''] = /^\d+:\s+([^:@\s]+)(?:@[^:]*)?:\s+<([^>]*)>/.exec(line) ?? [];
    if (name === undefined) continue;
    const [, kind = 'unknown', mac] = /link\/(\S+)(?:\s+([0-9a-f:]+))?/.exec(line) ?? [];
    const mtu = /\bmtu (\d+)/.exec(line)?.[1];
    links.set(name, {
      mtu: mtu === undefined ? undefined : Number(mtu),
      macaddress: kind === 'ether' ? mac : undefined,
      type: kind,
      active: flags.split(',').includes('UP'),
    });
  }
  return links;
}

// `2: eth0    inet 192.0.2.2/24 brd 192.0.2.255 scope global eth0`
function fromIp(text: string): Address[] {
  const pattern =
    /^\d+:\s+([^\s@]+)(?:@\S+)?\s+(inet6?)\s+([^\s/]+)(?:\s+peer\s+[^\s/]+)?\/?(\d*)(?:.*?\bbrd\s+(\S+))?(?:.*?\bscope\s+(\S+))?/;
  return text.split('\n').flatMap((line) => {
    const [, device = '', family, address = '', prefix = '', broadcast, scope] = pattern.exec(line) ?? [];
    if (family !== 'inet' && family !== 'inet6') return [];
    return [{ device, family, address, prefix: Number(prefix === '' ? (family === 'inet' ? 32 : 128) : prefix), broadcast, scope }];
  });
}

// A block for each interface; masks are dotted (Linux) or hexadecimal (BSD).
function fromIfconfig(text: string): Address[] {
  let device = '';
  return text.split('\n').flatMap((line) => {
    device = /^([^\s:]+)[:\s]/.exec(line)?.[1] ?? device;
    const [, address, mask = '0xffffffff', broadcast] =
      /\binet (?:addr:)?([\d.]+).*?(?:netmask |Mask:)(\S+)(?:.*?broadcast (\S+))?/.exec(line) ?? [];
    return address === undefined ? [] : [{ device, family: 'inet' as const, address, prefix: prefixOf(mask), broadcast, scope: undefined }];
  });
}

function defaultAddress(route: string, family: Address['family'], addresses: readonly Address[], links: ReadonlyMap<string, Link>): Dict {
  const device = /\bdev (\S+)/.exec(route)?.[1];
  const gateway = /\bvia (\S+)/.exec(route)?.[1];
  const source = /\bsrc (\S+)/.exec(route)?.[1];
  const own = addresses.filter((one) => one.device === device && one.family === family);
  const chosen = own.find((one) => one.address === source) ?? own.find((one) => one.scope === 'global') ?? own[0];
  if (device === undefined || chosen === undefined) return dict();
  const link = links.get(device);
  const shared = { address: chosen.address, gateway, interface: device, macaddress: link?.macaddress, mtu: link?.mtu, type: link?.type };
  if (family === 'inet6') return dict({ ...shared, prefix: String(chosen.prefix), scope: chosen.scope });
  return dict({ ...shared, alias: device, ...ipv4Fact(chosen) });
}

function ipv4Fact(one: Address): Record<string, Value | undefined> {
  const mask = one.prefix === 0 ? 0 : (0xffffffff << (32 - one.prefix)) >>> 0;
  const address = one.address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return {
    address: one.address,
    broadcast: one.broadcast ?? '',
    netmask: dotted(mask),
    network: dotted((address & mask) >>> 0),
    prefix: String(one.prefix),
  };
}

function interfaceFact(device: string, addresses: readonly Address[], link: Link | undefined): Dict {
  const own = addresses.filter((one) => one.device === device);
  const [first, ...others] = own.filter((one) => one.family === 'inet').map((one) => dict(ipv4Fact(one)));
  const ipv6 = own
    .filter((one) => one.family === 'inet6')
    .map((one) => dict({ address: one.address, prefix: String(one.prefix), scope: one.scope }));
  return dict({
    device,
    active: link?.active ?? true,
    mtu: link?.mtu,
    macaddress: link?.macaddress,
    type: link?.type,
    ipv4: first,
    ...(others.length > 0 ? { ipv4_secondaries: others } : {}),
    ...(ipv6.length > 0 ? { ipv6 } : {}),
  });
}

function prefixOf(mask: string): number {
  const value = mask.startsWith('0x') ? Number(mask) : mask.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return value.toString(2).replaceAll('0', '').length;
}

function dotted(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}
