// ed25519 keys in OpenSSH's format, made in a fraction of a millisecond. It does not know whom they identify.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { string, uint32 } from '../ssh/sftp/wire.ts';

export interface KeyPair {
  /** The text of a private key file, without a passphrase. */
  readonly privateKey: string;
  /** One line, as in a .pub file: type, key, comment. */
  readonly publicKey: string;
}

const TYPE = 'ssh-ed25519';
const BLOCK_BYTES = 8;

/** As `ssh-keygen -t ed25519 -N ''`. (ssh2 has a generator too, but about one key in 250 of its making is malformed.) */
export function generateKeyPair(comment: string): KeyPair {
  const { d = '', x = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const [seed, point] = [Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')];
  const publicBytes = Buffer.concat([string(TYPE), string(point)]);
  return {
    privateKey: armour(Buffer.concat([header(publicBytes), string(secretPart(seed, point, comment))])),
    publicKey: [TYPE, publicBytes.toString('base64'), comment].join(' ').trim(),
  };
}

/** As OpenSSH's PROTOCOL.key: no cipher, no key derivation, one key. */
function header(publicBytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from('openssh-key-v1\0'), string('none'), string('none'), string(''), uint32(1), string(publicBytes)]);
}

function secretPart(seed: Buffer, point: Buffer, comment: string): Buffer {
  // The same number twice: by it a reader knows that a passphrase was right.
  const check = randomBytes(4);
  const fields = Buffer.concat([check, check, string(TYPE), string(point), string(Buffer.concat([seed, point])), string(comment)]);
  const padding = Array.from({ length: -fields.length & (BLOCK_BYTES - 1) }, (_, index) => index + 1);
  return Buffer.concat([fields, Buffer.from(padding)]);
}

function armour(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,70}/g) ?? [];
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n');
}
