// Ed25519 keys as raw bytes and in OpenSSH's own format. It does not know whom they identify.
import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { string, uint32 } from './sftp/wire.ts';

export interface Ed25519Key {
  /** 32 bytes: the private key. */
  readonly seed: Buffer;
  /** 32 bytes: the public key. */
  readonly point: Buffer;
}

const TYPE = 'ssh-ed25519';
const KEY_BYTES = 32;
const BLOCK_BYTES = 8;

// Everything here goes through DER, where both keys are the last 32 bytes (RFC 8410). JWK would be the obvious way, but on Node 20 its
// export holds a mutex while V8 may collect garbage, and about once in 100,000 keys the process then waits for itself for ever.
const PRIVATE = { type: 'pkcs8', format: 'der' } as const;
const PUBLIC = { type: 'spki', format: 'der' } as const;

export function generateEd25519(): Ed25519Key {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519', { privateKeyEncoding: PRIVATE, publicKeyEncoding: PUBLIC });
  return { seed: privateKey.subarray(-KEY_BYTES), point: publicKey.subarray(-KEY_BYTES) };
}

/** The raw bytes of a private Ed25519 key of node:crypto. */
export function ed25519Key(key: KeyObject): Ed25519Key {
  return { seed: key.export(PRIVATE).subarray(-KEY_BYTES), point: createPublicKey(key).export(PUBLIC).subarray(-KEY_BYTES) };
}

/** The text of a private key file, without a passphrase. */
export function opensshPrivateKey({ seed, point }: Ed25519Key, comment: string): string {
  return keyFileText(publicBlob(point), Buffer.concat([string(TYPE), string(point), string(Buffer.concat([seed, point]))]), comment);
}

/**
 * The format of all private key files of OpenSSH (PROTOCOL.key): no cipher, no key derivation, one key.
 *
 * @param blob - The public key. @param key - Type and numbers of the private one, as agents take them.
 */
export function keyFileText(blob: Buffer, key: Buffer, comment: string): string {
  // The same number twice: by it a reader knows that a passphrase was right.
  const check = randomBytes(4);
  const fields = Buffer.concat([check, check, key, string(comment)]);
  const padding = Array.from({ length: -fields.length & (BLOCK_BYTES - 1) }, (_, index) => index + 1);
  const header = [Buffer.from('openssh-key-v1\0'), string('none'), string('none'), string(''), uint32(1), string(blob)];
  const lines = Buffer.concat([...header, string(Buffer.concat([fields, Buffer.from(padding)]))])
    .toString('base64')
    .match(/.{1,70}/g);
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...(lines ?? []), '-----END OPENSSH PRIVATE KEY-----', ''].join('\n');
}

/** The line of a .pub file, without a newline: type, key, comment. */
export function opensshPublicKey({ point }: Ed25519Key, comment: string): string {
  return [TYPE, publicBlob(point).toString('base64'), comment].join(' ').trim();
}

function publicBlob(point: Buffer): Buffer {
  return Buffer.concat([string(TYPE), string(point)]);
}
