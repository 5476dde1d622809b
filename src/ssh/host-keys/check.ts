// Whether the key a server shows is accepted. Every doubt is a no.
import type { Client } from 'ssh2';
import { neutralise } from '../../base/terminal.ts';
import type { HostKeyQuestion, Questions } from '../ask.ts';
import { SshConnectError } from '../errors.ts';
import { allowRsaCertificates, useCertifiedKey } from '../ssh2-host-certificates.ts';
import { ignoreHostKeyOffers, isListening, watchHostKeyOffer } from '../ssh2-internals.ts';
import { fingerprint, keyTypeOf, sameBytes } from './blob.ts';
import { isCertificate, parseCertificate } from './certificate.ts';
import { judgeCertificate } from './certificate-check.ts';
import { rememberHostKey } from './file-edit.ts';
import { type Entry, KnownHosts, type Verdict } from './known-hosts.ts';
import { knownHostsName } from './name-pattern.ts';
import { AskPolicy, AutoAddPolicy, type MissingHostKeyPolicy, RejectPolicy } from './policies.ts';
import { RevokedKeys } from './revoked-keys.ts';
import { type HostKeyOffer, rememberRotatedKeys } from './rotation.ts';

/** What to do about a host key that nobody knows. A changed or revoked one is always refused. */
export type HostKeyPolicy = 'strict' | 'accept-new' | 'ask' | MissingHostKeyPolicy;

export interface HostKeySettings {
  /** The name it is known by: HostKeyAlias or the host's own. */
  readonly host: string;
  /** Whether that is a HostKeyAlias: then only exactly it counts, whatever the port, as ssh has it. */
  readonly isAlias: boolean;
  readonly port: number;
  readonly policy: HostKeyPolicy;
  /** Read in this order; a new key goes into the first. */
  readonly knownHostsFiles: readonly string[];
  /** Whether new names are written as their hashes. */
  readonly hashKnownHosts: boolean;
  /** Files of public keys that are never accepted. */
  readonly revokedHostKeysFiles: readonly string[];
  /** Whether the keys that the server proves to hold replace those that are known (UpdateHostKeys). */
  readonly updateHostKeys: boolean;
  readonly questions: Questions;
}

/** Checks the key of one connection, and remembers why it was refused. */
export class HostKeyCheck {
  readonly #settings: HostKeySettings;
  readonly #name: string;
  readonly #knownHosts: KnownHosts;
  readonly #revoked: RevokedKeys;
  readonly #policy: MissingHostKeyPolicy;
  #client: Client | undefined;
  // The key that was accepted. ssh2 asks again at every rekey, and an answer that comes later would hang the connection.
  #pinned: Buffer | undefined;
  #knownBy: string | undefined;
  #refusal: SshConnectError | undefined;
  #updating: Promise<void> = Promise.resolve();

  private constructor(settings: HostKeySettings, knownHosts: KnownHosts, revoked: RevokedKeys) {
    this.#settings = settings;
    // As ssh: an alias stands there without a port.
    this.#name = settings.isAlias ? settings.host.toLowerCase() : knownHostsName(settings.host, settings.port);
    this.#knownHosts = knownHosts;
    this.#revoked = revoked;
    this.#policy = policyOf(settings);
  }

