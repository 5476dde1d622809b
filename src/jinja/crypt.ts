// Hashes of passwords as crypt(3) makes them: `$1$`, `$5$` and `$6$`. It knows no template.
import { createHash } from 'node:crypto';

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Rounds when nobody says how many: then the hash does not name them. */
const DEFAULT_ROUNDS = 5_000;

/** SHA-crypt. @param rounds - Undefined for 5000. See https://www.akkadia.org/drepper/SHA-crypt.txt, whose letters are kept. */
export function shaCrypt(algorithm: 'sha256' | 'sha512', password: string, salt: string, rounds?: number): string {
  const [key, seasoning] = [Buffer.from(password), Buffer.from(salt)];
  const digest = (...parts: readonly Buffer[]): Buffer => createHash(algorithm).update(Buffer.concat(parts)).digest();
  const b = digest(key, seasoning, key);
  const bits = [...key.length.toString(2)].reverse().filter(() => key.length > 0);
  let a = digest(key, seasoning, stretched(b, key.length), ...bits.map((bit) => (bit === '1' ? b : key)));
  const p = stretched(digest(...Array.from({ length: key.length }, () => key)), key.length);
  const s = stretched(digest(...Array.from({ length: 16 + (a[0] ?? 0) }, () => seasoning)), seasoning.length);
  for (let round = 0; round < (rounds ?? DEFAULT_ROUNDS); round++) {
    const odd = round % 2 === 1;
    const parts = [odd ? p : a];
    if (round % 3 !== 0) parts.push(s);
    if (round % 7 !== 0) parts.push(p);
    a = digest(...parts, odd ? a : p);
  }
  const named = rounds === undefined ? '' : `rounds=${rounds}$`;
  return algorithm === 'sha512' ? `$6$${named}${salt}$${encoded(a, SHA512)}` : `$5$${named}${salt}$${encoded(a, SHA256)}`;
}

/** MD5-crypt, of FreeBSD. */
export function md5Crypt(password: string, salt: string): string {
  const [key, seasoning] = [Buffer.from(password), Buffer.from(salt)];
  const digest = (...parts: readonly Buffer[]): Buffer => createHash('md5').update(Buffer.concat(parts)).digest();
  const parts = [key, Buffer.from('$1$'), seasoning, stretched(digest(key, seasoning, key), key.length)];
  for (let i = key.length; i > 0; i >>= 1) parts.push((i & 1) === 1 ? Buffer.alloc(1) : key.subarray(0, 1));
  let a = digest(...parts);
  for (let round = 0; round < 1_000; round++) {
    const odd = round % 2 === 1;
    const mixed = [odd ? key : a];
    if (round % 3 !== 0) mixed.push(seasoning);
    if (round % 7 !== 0) mixed.push(key);
    a = digest(...mixed, odd ? a : key);
  }
  return `$1$${salt}$${encoded(a, MD5)}`;
}

/** A salt that nobody can guess. */
export function saltOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => ALPHABET[byte & 63]).join('');
}

function stretched(buffer: Buffer, length: number): Buffer {
  return Buffer.concat(Array.from({ length: Math.ceil(length / buffer.length) }, () => buffer)).subarray(0, length);
}

// Which bytes make each group of characters, the highest first. Undefined is zero, and makes a character less.
type Group = readonly [number | undefined, number | undefined, number];

const SHA256: readonly Group[] = [...Array.from({ length: 10 }, (_, i) => turned([i, i + 10, i + 20], i)), [undefined, 31, 30]];
const SHA512: readonly Group[] = [...Array.from({ length: 21 }, (_, i) => turned([i, i + 21, i + 42], 2 * i)), [undefined, undefined, 63]];
const MD5: readonly Group[] = [
  [0, 6, 12],
  [1, 7, 13],
  [2, 8, 14],
  [3, 9, 15],
  [4, 10, 5],
  [undefined, undefined, 11],
];

// From one group to the next the three bytes change places in a circle.
function turned(bytes: readonly [number, number, number], by: number): Group {
  const at = (i: number): number => bytes[(((i - by) % 3) + 3) % 3] ?? 0;
  return [at(0), at(1), at(2)];
}

function encoded(digest: Buffer, groups: readonly Group[]): string {
  return groups
    .map((group) => {
      const byte = (at: number | undefined): number => (at === undefined ? 0 : (digest[at] ?? 0));
      let bits = (byte(group[0]) << 16) | (byte(group[1]) << 8) | byte(group[2]);
      const length = 1 + group.filter((at) => at !== undefined).length;
      return Array.from({ length }, () => {
        const char = ALPHABET[bits & 63];
        bits >>>= 6;
        return char;
      }).join('');
    })
    .join('');
}
