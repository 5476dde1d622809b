// The keys of a host change in good order (UpdateHostKeys): known_hosts learns the new ones and forgets the old. It asks no server.
import { keyTypeOf, sameBytes } from './blob.ts';
import { isKeyType } from './certificate.ts';
import { editFile, lineFor } from './file-edit.ts';
import { type Entry, parseEntry } from './known-hosts.ts';
import { matchesName } from './name-pattern.ts';

/** What a server has said of its keys, after it was let in by one of them. */
export interface HostKeyOffer {
  /** All the keys it has, in SSH's encoding. */
  readonly offered: readonly Buffer[];
  /** Those for which it has signed something of ours. */
  readonly proven: readonly Buffer[];
}

/**
 * Brings the keys of a host up to date: those it has proven to hold are in the file afterwards, those it has given up are gone.
 *
 * As OpenSSH 9.2 does, it changes nothing when a key was not proven, when a pattern names the host, or when one of the keys is known
 * under another name, too: what is shared is for a person to change. Only lines that name this host and no other are taken away;
 * comments, markers, lines for several hosts and keys of types that nobody could have offered stay as they are.
 *
 * @param file - Where the key is known by which this connection was accepted.
 * @param name - As knownHostsName gives it.
 * @param isRevoked - A revoked key is not learnt.
 * @param hashed - Whether new names are written as their hashes.
 * @returns Whether the file was changed.
 * @throws SshConnectError KNOWN_HOSTS_LOCKED; Error of the file system.
 */
export async function rememberRotatedKeys(
  file: string,
  name: string,
  { offered, proven }: HostKeyOffer,
  isRevoked: (key: Buffer) => boolean,
  hashed: boolean,
): Promise<boolean> {
  if (offered.length === 0 || !offered.every((key) => isAmong(key, proven))) return false;
  return await editFile(file, (text) => {
    const lines = text.split('\n').map((line) => ({ line, entry: plainEntry(line, file) }));
    const own = lines.flatMap(({ entry }) => (entry !== undefined && matchesName(entry.pattern, name) ? [entry] : []));
    const isShared = lines.some(({ entry }) => entry !== undefined && !own.includes(entry) && isAmong(entry.key, offered));
    if (isShared || own.some(({ pattern }) => pattern.kind === 'patterns')) return undefined;
    const gone = own.filter((entry) => isForOneHost(entry) && isKeyType(entry.keyType) && !isAmong(entry.key, offered));
    const added = offered.filter((key) => isKeyType(keyTypeOf(key)) && !own.some((entry) => sameBytes(entry.key, key)) && !isRevoked(key));
    if (gone.length === 0 && added.length === 0) return undefined;
    const kept = lines.filter(({ entry }) => entry === undefined || !gone.includes(entry)).map(({ line }) => line);
    if (kept.at(-1) === '') kept.pop();
    return [...kept, ...added.map((key) => lineFor(name, key, hashed)), ''].join('\n');
  });
}

function plainEntry(line: string, file: string): Entry | undefined {
  const entry = parseEntry(line, file);
  return entry?.marker === undefined ? entry : undefined;
}

function isForOneHost({ pattern }: Entry): boolean {
  return pattern.kind === 'hashed' || (pattern.kind === 'names' && pattern.names.length === 1);
}

function isAmong(key: Buffer, keys: readonly Buffer[]): boolean {
  return keys.some((one) => sameBytes(one, key));
}
