// OpenSSH certificates (PROTOCOL.certkeys): what one says, and whether its signature is right. It does not know whom to believe.
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { derSequence, mpint } from '../auth/numbers.ts';
import { FieldReader, string } from '../sftp/wire.ts';
import { keyTypeOf } from './blob.ts';

export interface Certificate {
  readonly type: 'user' | 'host' | 'other';
  /** `ssh-ed25519-cert-v01@openssh.com`. */
  readonly algorithm: string;
  /** The key that is certified, in SSH's encoding. */
  readonly publicKey: Buffer;
  readonly serial: bigint;
  readonly keyId: string;
  /** Names it holds for; none means all. */
  readonly principals: readonly string[];
  /** Seconds since 1970. */
  readonly validAfterS: bigint;
  readonly validBeforeS: bigint;
  readonly criticalOptions: readonly string[];
  /** Who signed it, in SSH's encoding. */
  readonly caKey: Buffer;
  /** Whether that signature is right. */
  readonly isSigned: boolean;
}

const SUFFIX = '-cert-v01@openssh.com';
/** How many fields the public key of a type has, after its name. */
const KEY_FIELDS: ReadonlyMap<string, number> = new Map([
  ['ssh-ed25519', 1],
  ['ssh-rsa', 2],
  ['ecdsa-sha2-nistp256', 2],
  ['ecdsa-sha2-nistp384', 2],
  ['ecdsa-sha2-nistp521', 2],
]);
/** By the name of the signature, for those whose key does not say it. SHA-1 is not among them. */
const RSA_HASHES: ReadonlyMap<string, string> = new Map([
  ['rsa-sha2-256', 'sha256'],
  ['rsa-sha2-512', 'sha512'],
]);
const ECDSA_HASHES: Readonly<Record<string, string | undefined>> = {
  'ecdsa-sha2-nistp256': 'sha256',
  'ecdsa-sha2-nistp384': 'sha384',
  'ecdsa-sha2-nistp521': 'sha512',
};

/** Whether a plain key is of a type that can be certified, and that a host is ever asked for. */
export function isKeyType(type: string): boolean {
  return KEY_FIELDS.has(type);
}

export function isCertificate(blob: Buffer): boolean {
  return keyTypeOf(blob).endsWith(SUFFIX);
}

/** @throws SftpError SFTP_PROTOCOL when fields end early; RangeError on a type that is none of ours. */
export function parseCertificate(blob: Buffer): Certificate {
  const fields = new FieldReader(blob);
  const algorithm = fields.name();
  const keyType = algorithm.slice(0, -SUFFIX.length);
  const count = algorithm.endsWith(SUFFIX) ? KEY_FIELDS.get(keyType) : undefined;
  if (count === undefined) throw new RangeError(`There are no certificates of type ${algorithm}`);
  fields.bytes(); // a nonce
  const key = Array.from({ length: count }, () => string(fields.bytes()));
  const serial = readUint64(fields);
  const kind = fields.uint32();
  const keyId = fields.name();
  const principals = listOf(fields.bytes(), (list) => list.name());
  const [validAfterS, validBeforeS] = [readUint64(fields), readUint64(fields)];
  const criticalOptions = listOf(fields.bytes(), (list) => {
    const name = list.name();
    list.bytes();
    return name;
  });
  fields.bytes(); // extensions, which hosts have none of
  fields.bytes(); // reserved
  const caKey = Buffer.from(fields.bytes());
  const signed = blob.subarray(0, blob.length - fields.left);
  const signature = fields.bytes();
  return {
    type: kind === 1 ? 'user' : kind === 2 ? 'host' : 'other',
    algorithm,
    publicKey: Buffer.concat([string(keyType), ...key]),
    serial,
    keyId,
    principals,
    validAfterS,
    validBeforeS,
    criticalOptions,
    caKey,
    isSigned: fields.left === 0 && isSignedBy(caKey, signed, signature),
  };
}

function readUint64(fields: FieldReader): bigint {
  return (BigInt(fields.uint32()) << 32n) | BigInt(fields.uint32());
}

function listOf<T>(bytes: Buffer, read: (fields: FieldReader) => T): T[] {
  const fields = new FieldReader(bytes);
  const list: T[] = [];
  while (fields.left > 0) list.push(read(fields));
  return list;
}

/** Only with algorithms that cannot be forged: SHA-1 signatures of RSA are no signatures. */
function isSignedBy(caKey: Buffer, data: Buffer, signature: Buffer): boolean {
  const fields = new FieldReader(signature);
  const format = fields.name();
  const raw = fields.bytes();
  const type = keyTypeOf(caKey);
  if (fields.left > 0 || (type === 'ssh-rsa' ? !RSA_HASHES.has(format) : format !== type)) return false;
  const key = publicKeyOf(caKey);
  if (key === undefined) return false;
  const bytes = type.startsWith('ecdsa-') ? ecdsaAsDer(raw) : raw;
  return verify(RSA_HASHES.get(format) ?? ECDSA_HASHES[format], data, key, bytes);
}

const DER = { ed25519: '302a300506032b6570032100' };
const CURVE_OIDS: Readonly<Record<string, string>> = {
  nistp256: '06082a8648ce3d030107',
  nistp384: '06052b81040022',
  nistp521: '06052b81040023',
};

/** A public key in SSH's encoding as node:crypto's. @returns undefined for a type it has not. */
export function publicKeyOf(blob: Buffer): KeyObject | undefined {
  const fields = new FieldReader(blob);
  const type = fields.name();
  if (type === 'ssh-ed25519') return spki(Buffer.concat([Buffer.from(DER.ed25519, 'hex'), fields.bytes()]));
  if (type === 'ssh-rsa') {
    const exponent = fields.bytes();
    return createPublicKey({ key: derSequence([fields.bytes(), exponent]), format: 'der', type: 'pkcs1' });
  }
  const curve = CURVE_OIDS[type.replace('ecdsa-sha2-', '')];
  if (curve === undefined) return undefined;
  fields.bytes();
  const algorithm = tlv(0x30, Buffer.concat([Buffer.from('06072a8648ce3d0201', 'hex'), Buffer.from(curve, 'hex')]));
  return spki(tlv(0x30, Buffer.concat([algorithm, tlv(0x03, Buffer.concat([Buffer.of(0), fields.bytes()]))])));
}

function spki(key: Buffer): KeyObject {
  return createPublicKey({ key, format: 'der', type: 'spki' });
}

function tlv(tag: number, value: Buffer): Buffer {
  const length = value.length < 0x80 ? Buffer.of(value.length) : Buffer.of(0x81, value.length);
  return Buffer.concat([Buffer.of(tag), length, value]);
}

function ecdsaAsDer(raw: Buffer): Buffer {
  const fields = new FieldReader(raw);
  return derSequence([mpint(fields.bytes()), mpint(fields.bytes())]);
}
