// Whether a host certificate is accepted, as ssh judges it (sshkey_cert_check_host). It does not know what is done when it is not.
import { fingerprint, sameBytes } from './blob.ts';
import type { Certificate } from './certificate.ts';
import { globPattern } from './name-pattern.ts';

/** What there is to know about a host when it shows a certificate. */
export interface CertificateTrust {
  /** In small letters, as ssh looks for it among the names of the certificate: those count as they are written. */
  readonly host: string;
  /** Keys that may certify it, in SSH's encoding. */
  readonly authorities: readonly Buffer[];
  /** Where a key is revoked; undefined if it is not. */
  readonly revocation: (key: Buffer) => string | undefined;
  readonly nowMs: number;
}

/** `unacceptable`: it makes nothing better and nothing worse, and the key in it is looked up as any other (CVE-2014-2653). */
export type CertificateVerdict =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'revoked'; readonly where: string }
  | { readonly kind: 'unacceptable'; readonly why: string };

export function judgeCertificate(certificate: Certificate, trust: CertificateTrust): CertificateVerdict {
  // First of all, and whoever signed it: a host that hangs on to a revoked authority is refused even if its key is known.
  const where = trust.revocation(certificate.publicKey) ?? trust.revocation(certificate.caKey);
  if (where !== undefined) return { kind: 'revoked', where };
  const why = faultOf(certificate, trust);
  return why === undefined ? { kind: 'accepted' } : { kind: 'unacceptable', why };
}

function faultOf(certificate: Certificate, { host, authorities, nowMs }: CertificateTrust): string | undefined {
  const { type, caKey, principals, criticalOptions } = certificate;
  const nowS = BigInt(Math.floor(nowMs / 1_000));
  if (type !== 'host') return 'it is not for a host';
  if (!authorities.some((key) => sameBytes(key, caKey))) return `nobody trusts who signed it, ${fingerprint(caKey)}`;
  if (!certificate.isSigned) return 'its signature is wrong';
  if (nowS < certificate.validAfterS) return 'it is not valid yet';
  if (nowS >= certificate.validBeforeS) return 'it has expired';
  if (criticalOptions.length > 0) return `it has options nobody knows: ${criticalOptions.join(', ')}`;
  const isNamed = principals.length === 0 || principals.some((pattern) => globPattern(pattern).test(host));
  return isNamed ? undefined : `it is for ${principals.join(', ')}`;
}
