// IP addresses with or without a prefix, of version 4 and 6, as numbers and as text. It knows no filter.

export interface IpNetwork {
  readonly version: 4 | 6;
  /** The address as it was given, host part and all. */
  readonly address: bigint;
  readonly prefix: number;
  /** Whether a prefix was written. */
  readonly hasPrefix: boolean;
}

const width = (version: 4 | 6): number => (version === 4 ? 32 : 128);

/** Reads `10.0.0.1`, `10.0.0.0/8`, `10.0.0.0/255.0.0.0`, `fe80::1/64`. @returns undefined for anything else. */
export function parseIp(text: string): IpNetwork | undefined {
  const [host = '', mask, more] = text.trim().split('/');
  const version = host.includes(':') ? 6 : 4;
  const address = version === 6 ? parseV6(host) : parseV4(host);
  if (address === undefined || more !== undefined) return undefined;
  if (mask === undefined) return { version, address, prefix: width(version), hasPrefix: false };
  const prefix = /^\d{1,3}$/.test(mask) ? Number(mask) : version === 4 ? prefixOfMask(parseV4(mask)) : undefined;
  return prefix === undefined || prefix > width(version) ? undefined : { version, address, prefix, hasPrefix: true };
}

/** An address by its number; undefined when it is too large. */
export function ipOfNumber(number: bigint, version: 4 | 6): IpNetwork | undefined {
  return number >> BigInt(width(version)) === 0n ? { version, address: number, prefix: width(version), hasPrefix: false } : undefined;
}

export const hostmask = ({ version, prefix }: IpNetwork): bigint => (1n << BigInt(width(version) - prefix)) - 1n;
export const netmask = (ip: IpNetwork): bigint => ((1n << BigInt(width(ip.version))) - 1n) ^ hostmask(ip);
export const size = (ip: IpNetwork): bigint => hostmask(ip) + 1n;
export const first = (ip: IpNetwork): bigint => ip.address & netmask(ip);
export const last = (ip: IpNetwork): bigint => ip.address | hostmask(ip);

/** Whether all of `inner` lies in `outer`. */
export function isWithin(inner: IpNetwork, outer: IpNetwork): boolean {
  return inner.version === outer.version && inner.prefix >= outer.prefix && (inner.address & netmask(outer)) === first(outer);
}

export function formatIp(number: bigint, version: 4 | 6): string {
  if (version === 4) return [24n, 16n, 8n, 0n].map((shift) => String((number >> shift) & 0xffn)).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => ((number >> BigInt(112 - 16 * i)) & 0xffffn).toString(16));
  // As inet_ntop: IPv4 inside IPv6 looks like IPv4; the first of the longest runs of zeros is left out.
  if (number >> 32n === 0xffffn) return `::ffff:${formatIp(number & 0xffffffffn, 4)}`;
  const runs = [...groups.join(':').matchAll(/(?<![\da-f])0(?::0)+(?![\da-f])/g)];
  const longest = runs.reduce<RegExpExecArray | undefined>(
    (best, run) => (best === undefined || run[0].length > best[0].length ? run : best),
    undefined,
  );
  if (longest === undefined) return groups.join(':');
  const text = groups.join(':');
  return `${text.slice(0, longest.index).replace(/:$/, '')}::${text.slice(longest.index + longest[0].length).replace(/^:/, '')}`;
}

function parseV4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) return undefined;
  return parts.reduce((number, part) => (number << 8n) | BigInt(part), 0n);
}

function parseV6(text: string): bigint | undefined {
  // A tail of version 4 is two groups.
  const tail = /[^:]*\.[^:]*$/.exec(text)?.[0];
  const v4 = tail === undefined ? undefined : parseV4(tail);
  if (tail !== undefined && v4 === undefined) return undefined;
  const plain =
    tail === undefined || v4 === undefined
      ? text
      : `${text.slice(0, -tail.length)}${(v4 >> 16n).toString(16)}:${(v4 & 0xffffn).toString(16)}`;
  const halves = plain.split('::');
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const count = groups.flat().length;
  if (halves.length > 2 || (halves.length === 2 ? count > 7 : count !== 8)) return undefined;
  if (!groups.flat().every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined;
  const [head = [], end = []] = groups;
  const all = halves.length === 2 ? [...head, ...Array.from({ length: 8 - count }, () => '0'), ...end] : head;
  return all.reduce((number, group) => (number << 16n) | BigInt(`0x${group}`), 0n);
}

// A mask of the network, or of the host when it is turned around.
function prefixOfMask(mask: bigint | undefined): number | undefined {
  if (mask === undefined) return undefined;
  const bits = mask.toString(2).padStart(32, '0');
  if (/^1*0*$/.test(bits)) return bits.lastIndexOf('1') + 1;
  return /^0*1*$/.test(bits) ? bits.indexOf('1') : undefined;
}
