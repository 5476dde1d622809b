// Logging in: which methods are tried in which order, and what to say when none is taken. Keys always come before passwords.
import type { AnyAuthMethod, AuthenticationType, Client, NextAuthHandler } from 'ssh2';
import { neutralise } from '../../base/terminal.ts';
import { SshConnectError } from '../errors.ts';
import type { Settings } from '../settings.ts';
import { findIdentities } from './identities.ts';
import type { Identity } from './identity.ts';
import { PublicKeyLogin } from './public-key-login.ts';

/** One thing to try. */
interface Attempt {
  readonly kind: AuthenticationType;
  /** For the message: `key ~/.ssh/id_ed25519`, `password`. */
  readonly name: string;
  /** @returns undefined when the server turns out not to take it. */
  readonly method: () => AnyAuthMethod | undefined;
}

type AuthHandler = (methodsLeft: AuthenticationType[] | null, partialSuccess: boolean | null, next: NextAuthHandler) => void;

const DEFAULT_ORDER: readonly string[] = ['publickey', 'password', 'keyboard-interactive'];

/** The attempts of one connection. */
export class Login {
  readonly #settings: Settings;
  readonly #publicKeys: PublicKeyLogin;
  readonly #attempts: Attempt[] = [];
  readonly #tried: string[] = [];
  readonly #passedOver: string[];
  #serverTakes: readonly string[] = [];
  #unanswered: string | undefined;
  #passwordUsed = false;
  #cutShort = false;

  private constructor(settings: Settings, identities: readonly Identity[], passedOver: readonly string[]) {
    this.#settings = settings;
    this.#passedOver = [...passedOver];
    this.#publicKeys = new PublicKeyLogin(settings.user, (identity, error) => this.#passedOver.push(`${identity.name}: ${error.message}`));
    for (const identity of identities) {
      this.#attempts.push({ kind: 'publickey', name: identity.name, method: () => this.#publicKeys.method(identity) });
    }
    this.#addPassword();
    this.#addQuestions();
    const order = settings.preferredAuthentications ?? DEFAULT_ORDER;
    this.#attempts.sort((a, b) => rank(order, a.kind) - rank(order, b.kind));
  }

  /** Reads the keys and lines up the attempts. @throws SshConnectError KEY_* for a key that somebody named. */
  static async prepare(settings: Settings): Promise<Login> {
    const { list, passedOver } = settings.pubkeyAuthentication ? await findIdentities(settings) : { list: [], passedOver: [] };
    return new Login(settings, list, passedOver);
  }

