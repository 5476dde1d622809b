// Private keys, paramiko's way: made, read, written, and used to sign. It does not know who logs in with them.
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, sign as signWith, verify as verifyWith } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { ParsedKey } from 'ssh2';
import { SshConnectError } from '../errors.ts';
import { fingerprint, keyTypeOf } from '../host-keys/blob.ts';
import { FieldReader, string } from '../sftp/wire.ts';
import { algorithmsOf, type Identity, signatureAlgorithm } from './identity.ts';
import { derIntegers, mpint } from './numbers.ts';
import { opensshPrivateKeyText } from './openssh-key.ts';

const makePair = promisify(generateKeyPair);
const HASHES: Readonly<Record<string, string>> = {
  'rsa-sha2-512': 'sha512',
  'rsa-sha2-256': 'sha256',
  'ecdsa-sha2-nistp256': 'sha256',
  'ecdsa-sha2-nistp384': 'sha384',
  'ecdsa-sha2-nistp521': 'sha512',
};
const CURVES: Readonly<Record<number, string>> = { 256: 'prime256v1', 384: 'secp384r1', 521: 'secp521r1' };

/**
 * A private key. Read one with {@link PKey.fromPrivateKeyFile} or {@link PKey.fromPrivateKey}, or make one with `generate` of its class.
 *
 * @example
 * ```ts
 * const key = await RSAKey.fromPrivateKeyFile('/home/deploy/.ssh/id_rsa');
 * await client.connect({ host: 'web01', user: 'deploy', pkey: key });
 * ```
 */
export class PKey implements Identity {
  readonly name: string;
  /** The public key in SSH's encoding. */
  readonly blob: Buffer;
  readonly algorithms: readonly string[];
  readonly #key: KeyObject;

  /** @param name - For messages. Keys are read and made by the functions of this class. */
  protected constructor(key: KeyObject, blob: Buffer, name: string) {
    this.#key = key;
    this.blob = blob;
    this.name = name;
    this.algorithms = algorithmsOf(keyTypeOf(blob));
  }

  /**
   * Reads a private key file: OpenSSH, PEM (PKCS#1, SEC1) or PKCS#8, encrypted or not.
   *
   * @throws SshConnectError KEY_UNREADABLE (also a key of another class), KEY_PERMISSIONS, KEY_PASSPHRASE_NEEDED, KEY_PASSPHRASE_WRONG.
   */
  static async fromPrivateKeyFile(file: string, passphrase?: string): Promise<PKey> {
    const { loadPrivateKey } = await import('./key-file.ts');
    return await loadPrivateKey(file, passphrase, {});
  }

  /** Reads the text of a private key. @throws as {@link fromPrivateKeyFile}. */
  static async fromPrivateKey(text: string, passphrase?: string): Promise<PKey> {
    const { readPrivateKey } = await import('./key-file.ts');
    return await readPrivateKey(text, 'the given key', passphrase, {});
  }

  /** As npm ssh2 has read it. */
  static of(parsed: ParsedKey, name: string): PKey {
    return PKey.wrap(createPrivateKey(parsed.getPrivatePEM()), parsed.getPublicSSH(), name);
  }

  /** `ssh-ed25519`. */
  getName(): string {
    return keyTypeOf(this.blob);
  }

  /** The public key as in authorized_keys. */
  getBase64(): string {
    return this.blob.toString('base64');
  }

  /** Key length: 256 for Ed25519, the curve's for ECDSA, the modulus for RSA. */
  getBits(): number {
    const { modulusLength, namedCurve } = this.#key.asymmetricKeyDetails ?? {};
    if (modulusLength !== undefined) return modulusLength;
    return Number(Object.entries(CURVES).find(([, name]) => name === namedCurve)?.[0] ?? 256);
  }

  /** `SHA256:...`, as ssh prints it. */
  get fingerprint(): string {
    return fingerprint(this.blob);
  }

  /** The line of a .pub file. */
  publicKeyLine(comment = ''): string {
    return [this.getName(), this.getBase64(), comment].join(' ').trim();
  }

