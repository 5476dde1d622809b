// Which algorithms are offered, in which order. SHA-1, CBC and small groups are not among them.
import { createRequire } from 'node:module';
import type { Algorithms, CipherAlgorithm, KexAlgorithm, MacAlgorithm, ServerHostKeyAlgorithm } from 'ssh2';
import { SshSettingsError } from './errors.ts';
import { globPattern } from './host-keys/name-pattern.ts';
import type { AlgorithmLists } from './settings.ts';
import { certificateAlgorithms } from './ssh2-host-certificates.ts';

const HOST_KEYS: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/** The signature algorithms that a host key of a type may sign with. */
const SIGNATURES: Readonly<Record<string, readonly ServerHostKeyAlgorithm[]>> = { 'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'] };

const KEY_EXCHANGES: readonly KexAlgorithm[] = [
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
  'diffie-hellman-group16-sha512',
  'diffie-hellman-group18-sha512',
  'diffie-hellman-group-exchange-sha256',
  'diffie-hellman-group14-sha256',
];
// GCM runs in OpenSSL whether or not ssh2's native parts are built, in one pass for cipher and integrity.
const CIPHERS: readonly CipherAlgorithm[] = [
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  'chacha20-poly1305@openssh.com',
  'aes128-ctr',
  'aes192-ctr',
  'aes256-ctr',
];
const MACS: readonly MacAlgorithm[] = ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'];

/** Everything that can be spoken, the unsafe included: only whoever names one in ssh_config gets it. */
const { SUPPORTED_KEX, SUPPORTED_SERVER_HOST_KEY, SUPPORTED_CIPHER, SUPPORTED_MAC } = createRequire(import.meta.url)(
  'ssh2/lib/protocol/constants.js',
) as Readonly<Record<string, readonly string[]>>;

/** What is asked of the offer for one host. */
interface Wishes {
  /** Types of the keys that known_hosts has for it. The server is asked for one of those first, or it might show another of its keys. */
  readonly knownKeyTypes: readonly string[];
  /** Whether a certificate of it could be accepted; only then is one asked for. */
  readonly hasAuthority: boolean;
  /** From ssh_config. */
  readonly lists: AlgorithmLists;
}

/** The offer for one host. @throws SshSettingsError SSH_CONFIG when a list leaves nothing that can be spoken. */
export function algorithmsFor({ knownKeyTypes, hasAuthority, lists }: Wishes): Algorithms {
  const known = knownKeyTypes.flatMap((type) => SIGNATURES[type] ?? HOST_KEYS.filter((name) => name === type));
  const hostKeys = lists.hostKey === undefined ? [...new Set([...known, ...HOST_KEYS])] : HOST_KEYS;
  return {
    kex: chosen(KEY_EXCHANGES, lists.keyExchange, SUPPORTED_KEX, 'KexAlgorithms'),
    serverHostKey: [
      ...(hasAuthority ? certificateAlgorithms() : []),
      ...chosen(hostKeys, lists.hostKey, SUPPORTED_SERVER_HOST_KEY, 'HostKeyAlgorithms').filter((name) => !name.includes('-cert-')),
    ],
    cipher: chosen(CIPHERS, lists.cipher, SUPPORTED_CIPHER, 'Ciphers'),
    hmac: chosen(MACS, lists.mac, SUPPORTED_MAC, 'MACs'),
    compress: ['none'],
  };
}

/** As ssh_config reads its lists: in place of the usual ones, or with `+` after, `^` before, `-` without them. Patterns may be used. */
function chosen<T extends string>(usual: readonly T[], list: string | undefined, supported: readonly string[] = [], keyword: string): T[] {
  if (list === undefined) return [...usual];
  const how = /^[+^-]/.exec(list)?.[0] ?? '';
  const patterns = list.slice(how.length).split(',');
  const named = patterns.flatMap((pattern) => (supported as readonly T[]).filter((name) => globPattern(pattern).test(name)));
  const result = {
    '': named,
    '+': [...usual, ...named],
    '^': [...named, ...usual],
    '-': usual.filter((name) => !named.includes(name)),
  }[how];
  const offer = [...new Set(result)];
  if (offer.length > 0) return offer;
  throw new SshSettingsError('SSH_CONFIG', `${keyword} ${list} leaves nothing that can be spoken here`, {
    where: keyword,
    fix: `Name one of ${usual.join(', ')}, or use the connection openssh for this host`,
  });
}
