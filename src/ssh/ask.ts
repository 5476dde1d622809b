// Questions of this floor that only a person can answer. It does not know how they are asked.

export interface HostKeyQuestion {
  /** The name known_hosts knows it by. */
  readonly host: string;
  /** `10.0.3.7:22`. */
  readonly address: string;
  /** `ssh-ed25519`. */
  readonly keyType: string;
  /** `SHA256:...`, as ssh prints it. */
  readonly fingerprint: string;
}

/** Who answers; without a person nobody does, and the error names the flag that answers instead. */
export interface Questions {
  /** Whether to accept an unknown host key. Only a strict `true` accepts; the key is then kept. */
  readonly hostKey?: ((question: HostKeyQuestion) => Promise<boolean>) | undefined;
  /** The passphrase of a key file. */
  readonly passphrase?: ((keyFile: string) => Promise<string>) | undefined;
}
