// Arithmetic with IPv4 addresses. It knows no interface.

/** The mask of so many bits: 24 -> 255.255.255.0. */
export function maskOf(prefix: number): string {
  return dotted(prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0);
}

export function networkOf(address: string, mask: string): string {
  return dotted((numberOf(address) & numberOf(mask)) >>> 0);
}

export function broadcastOf(address: string, mask: string): string {
  return dotted((numberOf(address) | (~numberOf(mask) & 0xffffffff)) >>> 0);
}

/** How many bits a mask has. */
export function prefixOf(mask: string): number {
  return numberOf(mask).toString(2).replaceAll('0', '').length;
}

/** 0xffffff00 -> 255.255.255.0; a dotted one stays. */
export function dottedMask(mask: string): string {
  if (/^0x[0-9a-f]{1,8}$/i.test(mask)) return dotted(Number(mask));
  return /^[0-9a-f]{8}$/i.test(mask) ? dotted(Number.parseInt(mask, 16)) : mask;
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function dotted(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}
