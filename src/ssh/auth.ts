// Logging in: which methods are tried in which order, and what to say when none is taken. Keys always come before passwords.
import { existsSync } from 'node:fs';
import type { AnyAuthMethod, AuthenticationType, NextAuthHandler, ParsedKey } from 'ssh2';
import { SshConnectError } from './errors.ts';
import { loadPrivateKey } from './keys.ts';
import type { Settings } from './settings.ts';

/** One thing to try. */
interface Attempt {
  readonly kind: AuthenticationType;
  /** For the message: `key ~/.ssh/id_ed25519`, `agent`, `password`. */
  readonly name: string;
  readonly method: AnyAuthMethod;
}

type AuthHandler = (methodsLeft: AuthenticationType[] | null, partialSuccess: boolean | null, next: NextAuthHandler) => void;

/** The attempts of one connection. */
export class Login {
  readonly #settings: Settings;
  readonly #attempts: Attempt[];
  readonly #tried: string[] = [];
  readonly #passedOver: string[];
  #serverTakes: readonly string[] = [];

  private constructor(settings: Settings, attempts: Attempt[], passedOver: string[]) {
    this.#settings = settings;
    this.#attempts = attempts;
    this.#passedOver = passedOver;
  }

  /**
   * Reads the keys and lines up the attempts.
   *
   * @throws SshConnectError KEY_* for a key that somebody named; one of ssh's usual names that cannot be read is only mentioned
   * when nothing else works.
   */
  static async prepare(settings: Settings): Promise<Login> {
    const { user: username, questions } = settings;
    const attempts: Attempt[] = [];
    const passedOver: string[] = [];
    const addKey = (file: string, key: ParsedKey): void => {
      attempts.push({ kind: 'publickey', name: `key ${file}`, method: { type: 'publickey', username, key } });
    };
    for (const file of settings.identityFiles) addKey(file, await loadPrivateKey(file, settings.passphrase, questions));
    if (settings.agentSocket !== undefined && !settings.identitiesOnly) {
      attempts.push({ kind: 'publickey', name: 'agent', method: { type: 'agent', username, agent: settings.agentSocket } });
    }
    for (const file of settings.defaultIdentityFiles.filter((candidate) => existsSync(candidate))) {
      try {
        // A passphrase is asked for only when somebody named the key.
        addKey(file, await loadPrivateKey(file, settings.passphrase, {}));
      } catch (error) {
        if (!(error instanceof SshConnectError)) throw error;
        passedOver.push(error.message);
      }
    }
    const { password } = settings;
    if (password !== undefined) {
      attempts.push({ kind: 'password', name: 'password', method: { type: 'password', username, password } });
      attempts.push({
        kind: 'keyboard-interactive',
        name: 'keyboard-interactive',
        // One hidden question is the password; anything else is not ours to answer.
        method: {
          type: 'keyboard-interactive',
          username,
          prompt: (_name, _instructions, _lang, prompts, finish) => finish(prompts.length === 1 && prompts[0]?.echo !== true ? [password] : []),
        },
      });
    }
    return new Login(settings, attempts, passedOver);
  }

  /** ssh2's `authHandler`: the next attempt of a kind that the server still takes. */
  readonly handler: AuthHandler = (methodsLeft, _partialSuccess, next) => {
    // The first call asks nothing yet: the answer to `none` lists what the server takes.
    if (methodsLeft === null) {
      next({ type: 'none', username: this.#settings.user });
      return;
    }
    this.#serverTakes = methodsLeft;
    const index = this.#attempts.findIndex((attempt) => methodsLeft.includes(attempt.kind));
    const [attempt] = index === -1 ? [] : this.#attempts.splice(index, 1);
    if (attempt === undefined) {
      // ssh2 takes false for "give up"; its types do not say so.
      (next as unknown as (method: false) => void)(false);
      return;
    }
    this.#tried.push(attempt.name);
    next(attempt.method);
  };

  /** Why nobody was let in. */
  failure(where: string, cause: unknown): SshConnectError {
    const { user, password } = this.#settings;
    const tried = this.#tried.length === 0 ? 'nothing, for there was nothing to try' : this.#tried.join(', ');
    const takes = this.#serverTakes.length === 0 ? '' : `; the server takes ${this.#serverTakes.join(', ')}`;
    const also = this.#passedOver.length === 0 ? '' : ` (${this.#passedOver.join('; ')})`;
    const passwordHelps = password === undefined && this.#serverTakes.some((method) => method === 'password' || method === 'keyboard-interactive');
    const fix = `Name a key with --private-key, add one to the agent (ssh-add)${passwordHelps ? ', or give the password with -k' : ''}; check the user with -u`;
    return new SshConnectError('AUTH_FAILED', `${user} was not let in. Tried: ${tried}${takes}${also}`, { where, fix, cause });
  }
}
