// Public keys as SSH encodes them: their type, their fingerprint, whether two are the same. It does not know whose they are.
import { createHash, timingSafeEqual } from 'node:crypto';

/** `SHA256:...` as ssh prints it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The algorithm name that begins a public key blob. */
export function keyTypeOf(key: Buffer): string {
  const length = key.length >= 4 ? key.readUInt32BE(0) : 0;
  return key.toString('latin1', 4, Math.min(4 + length, key.length, 68));
}

export function sameBytes(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
