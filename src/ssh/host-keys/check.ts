// Whether the key a server shows is accepted. Every doubt is a no.
import { readFile } from 'node:fs/promises';
import type { Client } from 'ssh2';
import type { HostKeyQuestion, Questions } from '../ask.ts';
import { SshConnectError } from '../errors.ts';
import { useCertifiedKey } from '../ssh2-host-certificates.ts';
import { isListening } from '../ssh2-internals.ts';
import { fingerprint, keyTypeOf, sameBytes } from './blob.ts';
import { type Certificate, isCertificate, parseCertificate } from './certificate.ts';
import { rememberHostKey, replaceHostKeys } from './file-edit.ts';
import { type Entry, KnownHosts, type Verdict } from './known-hosts.ts';
import { globPattern, knownHostsName } from './name-pattern.ts';
import { AskPolicy, AutoAddPolicy, type MissingHostKeyPolicy, RejectPolicy } from './policies.ts';

/** What to do about a host key that nobody knows. A changed or revoked one is always refused. */
export type HostKeyPolicy = 'strict' | 'accept-new' | 'ask' | MissingHostKeyPolicy;

export interface HostKeySettings {
  /** The name it is known by: HostKeyAlias or the host's own. */
  readonly host: string;
  /** Whether that is a HostKeyAlias: then only exactly it counts. */
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
  readonly #revoked: readonly Buffer[];
  readonly #policy: MissingHostKeyPolicy;
  #client: Client | undefined;
  // The key that was accepted. ssh2 asks again at every rekey, and an answer that comes later would hang the connection.
  #pinned: Buffer | undefined;
  #knownBy: string | undefined;
  #refusal: SshConnectError | undefined;

  private constructor(settings: HostKeySettings, knownHosts: KnownHosts, revoked: readonly Buffer[]) {
    this.#settings = settings;
    // An alias stands for itself, whatever the port: as OpenSSH 9.2.
    this.#name = knownHostsName(settings.host, settings.isAlias ? 22 : settings.port);
    this.#knownHosts = knownHosts;
    this.#revoked = revoked;
    this.#policy = policyOf(settings);
  }