  /** @throws SshConnectError KNOWN_HOSTS_UNREADABLE: without knowing who is known nobody is let through. */
  static async prepare(settings: HostKeySettings): Promise<HostKeyCheck> {
    try {
      const [knownHosts, revoked] = await Promise.all([
        KnownHosts.load(settings.knownHostsFiles),
        RevokedKeys.load(settings.revokedHostKeysFiles),
      ]);
      return new HostKeyCheck(settings, knownHosts, revoked);
    } catch (cause) {
      if (cause instanceof SshConnectError) throw cause;
      throw new SshConnectError(
        'KNOWN_HOSTS_UNREADABLE',
        `The known host keys cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
        {
          where: settings.host,
          fix: 'Make the file readable, or name another with UserKnownHostsFile',
          cause,
        },
      );
    }
  }

  /** Types to ask the server for. */
  get knownKeyTypes(): readonly string[] {
    return this.#names.map((name) => this.#knownHosts.keyTypes(name)).find((types) => types.length > 0) ?? [];
  }

  /** Whether a certificate of this host could be accepted. */
  get hasAuthority(): boolean {
    return this.#authorities().length > 0;
  }

  /** Why the key was refused, once it was. */
  get refusal(): SshConnectError | undefined {
    return this.#refusal;
  }

  /** Between ssh2's `connect` and the first packet. */
  install(client: Client): void {
    this.#client = client;
    if (this.hasAuthority) allowRsaCertificates(client);
    if (!this.#settings.updateHostKeys) ignoreHostKeyOffers(client);
    else {
      watchHostKeyOffer(client, (offered, proven) => {
        this.#updating = this.#update({ offered, proven });
      });
    }
  }

  /** Resolves when known_hosts is no longer being changed because of this connection. */
  async settled(): Promise<void> {
    await this.#updating;
  }

  /**
   * ssh2's `hostVerifier`. It takes anything but `false` for a yes, so this gives it real booleans only, and answers every
   * later question at once.
   */
  readonly verifier = (key: Buffer, answer: (accepted: boolean) => void): void => {
    if (this.#pinned !== undefined) {
      const same = this.#pinned.equals(key);
      if (!same) this.#refusal = this.#error('HOST_KEY_CHANGED', 'changed in the middle of the connection', key);
      else this.#useKey(key);
      answer(same);
      return;
    }
    const shown = Buffer.from(key);
    this.#judge(shown).then(
      (refusal) => {
        this.#refusal = refusal;
        if (refusal === undefined) this.#pinned = shown;
        this.#tell(answer, refusal === undefined);
      },
      (error: unknown) => {
        this.#refusal =
          error instanceof SshConnectError
            ? error
            : new SshConnectError('HOST_KEY_UNKNOWN', `The host key of ${this.#settings.host} could not be checked: ${String(error)}`, {
                where: this.#name,
                fix: 'Whatever failed, the key was refused: mend it, and try again',
                cause: error,
              });
        this.#tell(answer, false);
      },
    );
  };

  async #judge(shown: Buffer): Promise<SshConnectError | undefined> {
    // At once, since the server's signature may be looked at before the judgement is there: it is the key's in either case.
    this.#useKey(shown);
    return await this.#decide(shown);
  }

  /** The connection may have ended while somebody thought. */
  #tell(answer: (accepted: boolean) => void, accepted: boolean): void {
    if (this.#client === undefined || isListening(this.#client)) answer(accepted);
  }

  /** A host on another port is also known by its bare name, as ssh has it; but never refused by that, unless its key is revoked. */
  get #names(): readonly string[] {
    const { host, port, isAlias } = this.#settings;
    return port === 22 || isAlias ? [this.#name] : [this.#name, host.toLowerCase()];
  }

  #useKey(key: Buffer): void {
    if (isCertificate(key) && this.#client !== undefined) useCertifiedKey(this.#client, parseCertificate(key).publicKey);
  }

  #authorities(): readonly Entry[] {
    return this.#names.flatMap((name) => this.#knownHosts.authorities(name));
  }

  /** Where a key is revoked; undefined if it is not. */
  #revocation(key: Buffer): string | undefined {
    const [line] = this.#names.flatMap((name) => this.#knownHosts.revocation(name, key) ?? []);
    return this.#revoked.revocation(key) ?? line?.where;
  }

  /** @returns Why not; nothing when it is accepted. */
  async #decide(shown: Buffer): Promise<SshConnectError | undefined> {
    if (!isCertificate(shown)) return await this.#decidePlain(shown);
    const certificate = parseCertificate(shown);
    const verdict = judgeCertificate(certificate, {
      host: this.#settings.host.toLowerCase(),
      authorities: this.#authorities().map(({ key }) => key),
      revocation: (key) => this.#revocation(key),
      nowMs: Date.now(),
    });
    if (verdict.kind === 'accepted') return undefined;
    if (verdict.kind === 'revoked') return this.#error('HOST_KEY_REVOKED', 'is revoked, or who certified it', shown, verdict.where);
    const refusal = await this.#decidePlain(certificate.publicKey);
    if (refusal?.code !== 'HOST_KEY_UNKNOWN') return refusal;
    return new SshConnectError(refusal.code, `${refusal.message}; its certificate is not accepted: ${neutralise(verdict.why)}`, {
      where: refusal.where,
      fix: refusal.fix,
    });
  }

  async #decidePlain(key: Buffer): Promise<SshConnectError | undefined> {
    const revokedAt = this.#revocation(key);
    if (revokedAt !== undefined) return this.#error('HOST_KEY_REVOKED', 'is revoked', key, revokedAt);
    const [verdict, portless] = this.#names.map((name): Verdict => this.#knownHosts.verdict(name, key));
    if (verdict?.kind === 'changed') return this.#error('HOST_KEY_CHANGED', 'differs from the one in known_hosts', key, verdict.where);
    if (verdict?.kind === 'known') {
      this.#knownBy = verdict.where;
      return undefined;
    }
    return portless?.kind === 'known' ? undefined : await this.#unknown(key);
  }

  async #unknown(key: Buffer): Promise<SshConnectError | undefined> {
    const policy = this.#policy;
    if (policy instanceof AskPolicy && !policy.hasSomebody) {
      return this.#error('HOST_KEY_UNKNOWN', 'is unknown, and there is no terminal to ask at', key);
    }
    const { host, knownHostsFiles, hashKnownHosts } = this.#settings;
    const question: HostKeyQuestion = { host, address: this.#name, keyType: keyTypeOf(key), fingerprint: fingerprint(key) };
    const answer = await policy.missingHostKey(question);
    if (answer === 'once') return undefined;
    // Whatever else a policy of somebody's own may have returned is a no.
    if (answer !== 'keep')
      return this.#error('HOST_KEY_UNKNOWN', policy.name === 'ask' ? 'was not accepted' : 'is not in known_hosts', key);
    const [file] = knownHostsFiles;
    if (file === undefined) return undefined;
    const remembered = await rememberHostKey(file, this.#name, key, hashKnownHosts);
    return typeof remembered === 'string'
      ? undefined
      : this.#error('HOST_KEY_CHANGED', 'differs from the one in known_hosts', key, remembered.conflict);
  }

  async #update(offer: HostKeyOffer): Promise<void> {
    const { knownHostsFiles, hashKnownHosts } = this.#settings;
    const [file] = knownHostsFiles;
    const pinned = this.#pinned;
    // Only where the user's own file vouched for this very key: what others keep, or certify, is not ours to change.
    if (file === undefined || pinned === undefined || this.#knownBy?.startsWith(`${file}:`) !== true) return;
    if (!offer.proven.some((key) => sameBytes(key, pinned))) return;
    try {
      await rememberRotatedKeys(file, this.#name, offer, (key) => this.#revocation(key) !== undefined, hashKnownHosts);
    } catch (error) {
      // A file that cannot be written makes the connection no worse, and the keys are offered again at the next: as ssh, go on.
      if (!(error instanceof Error)) throw error;
    }
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

function policyOf({ policy, questions }: HostKeySettings): MissingHostKeyPolicy {
  if (typeof policy === 'object') return policy;
  if (policy === 'ask') return new AskPolicy(questions.hostKey);
  return policy === 'accept-new' ? new AutoAddPolicy() : new RejectPolicy();
}
