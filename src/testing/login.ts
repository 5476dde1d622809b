// Who may log in to an embedded server: its one key, and its one password if it has one. It does not know what they may do then.
import { createHash, timingSafeEqual } from 'node:crypto';
import ssh2, { type AuthContext, type AuthenticationType, type PublicKeyAuthContext } from 'ssh2';

export interface Credentials {
  readonly user: string;
  /** One line, as in authorized_keys. */
  readonly publicKey: string;
  readonly password?: string | undefined;
}

/** Answers one attempt to log in, whatever it is. */
export function decideLogin(attempt: AuthContext, credentials: Credentials): void {
  if (attempt.username === credentials.user && isProven(attempt, credentials)) attempt.accept();
  else attempt.reject(credentials.password === undefined ? ['publickey'] : (['publickey', 'password'] satisfies AuthenticationType[]));
}

function isProven(attempt: AuthContext, { publicKey, password }: Credentials): boolean {
  if (attempt.method === 'publickey') return isOurKey(attempt, publicKey);
  return attempt.method === 'password' && password !== undefined && equal(attempt.password, password);
}

/** Without a signature the client only asks whether the key would do; ssh2 then answers so, and logs nobody in. */
function isOurKey({ key, blob, signature, hashAlgo }: PublicKeyAuthContext, publicKey: string): boolean {
  const ours = ssh2.utils.parseKey(publicKey);
  if (ours instanceof Error) throw ours;
  if (key.algo !== ours.type || !equal(key.data, ours.getPublicSSH())) return false;
  if (signature === undefined || blob === undefined) return true;
  return ours.verify(blob, signature, hashAlgo) === true;
}

/** Compares in the same time, wherever the first difference is. */
function equal(one: string | Buffer, other: string | Buffer): boolean {
  const [a, b] = [one, other].map((value) => createHash('sha256').update(value).digest()) as [Buffer, Buffer];
  return timingSafeEqual(a, b);
}
