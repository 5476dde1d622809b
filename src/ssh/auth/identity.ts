// Something that can prove who we are with a signature: a key, a certificate, a key inside an agent. It does not know where it is used.

export interface Identity {
  /** For messages: `key ~/.ssh/id_ed25519`, `agent key SHA256:...`. */
  readonly name: string;
  /** Signature algorithms it can use, best first, as they are called in a login: `rsa-sha2-512`, `ssh-ed25519-cert-v01@openssh.com`. */
  readonly algorithms: readonly string[];
  /** What the server is shown: the public key or the certificate, in SSH's encoding. */
  readonly blob: Buffer;
  /** @returns The whole signature in SSH's encoding: its format, then its bytes. @throws SshoalError when the holder of the key refuses. */
  sign(data: Buffer, algorithm: string): Promise<Buffer>;
}

/** The signature algorithms of a key type. RSA signs with SHA-2 only: SHA-1 signatures can be forged. */
export function algorithmsOf(keyType: string): readonly string[] {
  switch (keyType) {
    case 'ssh-rsa':
      return ['rsa-sha2-512', 'rsa-sha2-256'];
    case 'ssh-rsa-cert-v01@openssh.com':
      return ['rsa-sha2-512-cert-v01@openssh.com', 'rsa-sha2-256-cert-v01@openssh.com'];
    default:
      return [keyType];
  }
}

/** The algorithm of the signature inside a login under another name: certificates sign with the key they certify. */
export function signatureAlgorithm(algorithm: string): string {
  return algorithm.replace(/-cert-v01@openssh\.com$/, (_suffix, at: number) =>
    algorithm.startsWith('sk-') && at > 0 ? '@openssh.com' : '',
  );
}
