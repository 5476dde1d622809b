// known_hosts files: who has which key. It asks nobody and decides nothing: it gives a verdict.

import { FileCache, readIfThere } from '../file-cache.ts';
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
   * Reads files, each once for as long as it stays as it is; of one that only grew, the new lines.
   *
   * @param files - Missing ones are empty.
   * @throws Error of the file system when one exists but cannot be read: a host key must not be accepted because of that.
   */
  static async load(files: readonly string[]): Promise<KnownHosts> {
    return new KnownHosts(await Promise.all(files.map(async (file) => await cache.load(file))));
  }

  /** Lines that cannot be read are passed over, as ssh does. */
  static parse(texts: readonly { readonly file: string; readonly text: string }[]): KnownHosts {
    return new KnownHosts(texts.map(({ file, text }) => new KnownHostsFile(file, Buffer.from(text))));
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

/** The lines of one file that match a name, among those that have to be tried one by one. */
interface Scan {
  /** How many of those have been tried. */
  tried: number;
  readonly hits: number[];
}

// Behind a marker, if there is one: the field that says whom a line is for.
const NAMES = /^\s*(?:@\S+\s+)?([^\s#@]\S*)/;

/** One file. Its lines are understood when somebody asks for a host of theirs: of a hundred thousand, most never are. */
class KnownHostsFile {
  readonly #file: string;
  #bytes: Buffer = Buffer.alloc(0);
  readonly #lines: string[] = [];
  readonly #entries = new Map<number, Entry | undefined>();
  /** Numbers of lines. */
  readonly #byName = new Map<string, number[]>();
  readonly #toTry: { readonly at: number; readonly pattern: NamePattern }[] = [];
  // Hashing a name a hundred thousand times takes a third of a second: once for each host.
  readonly #scans = new Map<string, Scan>();

  constructor(file: string, bytes: Buffer) {
    this.#file = file;
    this.#add(bytes);
  }

  /** Takes over a newer state of the file. @returns Whether that could be done: only when whole lines came after the old ones. */
  grow(bytes: Buffer): boolean {
    const before = this.#bytes;
    const isWhole = before.length === 0 || before.at(-1) === 0x0a;
    if (!isWhole || !before.equals(bytes.subarray(0, before.length))) return false;
    this.#add(bytes);
    return true;
  }

  entries(name: string): readonly Entry[] {
    return [...(this.#byName.get(name) ?? []), ...this.#tryAll(name)].sort((a, b) => a - b).flatMap((at) => this.#entry(at) ?? []);
  }

  #add(bytes: Buffer): void {
    // Only what is new becomes text: a line cut from a long text would hold all of that text in memory.
    const lines = bytes.toString('utf8', this.#bytes.length).split('\n');
    if (lines.at(-1) === '') lines.pop();
    for (const line of lines) this.#index(line);
    this.#bytes = bytes;
  }

  #index(line: string): void {
    const at = this.#lines.push(line) - 1;
    const names = NAMES.exec(line)?.[1];
    const pattern = names === undefined ? undefined : parseNamePattern(names);
    if (pattern === undefined) return;
    if (pattern.kind !== 'names') {
      this.#toTry.push({ at, pattern });
      return;
    }
    for (const name of new Set(pattern.names)) {
      const lines = this.#byName.get(name);
      if (lines === undefined) this.#byName.set(name, [at]);
      else lines.push(at);
    }
  }

  #tryAll(name: string): readonly number[] {
    const scan = this.#scans.get(name) ?? { tried: 0, hits: [] };
    this.#scans.set(name, scan);
    for (const { at, pattern } of this.#toTry.slice(scan.tried)) if (matchesName(pattern, name)) scan.hits.push(at);
    scan.tried = this.#toTry.length;
    return scan.hits;
  }

  #entry(at: number): Entry | undefined {
    if (!this.#entries.has(at)) this.#entries.set(at, parseEntry(this.#lines[at] ?? '', `${this.#file}:${at + 1}`));
    return this.#entries.get(at);
  }
}

const cache = new FileCache<KnownHostsFile>(async (file, before) => {
  const bytes = await readIfThere(file);
  return before?.grow(bytes) === true ? before : new KnownHostsFile(file, bytes);
});

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
