// The interfaces of a Linux host: what /sys/class/net says of them, and their addresses from `ip`. As ansible 2.14.
import { dict, type Value } from '../../base/value.ts';
import { maskOf, networkOf } from './addresses.ts';
import { lines, words } from './found.ts';
import type { Facts, Found } from './seam.ts';

const NET = '/sys/class/net/*';
export const INTERFACE_FILES: readonly string[] = [
  ...['address', 'mtu', 'operstate', 'type', 'speed', 'flags', 'bridge/bridge_id', 'bridge/stp_state', 'bonding_slave/perm_hwaddr'],
  ...['slaves', 'mode', 'miimon', 'lacp_rate', 'primary', 'all_slaves_active'].map((name) => `bonding/${name}`),
].map((name) => `${NET}/${name}`);

const TYPES: Readonly<Record<string, string>> = { '1': 'ether', '32': 'infiniband', '512': 'ppp', '772': 'loopback', '65534': 'tunnel' };

type Interface = Record<string, Value | undefined>;

export function linuxNetworkFacts(found: Found): Facts {
  const interfaces = interfacesOf(found);
  const [defaultIpv4, defaultIpv6] = [routeOf(found.record('ip_route')), routeOf(found.record('ip6_route'))];
  const all: { readonly v4: string[]; readonly v6: string[] } = { v4: [], v6: [] };
  // The addresses of each interface in turn, its first ones before its further ones.
  const said = linesByDevice(found.record('ip_addr'));
  for (const device of [...interfaces.keys()]) {
    const own = said.get(device) ?? [];
    for (const isFurther of [false, true]) {
      for (const line of own) {
        const isTemporary = /\b(?:secondary|temporary)\b/.test(line);
        if (isTemporary !== isFurther) continue;
        const told = words(line);
        if (told[0] === 'inet') addIpv4(told, device, isFurther, interfaces, defaultIpv4, all.v4);
        if (told[0] === 'inet6') addIpv6(told, device, interfaces, defaultIpv6, all.v6);
      }
    }
  }
  const named = [...interfaces].map(([name, facts]) => [name.replaceAll(':', '_'), dict(facts)] as const);
  return {
    interfaces: named.map(([name]) => name),
    ...Object.fromEntries(named),
    default_ipv4: dict(defaultIpv4),
    default_ipv6: dict(defaultIpv6),
    all_ipv4_addresses: all.v4,
    all_ipv6_addresses: all.v6,
  };
}

