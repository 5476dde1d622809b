// The first field of a known_hosts line: names, patterns, or the hash of a name. It does not know which key belongs to them.
import { createHmac, randomBytes } from 'node:crypto';
import { sameBytes } from './blob.ts';

/** How a line says whom it is for. */
export type NamePattern =
  /** Names without `*`, `?` and `!`: found by looking them up. */
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'patterns'; readonly matches: (name: string) => boolean }
  | { readonly kind: 'hashed'; readonly salt: Buffer; readonly hash: Buffer };

/** The name known_hosts knows a host by: `host`, or `[host]:port` off port 22. */
export function knownHostsName(host: string, port: number): string {
  return port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
}

/** @returns undefined for a hash that is none. */
export function parseNamePattern(field: string): NamePattern | undefined {
  if (field.startsWith('|')) {
    const [, salt, hash] = /^\|1\|([A-Za-z0-9+/=]+)\|([A-Za-z0-9+/=]+)$/.exec(field) ?? [];
    if (salt === undefined || hash === undefined) return undefined;
    return { kind: 'hashed', salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') };
  }
  const words = field.toLowerCase().split(',');
  if (!/[*?!]/.test(field)) return { kind: 'names', names: words };
  return { kind: 'patterns', matches: patternMatcher(words) };
}

export function matchesName(pattern: NamePattern, name: string): boolean {
  switch (pattern.kind) {
    case 'names':
      return pattern.names.includes(name);
    case 'patterns':
      return pattern.matches(name);
    case 'hashed':
      return sameBytes(createHmac('sha1', pattern.salt).update(name).digest(), pattern.hash);
  }
}

/** The name as HashKnownHosts writes it: `|1|salt|hash`, a new salt each time. */
export function hashName(name: string): string {
  const salt = randomBytes(20);
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
}

function patternMatcher(words: readonly string[]): (name: string) => boolean {
  const patterns = words.map((text) => {
    const negated = text.startsWith('!');
    return { negated, pattern: globPattern(negated ? text.slice(1) : text) };
  });
  // A negated pattern that matches overrules all others of the line.
  return (name) =>
    patterns.some(({ negated, pattern }) => !negated && pattern.test(name)) &&
    !patterns.some(({ negated, pattern }) => negated && pattern.test(name));
}

/** The few patterns of a configuration are asked for each of thousands of hosts. */
const compiled = new Map<string, RegExp>();
const MOST_COMPILED = 1_000;

/** `*` and `?` as in known_hosts and ssh_config; brackets are ordinary characters. */
export function globPattern(glob: string): RegExp {
  const known = compiled.get(glob);
  if (known !== undefined) return known;
  const pattern = compile(glob);
  if (compiled.size < MOST_COMPILED) compiled.set(glob, pattern);
  return pattern;
}

function compile(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's');
}
