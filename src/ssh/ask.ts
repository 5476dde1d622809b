// Questions of this floor that only a person can answer. It does not know how they are asked.

export interface HostKeyQuestion {
  /** What the one who asks calls the host, where that is another name: the inventory's. */
  readonly name?: string | undefined;
  /** The name known_hosts knows it by. */
  readonly host: string;
  /** `10.0.3.7:22`. */
  readonly address: string;
  /** `ssh-ed25519`. */
  readonly keyType: string;
  /** `SHA256:...`, as ssh prints it. */
  readonly fingerprint: string;
}

/** What a server asks of a person: a one-time code, a password that has expired. */
export interface LoginQuestion {
  readonly host: string;
  /** Shown above the questions; may be empty, as the instructions may. */
  readonly name: string;
  readonly instructions: string;
  /** What the server wants to know; made safe for a terminal. An answer without `echo` is not shown while it is typed. */
  readonly prompts: readonly { readonly text: string; readonly echo: boolean }[];
}

/** Who answers; without a person nobody does, and the error names the flag that answers instead. */
export interface Questions {
  /** Whether to accept an unknown host key. Only a strict `true` accepts; the key is then kept. */
  readonly hostKey?: ((question: HostKeyQuestion) => Promise<boolean>) | undefined;
  /** The passphrase of a key file. */
  readonly passphrase?: ((keyFile: string) => Promise<string>) | undefined;
  /** One answer to each question of a server. */
  readonly prompts?: ((question: LoginQuestion) => Promise<readonly string[]>) | undefined;
}
