// The public key login of one connection, for identities of every kind. It does not know which are tried.
//
// ssh2's own knows the key types it can parse, no certificates and no security keys, and signs with SHA-1 where a server is silent.
import ssh2, { type AnyAuthMethod, type Client, type ParsedKey } from 'ssh2';
import { generateEd25519, opensshPublicKey } from '../ed25519.ts';
import { string } from '../sftp/wire.ts';
import { type Protocol, protocolOf, sendMessage } from '../ssh2-internals.ts';
import type { Identity } from './identity.ts';

const USERAUTH_REQUEST = 50;

/** What ssh2 is shown instead of the real key: it must be a key that it can read, and is looked at by nobody else. */
let standIn: ParsedKey | undefined;

export class PublicKeyLogin {
  readonly #user: string;
  readonly #onRefusal: (identity: Identity, error: Error) => void;
  #serverAlgorithms: readonly string[] | undefined;
  #current: { readonly identity: Identity; readonly algorithm: string } | undefined;

  /** @param onRefusal - Told when the holder of a key does not sign; the next identity is tried then. */
  constructor(user: string, onRefusal: (identity: Identity, error: Error) => void) {
    this.#user = user;
    this.#onRefusal = onRefusal;
  }

  /** Takes over from ssh2, after its `connect` and before its first login. */
  install(client: Client): void {
    const protocol = protocolOf(client);
    protocol.authPK = (_user, _key, _algorithm, sign) => this.#request(protocol, sign);
    const told = protocol._handlers.EXT_INFO;
    protocol._handlers.EXT_INFO = (...args) => {
      const [, extensions] = args as [unknown, readonly { readonly name: string; readonly algs?: readonly string[] }[]];
      // Only the first: a second one would come from somebody else.
      this.#serverAlgorithms ??= extensions.find(({ name }) => name === 'server-sig-algs')?.algs;
      told?.(...args);
    };
  }

  /** @returns The login with an identity as ssh2 wants it; undefined when the server takes none of its algorithms. */
  method(identity: Identity): AnyAuthMethod | undefined {
    const algorithm = identity.algorithms.find((name) => this.#serverAlgorithms?.includes(name) ?? true);
    // Servers list what they verify without the suffix of certificates, and some leave out old names: only RSA has a choice.
    const chosen = algorithm ?? (identity.algorithms.length === 1 ? identity.algorithms[0] : this.#plainChoice(identity));
    if (chosen === undefined) return undefined;
    this.#current = { identity, algorithm: chosen };
    return { type: 'agent', username: this.#user, agent: new Holder(identity, chosen, (error) => this.#onRefusal(identity, error)) };
  }

  #plainChoice(identity: Identity): string | undefined {
    return identity.algorithms.find((name) => this.#serverAlgorithms?.includes(name.replace('-cert-v01@openssh.com', '')));
  }

  /** RFC 4252, section 7: first asked without a signature, then signed. */
  #request(protocol: Protocol, sign?: (data: Buffer, done: (signature: Buffer) => void) => void): void {
    if (this.#current === undefined) throw new TypeError('A public key login began without a key');
    const { identity, algorithm } = this.#current;
    const head = [Buffer.of(USERAUTH_REQUEST), string(this.#user), string('ssh-connection'), string('publickey')];
    const key = [string(algorithm), string(identity.blob)];
    if (sign === undefined) {
      protocol._authsQueue.push('publickey');
      sendMessage(protocol, Buffer.concat([...head, Buffer.of(0), ...key]));
      return;
    }
    const request = Buffer.concat([...head, Buffer.of(1), ...key]);
    sign(Buffer.concat([string(protocol._kex.sessionID), request]), (signature) => {
      protocol._authsQueue.push('publickey');
      sendMessage(protocol, Buffer.concat([request, string(signature)]));
    });
  }
}

/** What ssh2 calls an agent: it has one key, and signs with it in its own time. */
class Holder extends ssh2.BaseAgent<ParsedKey> {
  readonly #identity: Identity;
  readonly #algorithm: string;
  readonly #refused: (error: Error) => void;

  constructor(identity: Identity, algorithm: string, refused: (error: Error) => void) {
    super();
    this.#identity = identity;
    this.#algorithm = algorithm;
    this.#refused = refused;
  }

  override getIdentities(done: (error: Error | undefined, keys?: ParsedKey[]) => void): void {
    standIn ??= ssh2.utils.parseKey(opensshPublicKey(generateEd25519(), '')) as ParsedKey;
    done(undefined, [standIn]);
  }

  override sign(_key: unknown, data: Buffer, options: unknown, then?: (error?: Error, signature?: Buffer) => void): void {
    const answer = (then ?? options) as (error?: Error, signature?: Buffer) => void;
    this.#identity.sign(data, this.#algorithm).then(
      (signature) => answer(undefined, signature),
      (error: Error) => {
        this.#refused(error);
        answer(error);
      },
    );
  }
}
