// File names for hosts: one for each, safe on every file system. It makes no file.
import { createHash } from 'node:crypto';

const LONGEST_BYTES = 200;
/** What some file system or terminal takes for something else; the percent sign, so that no two names become one. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
const UNSAFE = /[\u0000-\u001f\u007f-\u009f/\\:*?"<>|%\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;
/** Devices of Windows, with any extension. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
/** What Windows takes off the end of a name. */
const LOST_END = /[. ]$/;

/**
 * A file name for every host: its own where that is safe, else with percent signs: `fe80::1` -> `fe80%3A%3A1`.
 *
 * @returns Names that differ even where upper and lower case do not, by host.
 */
export function fileNamesOf(hosts: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  const names = new Map<string, string>();
  for (const host of hosts) {
    const name = shortened(safeName(host), host);
    let free = name;
    for (let n = 2; taken.has(free.toLowerCase()); n++) free = `${name}~${n}`;
    taken.add(free.toLowerCase());
    names.set(host, free);
  }
  return names;
}

function safeName(host: string): string {
  // A lone surrogate has no bytes; the replacement character stands for it.
  const name = Buffer.from(host).toString().replace(UNSAFE, percent);
  if (name === '') return '%';
  const isHidden = name.startsWith('.');
  const start = isHidden || DEVICE.test(name) ? percent(name.slice(0, 1)) + name.slice(1) : name;
  return start.replace(LOST_END, percent);
}

function percent(text: string): string {
  return [...Buffer.from(text)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

function shortened(name: string, host: string): string {
  if (Buffer.byteLength(name) <= LONGEST_BYTES) return name;
  const hash = createHash('sha256').update(host).digest('hex').slice(0, 16);
  let start = '';
  for (const char of name) {
    if (Buffer.byteLength(start + char) > LONGEST_BYTES - 17) break;
    start += char;
  }
  return `${start}~${hash}`;
}