function interfacesOf(found: Found): Map<string, Interface> {
  const files = new Map<string, Map<string, string>>();
  for (const { match, text } of found.files(/^\/sys\/class\/net\/([^/]+)\/(.+)$/)) {
    const [, device = '', name = ''] = match;
    files.set(device, (files.get(device) ?? new Map<string, string>()).set(name, text));
  }
  const target = (device: string, name: string): string | undefined => found.link(`/sys/class/net/${device}/${name}`)?.replace(/^.*\//, '');
  const ports = new Map<string, string[]>();
  for (const [, bridge = '', port = ''] of found.record('bridge_ports').matchAll(/\/sys\/class\/net\/([^/\s*]+)\/brif\/([^/\s*]+)/g)) {
    ports.set(bridge, [...(ports.get(bridge) ?? []), port]);
  }
  return new Map(
    [...files].map(([device, texts]) => {
      const of = (name: string): string | undefined => texts.get(name) || undefined;
      const number = (name: string): number | undefined => (of(name) === undefined ? undefined : Number(of(name)));
      const mac = of('address');
      const type = of('type');
      return [
        device,
        {
          device,
          macaddress: mac === '00:00:00:00:00:00' ? undefined : mac,
          mtu: number('mtu'),
          active: of('operstate') === undefined ? undefined : of('operstate') !== 'down',
          module: target(device, 'device/driver/module'),
          type: type === undefined ? undefined : (TYPES[type] ?? 'unknown'),
          ...(texts.has('bridge/bridge_id')
            ? { type: 'bridge', interfaces: ports.get(device) ?? [], id: of('bridge/bridge_id'), stp: of('bridge/stp_state') === '1' }
            : {}),
          ...(texts.has('bonding/mode') ? bondFacts(of) : {}),
          perm_macaddress: of('bonding_slave/perm_hwaddr'),
          pciid: target(device, 'device'),
          speed: number('speed'),
          promisc: of('flags') === undefined ? undefined : (Number(of('flags')) & 0x100) > 0,
        },
      ];
    }),
  );
}

function bondFacts(of: (name: string) => string | undefined): Interface {
  const first = (name: string): string | undefined => words(of(`bonding/${name}`) ?? '')[0];
  const primary = of('bonding/primary');
  return {
    type: 'bonding',
    slaves: words(of('bonding/slaves') ?? ''),
    mode: first('mode'),
    miimon: first('miimon'),
    lacp_rate: first('lacp_rate'),
    ...(primary === undefined ? {} : { primary, all_slaves_active: of('bonding/all_slaves_active') === '1' }),
  };
}

// `2: eth0    inet 192.0.2.2/24 brd 192.0.2.255 scope global eth0\       valid_lft ...`
function linesByDevice(text: string): ReadonlyMap<string, string[]> {
  const devices = new Map<string, string[]>();
  for (const line of lines(text)) {
    const [, device, rest = ''] = /^\d+:\s+([^\s@]+?):?(?:@\S+)?\s+(inet6?\s[^\\]*)/.exec(line) ?? [];
    if (device !== undefined) devices.set(device, [...(devices.get(device) ?? []), rest]);
  }
  return devices;
}

// `8.8.8.8 via 192.0.2.1 dev eth0 src 192.0.2.2 uid 0`
function routeOf(text: string): Interface {
  const told = words(lines(text)[0] ?? '');
  const after = (word: string): string | undefined => {
    const at = told.indexOf(word);
    return at > 0 ? told[at + 1] : undefined;
  };
  const via = after('via');
  return { gateway: via === told[0] ? undefined : via, interface: after('dev'), address: after('src') };
}

function addIpv4(
  told: readonly string[],
  device: string,
  isFurther: boolean,
  interfaces: Map<string, Interface>,
  defaults: Interface,
  all: string[],
): void {
  // A point-to-point interface has no prefix.
  const [address = '', prefix = '32'] = (told[1] ?? '').split('/');
  const netmask = maskOf(Number(prefix));
  const broadcast = told[1]?.includes('/') === true && told[2] === 'brd' ? (told[3] ?? '') : '';
  const fact = { address, broadcast, netmask, network: networkOf(address, netmask), prefix };
  const label = told.at(-1) ?? device;
  const own = interfaces.get(device) ?? {};
  const labelled = label === device ? own : {};
  interfaces.set(label, labelled);
  const isFirst = !isFurther && labelled.ipv4 === undefined;
  if (isFirst) labelled.ipv4 = dict(fact);
  else addTo(labelled, 'ipv4_secondaries', fact);
  if (isFurther && label !== device) addTo(own, 'ipv4_secondaries', fact);
  if (defaults.address === address) {
    Object.assign(defaults, fact, { macaddress: own.macaddress ?? '', mtu: own.mtu, type: own.type ?? 'unknown', alias: label });
  }
  if (!address.startsWith('127.')) all.push(address);
}

function addIpv6(told: readonly string[], device: string, interfaces: Map<string, Interface>, defaults: Interface, all: string[]): void {
  const isPeer = told[2] === 'peer';
  const [address = '', ownPrefix] = (told[1] ?? '').split('/');
  const prefix = isPeer ? told[3]?.split('/')[1] : ownPrefix;
  const scope = isPeer ? told[5] : told[3];
  const own = interfaces.get(device) ?? {};
  addTo(own, 'ipv6', { address, prefix, scope });
  if (defaults.address === address) {
    Object.assign(defaults, { prefix, scope, macaddress: own.macaddress ?? '', mtu: own.mtu, type: own.type ?? 'unknown' });
  }
  if (address !== '::1') all.push(address);
}

function addTo(facts: Interface, name: string, item: Readonly<Record<string, Value | undefined>>): void {
  const known = facts[name];
  facts[name] = [...(Array.isArray(known) ? known : []), dict(item)];
}
