// Host keys in paramiko's HostKeys words: a known_hosts file as a value that can be looked at, changed and saved.

import { readIfThere } from '../file-cache.ts';
import { fingerprint, keyTypeOf, sameBytes } from './blob.ts';
import { editFile, lineFor } from './file-edit.ts';
import { type Entry, parseEntry } from './known-hosts.ts';
import { hashName, knownHostsName, matchesName } from './name-pattern.ts';

/** One key of one host. */
export interface HostKey {
  /** `ssh-ed25519`. */
  readonly type: string;
  /** In SSH's encoding. */
  readonly key: Buffer;
  /** `SHA256:...`. */
  readonly fingerprint: string;
}

/** A line that was understood. */
export interface HostKeyLine extends HostKey {
  /** Whom it is for, as the file has it: names, patterns, or the hash of a name. */
  readonly hosts: string;
  readonly marker: '@revoked' | '@cert-authority' | undefined;
}

/** A line, understood or not: what is not understood is kept as it is. */
interface Line {
  readonly text: string;
  readonly entry: Entry | undefined;
}

/**
 * The lines of known_hosts files.
 *
 * @example
 * ```ts
 * const keys = new HostKeys();
 * await keys.load('/home/deploy/.ssh/known_hosts');
 * keys.add('web07', key);
 * await keys.save('/home/deploy/.ssh/known_hosts');
 * ```
 */
export class HostKeys {
  #lines: Line[] = [];

  /** Adds the lines of a file; a missing one has none. @throws Error of the file system. */
  async load(file: string): Promise<void> {
    const text = (await readIfThere(file)).toString();
    const lines = text.split('\n');
    if (lines.at(-1) === '') lines.pop();
    this.#lines.push(...lines.map((line, i) => ({ text: line, entry: parseEntry(line, `${file}:${i + 1}`) })));
  }

  /**
   * Writes all lines in one step, those too that nobody understood; what the file had is gone, as with paramiko.
   *
   * @throws SshConnectError KNOWN_HOSTS_LOCKED; Error of the file system.
   */
  async save(file: string): Promise<void> {
    await editFile(file, () => this.#lines.map((line) => `${line.text}\n`).join(''));
  }

  /** Every line that was understood, in order. */
  *[Symbol.iterator](): Generator<HostKeyLine> {
    for (const { text, entry } of this.#lines) {
      if (entry === undefined) continue;
      const { marker, keyType: type, key } = entry;
      const hosts = text.trim().split(/\s+/)[marker === undefined ? 0 : 1] ?? '';
      yield { hosts, marker, type, key, fingerprint: fingerprint(key) };
    }
  }

  /** The keys of a host; its certificate authorities are none. @param host - A name, or `[name]:port`. */
  lookup(host: string): HostKey[] {
    return this.#entries(host)
      .filter((entry) => entry.marker === undefined)
      .map(({ key, keyType }) => ({ type: keyType, key, fingerprint: fingerprint(key) }));
  }

  /** Whether this very key is known for the host, and not revoked. */
  check(host: string, key: Buffer): boolean {
    const same = this.#entries(host).filter((entry) => sameBytes(entry.key, key));
    return same.some((entry) => entry.marker === undefined) && !same.some((entry) => entry.marker === '@revoked');
  }

  /** Adds a key, in place of another of its type. @param hashed - Whether the name is written as its hash. */
  add(host: string, key: Buffer, hashed = false): void {
    const name = host.toLowerCase();
    const type = keyTypeOf(key);
    this.#lines = this.#lines.filter(({ entry }) => !(entry !== undefined && entry.keyType === type && this.#isOnlyFor(entry, name)));
    const text = lineFor(name, key, hashed);
    this.#lines.push({ text, entry: parseEntry(text, 'added here') });
  }

  /** Forgets a host: the lines that name it and no other. @returns How many. */
  remove(host: string): number {
    const before = this.#lines.length;
    this.#lines = this.#lines.filter(({ entry }) => entry === undefined || !this.#isOnlyFor(entry, host.toLowerCase()));
    return before - this.#lines.length;
  }

  /** The name as HashKnownHosts writes it. */
  static hashHost(host: string): string {
    return hashName(host.toLowerCase());
  }

  /** The name a host has in these files: `[host]:port` off port 22. */
  static nameOf(host: string, port = 22): string {
    return knownHostsName(host, port);
  }

  #entries(host: string): Entry[] {
    return this.#lines.flatMap(({ entry }) => (entry !== undefined && matchesName(entry.pattern, host.toLowerCase()) ? [entry] : []));
  }

  #isOnlyFor(entry: Entry, name: string): boolean {
    const { pattern, marker } = entry;
    const isSingle = pattern.kind === 'hashed' || (pattern.kind === 'names' && pattern.names.length === 1);
    return marker === undefined && isSingle && matchesName(pattern, name);
  }
}
