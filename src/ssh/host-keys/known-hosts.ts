// known_hosts files: who has which key. It asks nobody and decides nothing: it gives a verdict.
import { readFile, stat } from 'node:fs/promises';
import { keyTypeOf, sameBytes } from './blob.ts';
import { matchesName, type NamePattern, parseNamePattern } from './name-pattern.ts';

/** One usable line of a known_hosts file. */
export interface Entry {
  readonly marker: '@revoked' | '@cert-authority' | undefined;
  readonly pattern: NamePattern;
  readonly keyType: string;
  readonly key: Buffer;
  /** `~/.ssh/known_hosts:41`. */
  readonly where: string;
}

/**
 * What known_hosts says of a key.
 *
 * `changed`: other keys are known for this host, but not this one.
 */
export type Verdict =
  | { readonly kind: 'known'; readonly where: string }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'changed'; readonly where: string; readonly keyType: string }
  | { readonly kind: 'revoked'; readonly where: string };

/** All entries of some known_hosts files, earlier files first. */
export class KnownHosts {
  readonly #files: readonly KnownHostsFile[];

  private constructor(files: readonly KnownHostsFile[]) {
    this.#files = files;
  }

  /**
   * Reads files, each once for as long as it stays as it is.
   *
   * @param files - Missing ones are empty.
   * @throws Error of the file system when one exists but cannot be read: a host key must not be accepted because of that.
   */
  static async load(files: readonly string[]): Promise<KnownHosts> {
    return new KnownHosts(await Promise.all(files.map(loadFile)));
  }

  /** Lines that cannot be read are passed over, as ssh does. */
  static parse(texts: readonly { readonly file: string; readonly text: string }[]): KnownHosts {
    return new KnownHosts(texts.map(({ file, text }) => new KnownHostsFile(file, text)));
  }

  /** The types of the keys known for a host, in order of the files. @param name - As knownHostsName gives it. */
  keyTypes(name: string): string[] {
    return [
      ...new Set(
        this.entries(name)
          .filter((entry) => entry.marker === undefined)
          .map((entry) => entry.keyType),
      ),
    ];
  }

  /** Every line about a host. */
  entries(name: string): readonly Entry[] {
    return this.#files.flatMap((file) => file.entries(name));
  }

  /** Keys that may certify a host. */
  authorities(name: string): readonly Entry[] {
    return this.entries(name).filter((entry) => entry.marker === '@cert-authority');
  }

  /** The line that revokes a key for a host; undefined if none does. */
  revocation(name: string, key: Buffer): Entry | undefined {
    return this.entries(name).find((entry) => entry.marker === '@revoked' && sameBytes(entry.key, key));
  }

  /** What is known of a key. */
  verdict(name: string, key: Buffer): Verdict {
    const revoked = this.revocation(name, key);
    if (revoked !== undefined) return { kind: 'revoked', where: revoked.where };
    const plain = this.entries(name).filter((entry) => entry.marker === undefined);
    const same = plain.find((entry) => sameBytes(entry.key, key));
    if (same !== undefined) return { kind: 'known', where: same.where };
    // A host known under another type of key only is another host, not an unknown one (CVE-2026-9547 of curl).
    const [other] = [...plain.filter((entry) => entry.keyType === keyTypeOf(key)), ...plain];
    return other === undefined ? { kind: 'unknown' } : { kind: 'changed', where: other.where, keyType: other.keyType };
  }
}

/** One file, with what makes a host found without reading every line again. */
class KnownHostsFile {
  readonly #byName = new Map<string, Entry[]>();
  readonly #others: Entry[] = [];
  readonly #order = new Map<Entry, number>();
  /** Hashed names have to be tried one by one: once for each host. */
  readonly #found = new Map<string, readonly Entry[]>();

  constructor(file: string, text: string) {
    for (const [i, line] of text.split('\n').entries()) {
      const entry = parseEntry(line, `${file}:${i + 1}`);
      if (entry === undefined) continue;
      this.#order.set(entry, i);
      if (entry.pattern.kind !== 'names') this.#others.push(entry);
      else for (const name of new Set(entry.pattern.names)) this.#byName.set(name, [...(this.#byName.get(name) ?? []), entry]);
    }
  }

  entries(name: string): readonly Entry[] {
    const found = this.#found.get(name);
    if (found !== undefined) return found;
    const matching = [...(this.#byName.get(name) ?? []), ...this.#others.filter((entry) => matchesName(entry.pattern, name))];
    matching.sort((a, b) => (this.#order.get(a) ?? 0) - (this.#order.get(b) ?? 0));
    this.#found.set(name, matching);
    return matching;
  }
}

interface Cached {
  readonly version: string;
  readonly file: Promise<KnownHostsFile>;
}

// A run over thousands of hosts asks for the same few files thousands of times.
const cache = new Map<string, Cached>();

async function loadFile(file: string): Promise<KnownHostsFile> {
  const version = await versionOf(file);
  const cached = cache.get(file);
  if (cached?.version === version) return await cached.file;
  const reading = readIfThere(file).then((text) => new KnownHostsFile(file, text));
  cache.set(file, { version, file: reading });
  // A failure is not remembered: the file may be readable the next time.
  reading.catch(() => cache.delete(file));
  return await reading;
}

async function versionOf(file: string): Promise<string> {
  try {
    const { mtimeNs, size, ino } = await stat(file, { bigint: true });
    return `${mtimeNs} ${size} ${ino}`;
  } catch (error) {
    if (isMissing(error)) return 'missing';
    throw error;
  }
}

/** The text of a file; empty when there is none. @throws Error of the file system on any other trouble. */
export async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return '';
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

/** @returns undefined for a comment, an empty line, and one that cannot be read. */
export function parseEntry(line: string, where: string): Entry | undefined {
  const words = line.trim().split(/\s+/);
  if (words[0] === undefined || words[0] === '' || words[0].startsWith('#')) return undefined;
  const marker = words[0] === '@revoked' || words[0] === '@cert-authority' ? words[0] : undefined;
  const [hosts, keyType, base64] = marker === undefined ? words : words.slice(1);
  if (hosts === undefined || keyType === undefined || base64 === undefined || hosts.startsWith('@')) return undefined;
  const key = Buffer.from(base64, 'base64');
  const pattern = parseNamePattern(hosts);
  return pattern === undefined || keyTypeOf(key) !== keyType ? undefined : { marker, pattern, keyType, key, where };
}
