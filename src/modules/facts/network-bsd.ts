// The interfaces of a host from `ifconfig` and `route`: BSD, macOS, and a Linux without `ip`. As ansible 2.14 on FreeBSD.
import { type Dict, dict, type Value } from '../../base/value.ts';
import { broadcastOf, dottedMask, maskOf, networkOf, prefixOf } from './addresses.ts';
import { fieldsOf, lines, words } from './found.ts';
import type { Facts, Found } from './seam.ts';

interface Interface {
  readonly facts: Record<string, Value | undefined>;
  readonly ipv4: Dict[];
  readonly ipv6: Dict[];
}

export function bsdNetworkFacts(found: Found): Facts {
  const isLinux = found.system === 'Linux';
  const isDarwin = found.system === 'Darwin';
  const interfaces = interfacesOf(found.record('ifconfig'), isDarwin);
  if (interfaces.size === 0) return {};
  const all = (family: 'ipv4' | 'ipv6', isOwn: (address: string) => boolean): string[] =>
    [...interfaces.values()]
      .flatMap((one) => one[family].flatMap((item) => textAt(item, 'address') ?? []))
      .filter((address) => !isOwn(address));
  // Where Ansible has `ip`, an interface has one first address; with ifconfig it has a list of them.
  const shaped = (one: Interface): Value => {
    const [first, ...others] = one.ipv4;
    const ipv4 = isLinux ? { ipv4: first, ...(others.length > 0 ? { ipv4_secondaries: others } : {}) } : { ipv4: one.ipv4 };
    return dict({ ...one.facts, ...ipv4, ipv6: one.ipv6 });
  };
  return {
    interfaces: [...interfaces.keys()].sort(),
    ...Object.fromEntries([...interfaces].map(([name, one]) => [name.replaceAll(':', '_'), shaped(one)])),
    default_ipv4: defaultOf(isLinux ? linuxRoute(found.record('routes')) : fieldsOf(found.record('route')), interfaces, 'ipv4'),
    default_ipv6: defaultOf(fieldsOf(found.record('route6')), interfaces, 'ipv6'),
    all_ipv4_addresses: all('ipv4', (address) => address.startsWith('127.')),
    all_ipv6_addresses: all('ipv6', (address) => address === '::1' || address === 'fe80::1%lo0'),
  };
}

function interfacesOf(text: string, isDarwin: boolean): Map<string, Interface> {
  const interfaces = new Map<string, Interface>();
  let current: Interface | undefined;
  for (const line of lines(text)) {
    const told = words(line);
    if (/^\S/.test(line)) {
      const device = (told[0] ?? '').replace(/:$/, '');
      current = { facts: headFacts(device, line, told), ipv4: [], ipv6: [] };
      interfaces.set(device, current);
    } else if (current !== undefined) {
      readLine(told, current, isDarwin);
    }
  }
  return interfaces;
}

// `em0: flags=8863<UP,RUNNING> metric 0 mtu 1500` (BSD, net-tools 2), `eth0  Link encap:Ethernet  HWaddr 00:11:...` (busybox)
function headFacts(device: string, line: string, told: readonly string[]): Record<string, Value | undefined> {
  const flags = options(told[1] ?? '');
  const after = (word: string): string | undefined => (told.includes(word) ? told[told.indexOf(word) + 1] : undefined);
  const isLoopback = flags.includes('LOOPBACK') || line.includes('Local Loopback');
  return {
    device,
    type: isLoopback ? 'loopback' : line.includes('Ethernet') ? 'ether' : 'unknown',
    flags,
    macaddress: after('HWaddr')?.toLowerCase() ?? 'unknown',
    metric: after('metric'),
    mtu: after('mtu'),
  };
}

