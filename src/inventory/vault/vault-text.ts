// Ansible Vault's format: a header, and in hexadecimal AES-256 in counter mode with its digest. It knows no files and no passwords.
import { createCipheriv, createDecipheriv, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Where } from '../../base/errors.ts';
import { VaultError } from './errors.ts';

const HEADER = '$ANSIBLE_VAULT';
const CIPHER = 'AES256';
/** The id of who has no id; vaults of it do not name it. */
export const DEFAULT_VAULT_ID = 'default';

// As Ansible: one derivation gives the key, the key of the digest, and the first counter.
const KEY_BYTES = 32;
const COUNTER_BYTES = 16;
const ROUNDS = 10_000;
const LINE_CHARS = 80;

/** A password with the id it goes by. */
export interface VaultSecret {
  readonly id: string;
  readonly password: Uint8Array;
}

/** A vault that is still closed. */
export interface SealedVault {
  /** The id its header names; undefined in format 1.1. It is a hint, and not protected. */
  readonly id: string | undefined;
  readonly salt: Uint8Array;
  readonly digest: Uint8Array;
  readonly body: Uint8Array;
}

/** Whether this is the text of a vault, whole or damaged. */
export function isVault(text: string | Uint8Array): boolean {
  const start = typeof text === 'string' ? text.slice(0, HEADER.length) : Buffer.from(text.subarray(0, HEADER.length)).toString('latin1');
  return start === HEADER;
}

/**
 * Encrypts as `ansible-vault` of ansible 2.14.
 *
 * @param secret - Its id is written into the header (format 1.2), unless it is `default` (format 1.1).
 * @param salt - 32 bytes; random ones when not given.
 * @returns Lines of at most 80 characters, each with a newline.
 */
export function sealVault(plain: Uint8Array, secret: VaultSecret, salt: Uint8Array = randomBytes(32)): string {
  const { key, digestKey, counter } = deriveKeys(secret.password, salt);
  const cipher = createCipheriv('aes-256-ctr', key, counter);
  const body = Buffer.concat([cipher.update(padded(plain)), cipher.final()]);
  const digest = createHmac('sha256', digestKey).update(body).digest('hex');
  const inner = [Buffer.from(salt).toString('hex'), digest, body.toString('hex')].join('\n');
  const hex = Buffer.from(inner, 'latin1').toString('hex');
  const header = secret.id === DEFAULT_VAULT_ID ? [HEADER, '1.1', CIPHER] : [HEADER, '1.2', CIPHER, secret.id];
  const lines = Array.from({ length: Math.ceil(hex.length / LINE_CHARS) }, (_, i) => hex.slice(i * LINE_CHARS, (i + 1) * LINE_CHARS));
  return [header.join(';'), ...lines, ''].join('\n');
}

/**
 * Reads the text of a vault without opening it.
 *
 * @throws VaultError VAULT_NOT_ENCRYPTED, VAULT_FORMAT.
 */
export function parseVault(text: string, where: Where): SealedVault {
  const [first = '', ...rest] = text.split(/\r\n|[\n\r]/);
  const [name, version = '', cipher = '', id] = first.split(';').map((part) => part.trim());
  if (name !== HEADER)
    throw new VaultError('VAULT_NOT_ENCRYPTED', 'This is not encrypted', { where, fix: `A vault begins with ${HEADER};1.1;${CIPHER}` });
  if (!['1.1', '1.2'].includes(version) || cipher !== CIPHER)
    throw new VaultError('VAULT_FORMAT', `A vault of format ${version || '?'} with the cipher ${cipher || '?'} cannot be opened`, {
      where,
      fix: 'Known are the formats 1.1 and 1.2 with AES256; open it with the Ansible that wrote it, and encrypt it anew',
    });
  const inner = hexBytes(rest.map((line) => line.trim()).join(''), where).toString('latin1');
  const [salt, digest, body, ...more] = inner.split('\n');
  if (salt === undefined || digest === undefined || body === undefined || more.length > 0) throw damaged(where);
  const sealed = { id: id || undefined, salt: hexBytes(salt, where), digest: hexBytes(digest, where), body: hexBytes(body, where) };
  if (sealed.body.length === 0 || sealed.body.length % COUNTER_BYTES !== 0) throw damaged(where);
  return sealed;
}

/** What is inside; undefined when this is not the password. */
export function openVault({ salt, digest, body }: SealedVault, password: Uint8Array): Buffer | undefined {
  const { key, digestKey, counter } = deriveKeys(password, salt);
  const expected = createHmac('sha256', digestKey).update(body).digest();
  if (digest.length !== expected.length || !timingSafeEqual(digest, expected)) return undefined;
  const decipher = createDecipheriv('aes-256-ctr', key, counter);
  return unpadded(Buffer.concat([decipher.update(body), decipher.final()]));
}

function deriveKeys(password: Uint8Array, salt: Uint8Array): { key: Buffer; digestKey: Buffer; counter: Buffer } {
  const derived = pbkdf2Sync(password, salt, ROUNDS, 2 * KEY_BYTES + COUNTER_BYTES, 'sha256');
  return {
    key: derived.subarray(0, KEY_BYTES),
    digestKey: derived.subarray(KEY_BYTES, 2 * KEY_BYTES),
    counter: derived.subarray(2 * KEY_BYTES),
  };
}

// PKCS#7: a counter mode needs none, but the format has it.
function padded(plain: Uint8Array): Buffer {
  const missing = COUNTER_BYTES - (plain.length % COUNTER_BYTES);
  return Buffer.concat([plain, Buffer.alloc(missing, missing)]);
}

function unpadded(plain: Buffer): Buffer {
  return plain.subarray(0, plain.length - (plain.at(-1) ?? 0));
}

function hexBytes(text: string, where: Where): Buffer {
  if (text.length % 2 !== 0 || !/^[\da-fA-F]*$/.test(text)) throw damaged(where);
  return Buffer.from(text, 'hex');
}

function damaged(where: Where): VaultError {
  return new VaultError('VAULT_FORMAT', 'This vault is damaged', { where, fix: 'Take it from a backup; no line of it may be changed' });
}
