// Lists of keys that are never accepted (RevokedHostKeys). Who cannot say what is revoked accepts nothing.
import { readFile } from 'node:fs/promises';
import { SshConnectError } from '../errors.ts';
import { FileCache } from '../file-cache.ts';
import { keyTypeOf } from './blob.ts';
import { isCertificate, parseCertificate } from './certificate.ts';

interface List {
  readonly file: string;
  readonly keys: ReadonlySet<string>;
}

/** All keys of some lists. */
export class RevokedKeys {
  readonly #lists: readonly List[];

  private constructor(lists: readonly List[]) {
    this.#lists = lists;
  }

  /**
   * Reads lists: a public key to a line, as in a .pub file. A certificate there revokes the key in it.
   *
   * @throws SshConnectError KNOWN_HOSTS_UNREADABLE on a line that is no key, as ssh does, and on a binary KRL; Error of the file system,
   * also when a file is missing.
   */
  static async load(files: readonly string[]): Promise<RevokedKeys> {
    return new RevokedKeys(await Promise.all(files.map(async (file) => ({ file, keys: await cache.load(file) }))));
  }

  /** The list that revokes a key; undefined if none does. */
  revocation(key: Buffer): string | undefined {
    const wanted = key.toString('base64');
    return this.#lists.find(({ keys }) => keys.has(wanted))?.file;
  }
}

const cache = new FileCache<ReadonlySet<string>>(async (file) => {
  const bytes = await readFile(file);
  if (bytes.subarray(0, 6).equals(Buffer.from('SSHKRL'))) {
    throw new SshConnectError('KNOWN_HOSTS_UNREADABLE', `${file} is a binary key revocation list, which is not supported`, {
      where: file,
      fix: 'List the revoked public keys in a text file, one to a line',
    });
  }
  const lines = bytes.toString('utf8').split('\n');
  return new Set(lines.flatMap((line, i) => parseLine(line.trim(), `${file}:${i + 1}`)));
});

function parseLine(line: string, where: string): string[] {
  if (line === '' || line.startsWith('#')) return [];
  const [type = '', base64 = ''] = line.split(/\s+/);
  const key = Buffer.from(base64, 'base64');
  if (keyTypeOf(key) !== type) {
    throw new SshConnectError('KNOWN_HOSTS_UNREADABLE', 'A line of the revoked host keys is no public key', {
      where,
      fix: 'Write the type and the key, as in a .pub file, or take the line out',
    });
  }
  return [(isCertificate(key) ? parseCertificate(key).publicKey : key).toString('base64')];
}
