// known_hosts files: who has which key. It asks nobody and decides nothing: it gives a verdict.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** One usable line of a known_hosts file. */
interface Entry {
  readonly marker: '@revoked' | '@cert-authority' | undefined;
  readonly matches: (name: string) => boolean;
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

/** `SHA256:...` as ssh prints it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The algorithm name that begins a public key blob. */
export function keyTypeOf(key: Buffer): string {
  const length = key.length >= 4 ? key.readUInt32BE(0) : 0;
  return key.toString('latin1', 4, Math.min(4 + length, key.length, 68));
}

/** The name known_hosts knows a host by: `host`, or `[host]:port` off port 22. */
export function knownHostsName(host: string, port: number): string {
  return port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
}

/** All entries of some known_hosts files, earlier files first. */
export class KnownHosts {
  readonly #entries: readonly Entry[];

  private constructor(entries: readonly Entry[]) {
    this.#entries = entries;
  }

  /**
   * Reads files.
   *
   * @param files - Missing ones are empty.
   * @throws Error of the file system when one exists but cannot be read: a host key must not be accepted because of that.
   */
  static async load(files: readonly string[]): Promise<KnownHosts> {
    const texts = await Promise.all(files.map(async (file) => ({ file, text: await readIfThere(file) })));
    return KnownHosts.parse(texts);
  }

  /** Lines that cannot be read are passed over, as ssh does. */
  static parse(texts: readonly { readonly file: string; readonly text: string }[]): KnownHosts {
    return new KnownHosts(texts.flatMap(({ file, text }) => text.split('\n').flatMap((line, i) => parseLine(line, `${file}:${i + 1}`) ?? [])));
  }

  /** The types of the keys known for a host, in order of the files. */
  keyTypes(name: string): string[] {
    return [...new Set(this.#of(name).filter((entry) => entry.marker === undefined).map((entry) => entry.keyType))];
  }

  /** What is known of a key. @param name - As {@link knownHostsName} gives it. */
  verdict(name: string, key: Buffer): Verdict {
    const entries = this.#of(name);
    const revoked = this.#entries.find((entry) => entry.marker === '@revoked' && entry.matches(name) && sameKey(entry.key, key));
    if (revoked !== undefined) return { kind: 'revoked', where: revoked.where };
    const plain = entries.filter((entry) => entry.marker === undefined);
    const same = plain.find((entry) => sameKey(entry.key, key));
    if (same !== undefined) return { kind: 'known', where: same.where };
    const [other] = [...plain.filter((entry) => entry.keyType === keyTypeOf(key)), ...plain];
    return other === undefined ? { kind: 'unknown' } : { kind: 'changed', where: other.where, keyType: other.keyType };
  }

  #of(name: string): readonly Entry[] {
    return this.#entries.filter((entry) => entry.matches(name));
  }
}

/** Adds a key to a file, creating it (0600) and its directory (0700) if need be. One write: two runs cannot mix their lines. */
export async function rememberHostKey(file: string, name: string, key: Buffer): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const before = await readIfThere(file);
  const newline = before === '' || before.endsWith('\n') ? '' : '\n';
  await appendFile(file, `${newline}${name} ${keyTypeOf(key)} ${key.toString('base64')}\n`, { mode: 0o600 });
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

function parseLine(line: string, where: string): Entry | undefined {
  const words = line.trim().split(/\s+/);
  if (words[0] === undefined || words[0] === '' || words[0].startsWith('#')) return undefined;
  const marker = words[0] === '@revoked' || words[0] === '@cert-authority' ? words[0] : undefined;
  const [hosts, keyType, base64] = marker === undefined ? words : words.slice(1);
  if (hosts === undefined || keyType === undefined || base64 === undefined || hosts.startsWith('@')) return undefined;
  const key = Buffer.from(base64, 'base64');
  if (keyTypeOf(key) !== keyType) return undefined;
  return { marker, matches: hostMatcher(hosts), keyType, key, where };
}

function hostMatcher(field: string): (name: string) => boolean {
  const hashed = /^\|1\|([^|]+)\|([^|]+)$/.exec(field);
  if (hashed !== null) {
    const [salt, hash] = [Buffer.from(hashed[1] ?? '', 'base64'), Buffer.from(hashed[2] ?? '', 'base64')];
    return (name) => sameKey(createHmac('sha1', salt).update(name).digest(), hash);
  }
  const patterns = field.split(',').map((text) => {
    const negated = text.startsWith('!');
    return { negated, pattern: globPattern((negated ? text.slice(1) : text).toLowerCase()) };
  });
  // A negated pattern that matches overrules all others of the line.
  return (name) => patterns.some(({ negated, pattern }) => !negated && pattern.test(name)) && !patterns.some(({ negated, pattern }) => negated && pattern.test(name));
}

/** `*` and `?` as in known_hosts and ssh_config; brackets are ordinary characters. */
export function globPattern(glob: string): RegExp {
  const source = glob.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's');
}

function sameKey(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
