// Throw-away keys in OpenSSH's format, made in a fraction of a millisecond. It does not know whom they identify.
import { generateEd25519, opensshPrivateKey, opensshPublicKey } from '../ssh/ed25519.ts';

export interface KeyPair {
  /** The text of a private key file, without a passphrase. */
  readonly privateKey: string;
  /** One line, as in a .pub file: type, key, comment. */
  readonly publicKey: string;
}

/** As `ssh-keygen -t ed25519 -N ''`. (ssh2 has a generator too, but about one key in 250 of its making is malformed.) */
export function generateKeyPair(comment: string): KeyPair {
  const key = generateEd25519();
  return { privateKey: opensshPrivateKey(key, comment), publicKey: opensshPublicKey(key, comment) };
}