  /** @throws SshConnectError KNOWN_HOSTS_UNREADABLE: without knowing who is known nobody is let through. */
  static async prepare(settings: HostKeySettings): Promise<HostKeyCheck> {
    try {
      const [knownHosts, revoked] = await Promise.all([
        KnownHosts.load(settings.knownHostsFiles),
        readRevoked(settings.revokedHostKeysFiles),
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
    const types = this.#knownHosts.keyTypes(this.#name);
    return types.length > 0 || this.#portless === undefined ? types : this.#knownHosts.keyTypes(this.#portless);
  }

  /** Whether a certificate of this host could be accepted. */
  get hasAuthority(): boolean {
    return this.#authorities().length > 0;
  }

  /** Why the key was refused, once it was. */
  get refusal(): SshConnectError | undefined {
    return this.#refusal;
  }

  /** Between ssh2's `connect` and the first key. */
  install(client: Client): void {
    this.#client = client;
    if (!this.#settings.updateHostKeys) return;
    client.on('hostkeys', (keys: readonly { getPublicSSH(): Buffer }[]) => {
      void this.#update(keys.map((key) => key.getPublicSSH()));
    });
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

  /** A host on another port is also known by its bare name, as ssh has it; but never refused by that. */
  get #portless(): string | undefined {
    const { host, port, isAlias } = this.#settings;
    return port === 22 || isAlias ? undefined : host.toLowerCase();
  }

  #useKey(key: Buffer): void {
    if (isCertificate(key) && this.#client !== undefined) useCertifiedKey(this.#client, parseCertificate(key).publicKey);
  }

  #authorities(): readonly Entry[] {
    return [this.#name, ...(this.#portless === undefined ? [] : [this.#portless])].flatMap((name) => this.#knownHosts.authorities(name));
  }

  /** @returns Why not; nothing when it is accepted. */
  async #decide(shown: Buffer): Promise<SshConnectError | undefined> {
    if (!isCertificate(shown)) return await this.#decidePlain(shown);
    const certificate = parseCertificate(shown);
    const problem = this.#problemOf(certificate);
    if (problem === undefined) return undefined;
    // A certificate that is not accepted makes nothing better and nothing worse: the key in it is looked up as any other.
    const refusal = await this.#decidePlain(certificate.publicKey);
    if (refusal?.code !== 'HOST_KEY_UNKNOWN') return refusal;
    return new SshConnectError(refusal.code, `${refusal.message}; its certificate is not accepted: ${problem}`, {
      where: refusal.where,
      fix: refusal.fix,
    });
  }

  /** As ssh judges a host certificate (sshkey_cert_check_host). */
  #problemOf(certificate: Certificate): string | undefined {
    const nowS = BigInt(Math.floor(Date.now() / 1_000));
    const { host } = this.#settings;
    const authority = this.#authorities().find((entry) => sameBytes(entry.key, certificate.caKey));
    if (certificate.type !== 'host') return 'it is for a user';
    if (authority === undefined) return `nobody trusts who signed it, ${fingerprint(certificate.caKey)}`;
    if (this.#isRevoked(certificate.caKey) || this.#isRevoked(certificate.publicKey)) return 'its key or its authority is revoked';
    if (!certificate.isSigned) return 'its signature is wrong';
    if (nowS < certificate.validAfterS) return 'it is not valid yet';
    if (nowS >= certificate.validBeforeS) return 'it has expired';
    if (certificate.criticalOptions.length > 0) return `it has options nobody knows: ${certificate.criticalOptions.join(', ')}`;
    const isNamed = certificate.principals.some((pattern) => globPattern(pattern.toLowerCase()).test(host.toLowerCase()));
    return certificate.principals.length === 0 || isNamed ? undefined : `it is for ${certificate.principals.join(', ')}`;
  }

  #isRevoked(key: Buffer): boolean {
    return this.#revoked.some((one) => sameBytes(one, key)) || this.#verdicts(key).some((verdict) => verdict.kind === 'revoked');
  }

  #verdicts(key: Buffer): Verdict[] {
    return [this.#name, ...(this.#portless === undefined ? [] : [this.#portless])].map((name) => this.#knownHosts.verdict(name, key));
  }

  async #decidePlain(key: Buffer): Promise<SshConnectError | undefined> {
    if (this.#revoked.some((one) => sameBytes(one, key))) return this.#error('HOST_KEY_REVOKED', 'is revoked', key, 'RevokedHostKeys');
    const [verdict, portless] = this.#verdicts(key);
    if (portless?.kind === 'revoked') return this.#error('HOST_KEY_REVOKED', 'is revoked', key, portless.where);
    switch (verdict?.kind) {
      case 'known':
        this.#knownBy = verdict.where;
        return undefined;
      case 'revoked':
        return this.#error('HOST_KEY_REVOKED', 'is revoked', key, verdict.where);
      case 'changed':
        return this.#error('HOST_KEY_CHANGED', 'differs from the one in known_hosts', key, verdict.where);
      default:
        return portless?.kind === 'known' ? undefined : await this.#unknown(key);
    }
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

  async #update(proven: readonly Buffer[]): Promise<void> {
    const [file] = this.#settings.knownHostsFiles;
    const pinned = this.#pinned;
    // Only where the user's own file vouched for this very key: what others keep is not ours to change.
    if (file === undefined || pinned === undefined || this.#knownBy?.startsWith(`${file}:`) !== true) return;
    if (!proven.some((key) => sameBytes(key, pinned))) return;
    try {
      await replaceHostKeys(file, this.#name, proven, this.#settings.hashKnownHosts);
    } catch (error) {
      // The connection is as good as before; the keys will be offered again at the next.
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

/** @throws SshConnectError REVOKED_KEYS_UNREADABLE; Error of the file system: who cannot say what is revoked accepts nothing. */
async function readRevoked(files: readonly string[]): Promise<Buffer[]> {
  const texts = await Promise.all(files.map(async (file) => ({ file, bytes: await readFile(file) })));
  return texts.flatMap(({ file, bytes }) => {
    if (bytes.subarray(0, 6).equals(Buffer.from('SSHKRL'))) {
      throw new SshConnectError('KNOWN_HOSTS_UNREADABLE', `${file} is a binary key revocation list, which is not supported`, {
        where: file,
        fix: 'List the revoked public keys in a text file, one to a line',
      });
    }
    const blobs = bytes
      .toString('utf8')
      .split('\n')
      .map((line) => Buffer.from(/^\S+\s+(\S+)/.exec(line.trim())?.[1] ?? '', 'base64'));
    return blobs.filter((blob) => blob.length > 4);
  });
}