  /** Between ssh2's `connect` and its first login. */
  install(client: Client): void {
    this.#publicKeys.install(client);
    client.on('change password', (prompt: string, change: (password: string) => void) => {
      void this.#newPassword(neutralise(prompt)).then((password) => {
        if (password !== undefined) {
          change(password);
          return;
        }
        this.#cutShort = true;
        client.destroy();
      });
    });
  }

  /** ssh2's `authHandler`: the next attempt of a kind that the server still takes, also after a partial success. */
  readonly handler: AuthHandler = (methodsLeft, _partialSuccess, next) => {
    // The first call asks nothing yet: the answer to `none` lists what the server takes.
    if (methodsLeft === null) {
      next({ type: 'none', username: this.#settings.user });
      return;
    }
    this.#serverTakes = methodsLeft;
    for (let attempt = this.#take(methodsLeft); attempt !== undefined; attempt = this.#take(methodsLeft)) {
      const method = attempt.method();
      if (method !== undefined) {
        this.#tried.push(attempt.name);
        next(method);
        return;
      }
      this.#passedOver.push(`${attempt.name}: the server verifies no signature algorithm of it`);
    }
    // ssh2 takes false for "give up"; its types do not say so.
    (next as unknown as (method: false) => void)(false);
  };

  /** Whether it was given up by us, for want of an answer. */
  get wasCutShort(): boolean {
    return this.#cutShort;
  }

  /** Why nobody was let in. */
  failure(where: string, cause: unknown): SshConnectError {
    const { user, password } = this.#settings;
    const tried = this.#tried.length === 0 ? 'nothing, for there was nothing to try' : this.#tried.join(', ');
    const takes = this.#serverTakes.length === 0 ? '' : `; the server takes ${this.#serverTakes.join(', ')}`;
    const also = this.#passedOver.length === 0 ? '' : ` (${this.#passedOver.join('; ')})`;
    if (this.#unanswered !== undefined) {
      const message = `${user} was not let in: the server asks "${this.#unanswered}", and nobody is there to answer. Tried: ${tried}${takes}${also}`;
      return new SshConnectError('AUTH_FAILED', message, { where, fix: 'Run it at a terminal, and answer there', cause });
    }
    const passwordHelps =
      password === undefined && this.#serverTakes.some((method) => method === 'password' || method === 'keyboard-interactive');
    const fix = `Name a key with --private-key, add one to the agent (ssh-add)${passwordHelps ? ', or give the password with -k' : ''}; check the user with -u`;
    return new SshConnectError('AUTH_FAILED', `${user} was not let in. Tried: ${tried}${takes}${also}`, { where, fix, cause });
  }

  #take(methodsLeft: readonly string[]): Attempt | undefined {
    const index = this.#attempts.findIndex((attempt) => methodsLeft.includes(attempt.kind));
    return index === -1 ? undefined : this.#attempts.splice(index, 1)[0];
  }

  #addPassword(): void {
    const { password, user } = this.#settings;
    if (password === undefined) return;
    this.#attempts.push({
      kind: 'password',
      name: 'password',
      method: () => ({ type: 'password', username: user, password }),
    });
  }

  #addQuestions(): void {
    const { user: username, password, questions, kbdInteractiveAuthentication } = this.#settings;
    if (!kbdInteractiveAuthentication || (password === undefined && questions.prompts === undefined)) return;
    this.#attempts.push({
      kind: 'keyboard-interactive',
      name: 'keyboard-interactive',
      method: () => ({
        type: 'keyboard-interactive',
        username,
        prompt: (name, instructions, _language, prompts, finish) => {
          void this.#answer(name, instructions, prompts).then(finish);
        },
      }),
    });
  }

  /** The first hidden question for a password gets the one we have; all others go to a person. No answers: the server says no, and we go on. */
  async #answer(
    name: string,
    instructions: string,
    prompts: readonly { readonly prompt: string; readonly echo?: boolean }[],
  ): Promise<string[]> {
    const { password, questions, host } = this.#settings;
    const [first] = prompts;
    const isPassword =
      prompts.length === 1 && first?.echo !== true && (/passw/i.test(first?.prompt ?? '') || questions.prompts === undefined);
    if (password !== undefined && isPassword && !this.#passwordUsed) {
      this.#passwordUsed = true;
      return [password];
    }
    if (questions.prompts === undefined) {
      this.#unanswered = neutralise(first?.prompt ?? '').trim();
      return [];
    }
    const asked = prompts.map(({ prompt, echo }) => ({ text: neutralise(prompt), echo: echo === true }));
    try {
      return [...(await questions.prompts({ host, name: neutralise(name), instructions: neutralise(instructions), prompts: asked }))];
    } catch (error) {
      this.#unanswered = asked[0]?.text.trim();
      this.#passedOver.push(error instanceof Error ? error.message : String(error));
      return [];
    }
  }

  async #newPassword(prompt: string): Promise<string | undefined> {
    const { questions, host } = this.#settings;
    this.#unanswered = prompt.trim() || 'New password';
    if (questions.prompts === undefined) return undefined;
    try {
      const [password] = await questions.prompts({
        host,
        name: 'The password has expired',
        instructions: prompt,
        prompts: [{ text: 'New password: ', echo: false }],
      });
      this.#unanswered = undefined;
      return password;
    } catch (error) {
      this.#passedOver.push(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }
}

function rank(order: readonly string[], kind: string): number {
  const index = order.indexOf(kind);
  return index === -1 ? order.length : index;
}