  /** Writes the private key in OpenSSH's format, never readable by others, and never over another file. @throws Error EEXIST and the like. */
  async writePrivateKeyFile(file: string, comment = ''): Promise<void> {
    await writeFile(file, opensshPrivateKeyText(this.#key, this.blob, comment), { mode: 0o600, flag: 'wx' });
  }

  async sign(data: Buffer, algorithm: string = this.algorithms[0] ?? this.getName()): Promise<Buffer> {
    const format = signatureAlgorithm(algorithm);
    const hash = HASHES[format];
    // On a thread of the pool: an RSA signature takes a millisecond.
    const raw = await new Promise<Buffer>((resolve, reject) => {
      signWith(hash, data, { key: this.#key, dsaEncoding: 'ieee-p1363' }, (error, signature) =>
        error === null ? resolve(signature) : reject(error),
      );
    });
    return Buffer.concat([string(format), string(format.startsWith('ecdsa-') ? twoNumbers(raw) : raw)]);
  }

  /** Whether a signature, in SSH's encoding, is of this key. */
  verify(data: Buffer, signature: Buffer): boolean {
    const fields = new FieldReader(signature);
    const format = fields.name();
    if (!this.algorithms.includes(format)) return false;
    const raw = fields.bytes();
    const hash = HASHES[format];
    const bytes = format.startsWith('ecdsa-') ? fixedNumbers(raw, Math.ceil(this.getBits() / 8)) : raw;
    return verifyWith(hash, data, { key: createPublicKey(this.#key), dsaEncoding: 'ieee-p1363' }, bytes);
  }

  /** A key of node:crypto, in the class of its type. @param blob - Its public half in SSH's encoding. */
  static wrap(key: KeyObject, blob: Buffer, name: string): PKey {
    switch (key.asymmetricKeyType) {
      case 'rsa':
        return new RSAKey(key, blob, name);
      case 'ec':
        return new ECDSAKey(key, blob, name);
      default:
        return new Ed25519Key(key, blob, name);
    }
  }
}

/** An RSA key; read by it, a key of another type is refused. */
export class RSAKey extends PKey {
  static override async fromPrivateKeyFile(file: string, passphrase?: string): Promise<PKey> {
    return only(RSAKey, await PKey.fromPrivateKeyFile(file, passphrase));
  }

  static override async fromPrivateKey(text: string, passphrase?: string): Promise<PKey> {
    return only(RSAKey, await PKey.fromPrivateKey(text, passphrase));
  }

  /** @param bits - 2048 at least. Default 3072, as ssh-keygen's. */
  static async generate(bits = 3072): Promise<PKey> {
    if (bits < 2048) throw new RangeError('An RSA key needs 2048 bits at least: shorter ones can be broken, and servers refuse them');
    return made((await makePair('rsa', { modulusLength: bits })).privateKey);
  }
}

/** An ECDSA key; read by it, a key of another type is refused. */
export class ECDSAKey extends PKey {
  static override async fromPrivateKeyFile(file: string, passphrase?: string): Promise<PKey> {
    return only(ECDSAKey, await PKey.fromPrivateKeyFile(file, passphrase));
  }

  static override async fromPrivateKey(text: string, passphrase?: string): Promise<PKey> {
    return only(ECDSAKey, await PKey.fromPrivateKey(text, passphrase));
  }

  /** @param bits - Of its curve: 256, 384 or 521. */
  static async generate(bits: 256 | 384 | 521 = 256): Promise<PKey> {
    return made((await makePair('ec', { namedCurve: CURVES[bits] ?? 'prime256v1' })).privateKey);
  }
}

/** An Ed25519 key; read by it, a key of another type is refused. */
export class Ed25519Key extends PKey {
  static override async fromPrivateKeyFile(file: string, passphrase?: string): Promise<PKey> {
    return only(Ed25519Key, await PKey.fromPrivateKeyFile(file, passphrase));
  }

  static override async fromPrivateKey(text: string, passphrase?: string): Promise<PKey> {
    return only(Ed25519Key, await PKey.fromPrivateKey(text, passphrase));
  }

  static async generate(): Promise<PKey> {
    return made((await makePair('ed25519')).privateKey);
  }
}

function only(kind: typeof RSAKey | typeof ECDSAKey | typeof Ed25519Key, key: PKey): PKey {
  if (key instanceof kind) return key;
  throw new SshConnectError('KEY_UNREADABLE', `This is a key of type ${key.getName()}, which ${kind.name} does not read`, {
    where: key.name,
    fix: 'Use PKey, which reads every type',
  });
}

function made(key: KeyObject): PKey {
  return PKey.wrap(key, publicBlob(key), 'a new key');
}

/** The public half of a key in SSH's encoding. */
function publicBlob(key: KeyObject): Buffer {
  const publicKey = createPublicKey(key);
  switch (key.asymmetricKeyType) {
    case 'rsa': {
      // PKCS#1: SEQUENCE of modulus and exponent, which are SSH's numbers already.
      const [modulus, exponent] = derIntegers(publicKey.export({ type: 'pkcs1', format: 'der' }));
      return Buffer.concat([string('ssh-rsa'), string(exponent ?? Buffer.alloc(0)), string(modulus ?? Buffer.alloc(0))]);
    }
    case 'ec': {
      const bits = Object.entries(CURVES).find(([, name]) => name === key.asymmetricKeyDetails?.namedCurve)?.[0] ?? '256';
      // The point is the last thing in SubjectPublicKeyInfo: 04, x, y.
      const point = publicKey.export({ type: 'spki', format: 'der' }).subarray(-(1 + 2 * Math.ceil(Number(bits) / 8)));
      return Buffer.concat([string(`ecdsa-sha2-nistp${bits}`), string(`nistp${bits}`), string(point)]);
    }
    default:
      return Buffer.concat([string('ssh-ed25519'), string(publicKey.export({ type: 'spki', format: 'der' }).subarray(-32))]);
  }
}

/** r and s, each of half the bytes, as SSH's numbers: no leading zeros but one where the first bit is set. */
function twoNumbers(raw: Buffer): Buffer {
  const half = raw.length / 2;
  return Buffer.concat([string(mpint(raw.subarray(0, half))), string(mpint(raw.subarray(half)))]);
}

function fixedNumbers(encoded: Buffer, bytes: number): Buffer {
  const fields = new FieldReader(encoded);
  const fixed = (number: Buffer): Buffer => {
    const plain = number.subarray(Math.max(0, number.length - bytes));
    return Buffer.concat([Buffer.alloc(bytes - plain.length), plain]);
  };
  return Buffer.concat([fixed(fields.bytes()), fixed(fields.bytes())]);
}
