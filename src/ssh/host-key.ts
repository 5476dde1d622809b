// Whether the key a server shows is accepted. Every doubt is a no.
import { SshConnectError } from './errors.ts';
import type { Questions } from './ask.ts';
import { fingerprint, KnownHosts, keyTypeOf, knownHostsName, rememberHostKey } from './known-hosts.ts';

/** What to do about a host key that nobody knows. A changed or revoked one is always refused. */
export type HostKeyPolicy = 'strict' | 'accept-new' | 'ask';

export interface HostKeySettings {
  /** The name it is known by: HostKeyAlias or the host's own. */
  readonly host: string;
  readonly port: number;
  readonly policy: HostKeyPolicy;
  /** Read in this order; a new key goes into the first. */
  readonly knownHostsFiles: readonly string[];
  readonly questions: Questions;
}

/** Checks the key of one connection, and remembers why it was refused. */
export class HostKeyCheck {
  readonly #settings: HostKeySettings;
  readonly #name: string;
  readonly #knownHosts: KnownHosts;
  // The key that was accepted. ssh2 asks again at every rekey, and an answer that comes later would hang the connection.
  #pinned: Buffer | undefined;
  #refusal: SshConnectError | undefined;

  private constructor(settings: HostKeySettings, knownHosts: KnownHosts) {
    this.#settings = settings;
    this.#name = knownHostsName(settings.host, settings.port);
    this.#knownHosts = knownHosts;
  }

  static async prepare(settings: HostKeySettings): Promise<HostKeyCheck> {
    return new HostKeyCheck(settings, await KnownHosts.load(settings.knownHostsFiles));
  }

  /** Types to ask the server for. */
  get knownKeyTypes(): readonly string[] {
    return this.#knownHosts.keyTypes(this.#name);
  }

  /** Why the key was refused, once it was. */
  get refusal(): SshConnectError | undefined {
    return this.#refusal;
  }

  /**
   * ssh2's `hostVerifier`. It takes anything but `false` for a yes, so this gives it real booleans only, and answers every
   * later question at once.
   */
  readonly verifier = (key: Buffer, answer: (accepted: boolean) => void): void => {
    if (this.#pinned !== undefined) {
      const same = this.#pinned.equals(key);
      if (!same) this.#refusal = this.#error('HOST_KEY_CHANGED', 'changed in the middle of the connection', key);
      answer(same);
      return;
    }
    this.#decide(key).then(
      (refusal) => {
        this.#refusal = refusal;
        if (refusal === undefined) this.#pinned = Buffer.from(key);
        answer(refusal === undefined);
      },
      (error: unknown) => {
        this.#refusal = new SshConnectError('HOST_KEY_UNKNOWN', `The host key of ${this.#settings.host} could not be checked`, { where: this.#name, cause: error });
        answer(false);
      },
    );
  };

  async #decide(key: Buffer): Promise<SshConnectError | undefined> {
    const verdict = this.#knownHosts.verdict(this.#name, key);
    switch (verdict.kind) {
      case 'known':
        return undefined;
      case 'revoked':
        return this.#error('HOST_KEY_REVOKED', 'is revoked', key, verdict.where);
      case 'changed':
        return this.#error('HOST_KEY_CHANGED', 'differs from the one in known_hosts', key, verdict.where);
      case 'unknown':
        return await this.#unknown(key);
    }
  }

  async #unknown(key: Buffer): Promise<SshConnectError | undefined> {
    const { policy, questions, host, knownHostsFiles } = this.#settings;
    if (policy === 'ask' && questions.hostKey === undefined) {
      return this.#error('HOST_KEY_UNKNOWN', 'is unknown, and there is no terminal to ask at', key);
    }
    const accepted =
      policy === 'accept-new' ||
      (policy === 'ask' && (await questions.hostKey?.({ host, address: this.#name, keyType: keyTypeOf(key), fingerprint: fingerprint(key) })) === true);
    if (!accepted) return this.#error('HOST_KEY_UNKNOWN', policy === 'ask' ? 'was not accepted' : 'is not in known_hosts', key);
    const [file] = knownHostsFiles;
    if (file !== undefined) await rememberHostKey(file, this.#name, key);
    return undefined;
  }

  #error(code: 'HOST_KEY_UNKNOWN' | 'HOST_KEY_CHANGED' | 'HOST_KEY_REVOKED', what: string, key: Buffer, place?: string): SshConnectError {
    const where = place === undefined ? this.#name : `${this.#name}, ${place}`;
    const fixes = {
      HOST_KEY_UNKNOWN: `Compare ${fingerprint(key)} with the host's own, then use --host-key accept-new, or: ssh-keyscan${this.#settings.port === 22 ? '' : ` -p ${this.#settings.port}`} ${this.#settings.host} >> ${this.#settings.knownHostsFiles[0] ?? '~/.ssh/known_hosts'}`,
      HOST_KEY_CHANGED: `If the host was reinstalled: ssh-keygen -R '${this.#name}'${this.#settings.knownHostsFiles[0] === undefined ? '' : ` -f ${this.#settings.knownHostsFiles[0]}`}; if not, somebody may be listening in`,
      HOST_KEY_REVOKED: 'Do not connect; give the host a new key',
    };
    return new SshConnectError(code, `The ${keyTypeOf(key)} key of ${this.#settings.host} ${what}`, { where, fix: fixes[code] });
  }
}
