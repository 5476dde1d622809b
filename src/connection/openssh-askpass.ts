// Questions of the system's ssh, and who answers them. It does not know how the connection is used.
import { constants } from 'node:fs';
import { open, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { neutralise } from '../base/terminal.ts';
import type { ConnectionSpec, Questions } from './seam.ts';

/**
 * ssh starts it with a question as its argument. It leaves the question in a file, says so on stderr, which is ssh's and so ours to
 * read, and takes one line from a FIFO of its own: no secret is ever in a file, an argument or an environment.
 *
 * The FIFO is opened for both directions before anybody is told of it, so that neither side ever waits for the other to open it.
 */
const SCRIPT = (mark: string): string => `#!/bin/sh
[ "$SSH_ASKPASS_PROMPT" = none ] && exit 0
umask 077
own="\${0%/*}/$$"
trap 'rm -f "$own.question" "$own.answer"' EXIT
printf %s "$1" >"$own.question" && mkfifo "$own.answer" && exec 3<>"$own.answer" || exit 1
printf '\\036${mark} %s %s\\n' "$$" "$PPID" >&2
IFS= read -r answer <&3
case $answer in
+*) printf '%s\\n' "\${answer#+}" ;;
*) exit 1 ;;
esac
`;

/** A question that stayed without an answer, and why. */
export interface Unanswered {
  readonly kind: 'passphrase' | 'prompt' | 'host-key';
  /** The question, or the key file; made safe for a terminal. */
  readonly about: string;
  readonly cause?: unknown;
}

/** Answers the questions of one connection, from its spec and from a person. */
export class Askpass {
  readonly #directory: string;
  readonly #spec: ConnectionSpec;
  readonly #questions: Questions;
  readonly #given = new Set<string>();
  #unanswered: Unanswered | undefined;
  #passphraseFor: string | undefined;
  #wasAsked = false;

  private constructor(directory: string, spec: ConnectionSpec, questions: Questions) {
    this.#directory = directory;
    this.#spec = spec;
    this.#questions = questions;
  }

  /** Whether there is anybody, or anything, to answer a question. */
  static canAnswer({ password, passphrase }: ConnectionSpec, { hostKey, passphrase: asked, prompts }: Questions): boolean {
    return [password, passphrase, hostKey, asked, prompts].some((answer) => answer !== undefined);
  }

  /** @param mark - What the lines on stderr begin with; nobody else may know it. */
  static async install(directory: string, mark: string, spec: ConnectionSpec, questions: Questions): Promise<Askpass> {
    const askpass = new Askpass(directory, spec, questions);
    await writeFile(askpass.#program, SCRIPT(mark), { mode: 0o700 });
    return askpass;
  }

  /** What ssh's environment must hold. Before OpenSSH 8.4 it only believes in a DISPLAY. */
  environment(display: string | undefined): Readonly<Record<string, string>> {
    return { SSH_ASKPASS: this.#program, SSH_ASKPASS_REQUIRE: 'force', DISPLAY: display ?? ':0' };
  }

  /** Whether there was any question: then another attempt would ask again, or count as another wrong password. */
  get wasAsked(): boolean {
    return this.#wasAsked;
  }

  /** The last question that nobody answered. */
  get unanswered(): Unanswered | undefined {
    return this.#unanswered;
  }

  /** The last key whose passphrase was given. */
  get passphraseFor(): string | undefined {
    return this.#passphraseFor;
  }

  /**
   * Answers one question.
   *
   * @param word - What stands after the mark: the script's process, and the ssh that asks.
   * @param target - The ssh that logs in to the host itself: others log in to the hosts on the way, which get none of its passwords.
   * @returns Whether there is a point in going on.
   */
  async answer(word: string, target: number | undefined): Promise<boolean> {
    const [, script, asker] = /^(\d+) (\d+)$/.exec(word) ?? [];
    if (script === undefined) return true;
    this.#wasAsked = true;
    const own = path.join(this.#directory, script);
    try {
      const reply = await this.#reply(await readFile(`${own}.question`, 'utf8'), Number(asker) === target);
      // Without O_NONBLOCK this would wait for ever where the script is gone.
      const fifo = await open(`${own}.answer`, constants.O_WRONLY | constants.O_NONBLOCK);
      try {
        await fifo.write(reply === undefined ? '-\n' : `+${reply}\n`);
      } finally {
        await fifo.close();
      }
    } catch (error) {
      // ssh was ended while somebody thought.
      if (!isGone(error)) throw error;
    }
    return this.#unanswered?.kind !== 'prompt';
  }

  get #program(): string {
    return path.join(this.#directory, 'askpass');
  }

  async #reply(question: string, isTarget: boolean): Promise<string | undefined> {
    const key = /^Enter passphrase for key '(.*)': ?$/.exec(question)?.[1];
    if (key !== undefined) return await this.#attempt('passphrase', key, async () => await this.#passphrase(key));
    if (/\(yes\/no/.test(question)) return await this.#attempt('host-key', question, async () => await this.#hostKey(question));
    const known = this.#password(question, isTarget);
    return known ?? (await this.#attempt('prompt', question, async () => await this.#prompt(question)));
  }

  async #attempt(kind: Unanswered['kind'], about: string, ask: () => Promise<string | undefined>): Promise<string | undefined> {
    const unanswered = { kind, about: neutralise(about).trim() };
    try {
      const reply = await ask();
      if (reply === undefined) this.#unanswered = unanswered;
      return reply;
    } catch (cause) {
      this.#unanswered = { ...unanswered, cause };
      return undefined;
    }
  }

  async #passphrase(key: string): Promise<string | undefined> {
    const passphrase = this.#spec.passphrase ?? (await this.#questions.passphrase?.(key));
    if (passphrase !== undefined) this.#passphraseFor = neutralise(key);
    return passphrase;
  }

  async #hostKey(question: string): Promise<string | undefined> {
    const [, host = '', address = host] = /authenticity of host '(\S+)(?: \((.*?)\))?' can't/.exec(question) ?? [];
    const [, type = '', fingerprint = ''] = /^(\S+) key fingerprint is (\S+?)\.?$/m.exec(question) ?? [];
    const keyType = { ED25519: 'ssh-ed25519', RSA: 'ssh-rsa' }[type] ?? type;
    const accepted = await this.#questions.hostKey?.({ host, address, keyType, fingerprint });
    if (accepted === undefined) return undefined;
    return accepted === true ? 'yes' : 'no';
  }

  /** The login password answers the first hidden question of each method, if it is asked by the host itself. */
  #password(question: string, isTarget: boolean): string | undefined {
    const { password } = this.#spec;
    const method = /'s password: ?$/.test(question) ? 'password' : 'keyboard-interactive';
    if (!isTarget || password === undefined || this.#given.has(method)) return undefined;
    if (!/passw/i.test(question) && this.#questions.prompts !== undefined) return undefined;
    this.#given.add(method);
    return password;
  }

  async #prompt(question: string): Promise<string | undefined> {
    const host = this.#spec.address ?? this.#spec.name;
    const prompts = [{ text: neutralise(question), echo: false }];
    return (await this.#questions.prompts?.({ host, name: '', instructions: '', prompts }))?.[0];
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENXIO');
}
