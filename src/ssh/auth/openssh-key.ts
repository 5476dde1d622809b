// Keys of node:crypto as OpenSSH's key files. It does not know where the file is.
import type { KeyObject } from 'node:crypto';
import { ed25519Key, keyFileText } from '../ed25519.ts';
import { FieldReader, string } from '../sftp/wire.ts';
import { derIntegers } from './numbers.ts';

/** The text of a private key file, without a passphrase. @param blob - The public half in SSH's encoding. */
export function opensshPrivateKeyText(key: KeyObject, blob: Buffer, comment: string): string {
  return keyFileText(blob, privateFields(key, blob), comment);
}

/** Type and numbers of a private key, as agents and key files hold them. */
function privateFields(key: KeyObject, blob: Buffer): Buffer {
  switch (key.asymmetricKeyType) {
    case 'rsa': {
      // PKCS#1: version, n, e, d, p, q, and what follows from those; OpenSSH keeps n, e, d, 1/q mod p, p, q.
      const [, n, e, d, p, q, , , inverse] = derIntegers(key.export({ type: 'pkcs1', format: 'der' }));
      return Buffer.concat([string('ssh-rsa'), ...[n, e, d, inverse, p, q].map((number) => string(number ?? Buffer.alloc(0)))]);
    }
    case 'ec': {
      // SEC 1: version, then the number as an OCTET STRING of fixed length.
      const der = key.export({ type: 'sec1', format: 'der' });
      const at = der.indexOf(Buffer.of(2, 1, 1, 4)) + 4;
      const bytes = der[at] ?? 0;
      const number = der.subarray(at + 1, at + 1 + bytes);
      const scalar = ((number[0] ?? 0) & 0x80) === 0 ? number : Buffer.concat([Buffer.of(0), number]);
      return Buffer.concat([blob, string(trimmed(scalar))]);
    }
    default: {
      const { seed, point } = ed25519Key(key);
      const fields = new FieldReader(blob);
      return Buffer.concat([string(fields.name()), string(point), string(Buffer.concat([seed, point]))]);
    }
  }
}

function trimmed(number: Buffer): Buffer {
  let start = 0;
  while (start < number.length - 1 && number[start] === 0 && ((number[start + 1] ?? 0) & 0x80) === 0) start++;
  return number.subarray(start);
}