function readLine(told: readonly string[], { facts, ipv4, ipv6 }: Interface, isDarwin: boolean): void {
  const [word = '', second = ''] = told;
  if (word.startsWith('options=')) facts.options = options(word);
  else if (word === 'nd6') facts.options = options(second);
  else if (word === 'ether') Object.assign(facts, { macaddress: second, type: 'ether' });
  else if (word === 'media:') Object.assign(facts, media(told, isDarwin));
  else if (word === 'status:') facts.status = second;
  else if (word === 'lladdr') facts.lladdr = second;
  else if (word === 'tunnel') facts.type = 'tunnel';
  else if (word === 'inet') ipv4.push(ipv4Of(told.filter((part) => part !== 'alias')));
  else if (word === 'inet6') ipv6.push(ipv6Of(told.filter((part) => part !== 'addr:')));
  const mtu = told.find((part) => part.startsWith('MTU:'));
  if (mtu !== undefined) facts.mtu = mtu.slice('MTU:'.length);
}

function media(told: readonly string[], isDarwin: boolean): Record<string, Value | undefined> {
  const [, first, second, third, fourth] = told;
  if (isDarwin) {
    const isUnknown = first === '<unknown' && second === 'type>';
    return {
      media: 'Unknown',
      media_select: isUnknown ? 'Unknown' : first,
      media_type: isUnknown ? 'unknown type' : second?.slice(1, -1),
      media_options: third === undefined ? undefined : options(third),
    };
  }
  return {
    media: first,
    media_select: second,
    media_type: third?.slice(1),
    media_options: fourth === undefined ? undefined : options(fourth),
    ...(/ether/i.test(first ?? '') ? { type: 'ether' } : {}),
  };
}

// `inet 10.0.0.5 netmask 0xffffff00 broadcast 10.0.0.255`, `inet 10.0.0.5/24 broadcast ...`, `inet addr:10.0.0.5  Bcast:...  Mask:...`
function ipv4Of(told: readonly string[]): Dict {
  const after = (...names: string[]): string | undefined => {
    const at = told.findIndex((part) => names.includes(part));
    return at < 0 ? undefined : told[at + 1];
  };
  const joined = (name: string): string | undefined => told.find((part) => part.startsWith(name))?.slice(name.length);
  const [address = '', length] = (joined('addr:') ?? told[1] ?? '').split('/');
  const netmask = length === undefined ? dottedMask(after('netmask') ?? joined('Mask:') ?? '0xffffffff') : maskOf(Number(length));
  return dict({
    address,
    netmask,
    network: networkOf(address, netmask),
    broadcast: after('broadcast') ?? joined('Bcast:') ?? broadcastOf(address, netmask),
    prefix: String(prefixOf(netmask)),
  });
}

function ipv6Of(told: readonly string[]): Dict {
  const [address = '', length] = (told[1] ?? '').split('/');
  const after = (name: string): string | undefined => (told.includes(name) ? told[told.indexOf(name) + 1] : undefined);
  const scope = told
    .find((part) => part.startsWith('Scope:'))
    ?.slice('Scope:'.length)
    .toLowerCase();
  return dict({ address, prefix: length ?? after('prefixlen'), scope: after('scopeid') ?? scope });
}

function textAt(item: Dict, name: string): string | undefined {
  const value = item.get(name);
  return typeof value === 'string' ? value : undefined;
}

function options(text: string): string[] {
  return /<([^>]+)>/.exec(text)?.[1]?.split(',') ?? [];
}

// /proc/net/route has hexadecimal numbers, the bytes of an address backwards.
function linuxRoute(text: string): ReadonlyMap<string, string> {
  for (const line of lines(text)) {
    const [device = '', destination, gateway = ''] = words(line);
    if (destination !== '00000000') continue;
    const address = [6, 4, 2, 0].map((at) => Number.parseInt(gateway.slice(at, at + 2), 16)).join('.');
    return new Map([
      ['interface', device],
      ['gateway', address],
    ]);
  }
  return new Map();
}

function defaultOf(route: ReadonlyMap<string, string>, interfaces: ReadonlyMap<string, Interface>, family: 'ipv4' | 'ipv6'): Dict {
  const [device, gateway] = [route.get('interface'), route.get('gateway')];
  const one = device === undefined ? undefined : interfaces.get(device);
  if (one === undefined) return dict({ interface: device, gateway });
  const source = route.get('if address') ?? route.get('local addr');
  const address = one[family].find((item) => item.get('address') === source) ?? one[family][0];
  const merged = dict({ interface: device, gateway, ...one.facts });
  for (const [name, value] of address ?? []) merged.set(name, value);
  return merged;
}
