// Which algorithms are offered, in which order. SHA-1, CBC and small groups are not among them.
import type { Algorithms, ServerHostKeyAlgorithm } from 'ssh2';
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

/**
 * The offer for one host.
 *
 * @param knownKeyTypes - Types of the keys that known_hosts has for it. The server is asked for one of those first, or it might
 * show another of its keys, which nobody knows.
 * @param hasAuthority - Whether a certificate of it could be accepted; only then is one asked for.
 */
export function algorithmsFor(knownKeyTypes: readonly string[], hasAuthority: boolean): Algorithms {
  const known = knownKeyTypes.flatMap((type) => SIGNATURES[type] ?? HOST_KEYS.filter((name) => name === type));
  return {
    kex: [
      'curve25519-sha256',
      'curve25519-sha256@libssh.org',
      'ecdh-sha2-nistp256',
      'ecdh-sha2-nistp384',
      'ecdh-sha2-nistp521',
      'diffie-hellman-group16-sha512',
      'diffie-hellman-group18-sha512',
      'diffie-hellman-group-exchange-sha256',
      'diffie-hellman-group14-sha256',
    ],
    serverHostKey: [...new Set([...(hasAuthority ? certificateAlgorithms() : []), ...known, ...HOST_KEYS])],
    // GCM runs in OpenSSL whether or not ssh2's native parts are built, in one pass for cipher and integrity.
    cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'chacha20-poly1305@openssh.com', 'aes128-ctr', 'aes192-ctr', 'aes256-ctr'],
    hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
    compress: ['none'],
  };
}
