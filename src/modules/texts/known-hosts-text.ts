// The text of a known_hosts file: which lines are of a host, and hashed names. It knows no host, and asks no ssh-keygen.
import { createHmac, randomBytes } from 'node:crypto';

/** A line that says a key of hosts. */
interface HostKey {
  readonly marker: string | undefined;
  readonly names: string;
  readonly type: string;
  readonly blob: string;
}

/** What a file says of a host, and of one of its keys. */
export interface Search {
  /** Whether any line is of the host. */
  readonly isKnown: boolean;
  /** Whether a line has this very key. */
  readonly isSame: boolean;
  /** The line with this key, or else the first one with another key of its type; from 0. */
  readonly at: number | undefined;
  /** All lines of the host. */
  readonly all: readonly number[];
}

/** Looks for a host, and for a key given as a line. The names of both lines do not matter, the marker does. */
export function findHost(lines: readonly string[], host: string, key: string | undefined): Search {
  const all = lines.flatMap((line, index) => (isOf(line, host) ? [index] : []));
  const wanted = key === undefined ? undefined : readLine(key);
  for (const index of all) {
    const one = readLine(lines[index] ?? '');
    if (wanted === undefined || one === undefined || one.type !== wanted.type) continue;
    return { isKnown: true, isSame: areEqual(one, wanted), at: index, all };
  }
  return { isKnown: all.length > 0, isSame: false, at: undefined, all };
}

/** Whether a line is of a host: one of its patterns or its hash says so, and none says no. As `ssh-keygen -F`. */
export function isOf(line: string, host: string): boolean {
  const names = readLine(line)?.names;
  if (names === undefined) return false;
  const name = host.toLowerCase();
  const [, salt, hash] = /^\|1\|([^|]+)\|(.+)$/.exec(names) ?? [];
  if (salt !== undefined) return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
  const patterns = names.toLowerCase().split(',');
  const says = (pattern: string): boolean => globRegex(pattern).test(name);
  return patterns.some(says) && !patterns.some((pattern) => pattern.startsWith('!') && says(pattern.slice(1)));
}

/** The line of a key with the name of its host hashed, with fresh salt. */
export function hashName(line: string, host: string): string {
  const salt = randomBytes(20);
  const hash = createHmac('sha1', salt).update(host.toLowerCase()).digest('base64');
  const words = line.trim().split(/\s+/);
  words[words[0]?.startsWith('@') === true ? 1 : 0] = `|1|${salt.toString('base64')}|${hash}`;
  return words.join(' ');
}

function readLine(line: string): HostKey | undefined {
  const words = line.trim().split(/\s+/);
  if (words[0]?.startsWith('#') === true) return undefined;
  const marker = words[0]?.startsWith('@') === true ? words.shift() : undefined;
  const [names, type, blob] = words;
  return names === undefined || type === undefined || blob === undefined ? undefined : { marker, names, type, blob };
}

// A name that is not hashed in either line is part of what is compared, as ansible 2.14.
function areEqual(one: HostKey, other: HostKey): boolean {
  const areHashed = one.names.startsWith('|1|') && other.names.startsWith('|1|');
  return one.marker === other.marker && one.blob === other.blob && (areHashed || one.names === other.names);
}

function globRegex(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`);
}
