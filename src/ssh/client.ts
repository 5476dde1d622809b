// An SSH client as paramiko's: connect, run commands, open channels, close. It knows one host, and the hosts on the way to it.
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import ssh2, { type Client } from 'ssh2';
import { algorithmsFor } from './algorithms.ts';
import type { Questions } from './ask.ts';
import { Login } from './auth.ts';
import { asItIs, Channels } from './channels.ts';
import { Deadline } from './deadline.ts';
import { dial } from './dial.ts';
import { SshConnectError, SshConnectionLostError } from './errors.ts';
import { type Execution, watchExecution } from './execution.ts';
import { HostKeyCheck } from './host-key.ts';
import { loadPrivateKey } from './keys.ts';
import { type ConnectOptions, type Settings, settle } from './settings.ts';

/** How long a polite goodbye may take. */
const CLOSE_GRACE_MS = 500;
const ATTEMPTS = 5;

/**
 * One SSH connection.
 *
 * @example
 * ```ts
 * const client = new SSHClient();
 * await client.connect({ host: 'web01', user: 'deploy', homeDirectory: os.homedir(), localUser: os.userInfo().username });
 * const { stdout, exit } = await client.execCommand('df -h');
 * ```
 */
export class SSHClient {
  #client: Client | undefined;
  #address = '';
  #closed: Promise<void> = Promise.resolve();
  #open = false;
  #jump: SSHClient | undefined;
  #channels: Channels | undefined;

  /** `user@10.0.3.7:22`, once connected. */
  get address(): string {
    return this.#address;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** Resolves when the connection is gone, however it went. */
  get closed(): Promise<void> {
    return this.#closed;
  }

  /**
   * Connects, checks the host key and logs in. A server that is only busy (MaxStartups) is tried again, with jitter, within the
   * time given.
   *
   * @throws SshConnectError and SshSettingsError with their codes; `signal.reason` on abort.
   */
  async connect(options: ConnectOptions): Promise<void> {
    const settled = await settle(options);
    const deadline = new Deadline(settled.connectTimeoutMs);
    const settings = { ...settled, questions: untimed(settled.questions, deadline) };
    const signal = settings.signal === undefined ? deadline.signal : AbortSignal.any([deadline.signal, settings.signal]);
    const where = `${settings.address}:${settings.port}`;
    try {
      for (let attempt = 1; ; attempt++) {
        try {
          await this.#attempt(settings, options, where, signal);
          return;
        } catch (error) {
          if (attempt === ATTEMPTS || !(error instanceof SshConnectError && error.retriable)) throw error;
          await delay(100 * 2 ** attempt * (0.5 + Math.random()), undefined, { signal });
        }
      }
    } catch (error) {
      if (settings.signal?.aborted === true) throw settings.signal.reason;
      if (!deadline.signal.aborted || error instanceof SshConnectError) throw error;
      const message = `No connection within ${settings.connectTimeoutMs / 1_000} s`;
      throw new SshConnectError('CONNECT_TIMEOUT', message, {
        where,
        fix: 'Check that the host is up and reachable, or raise --connect-timeout',
        cause: error,
      });
    } finally {
      deadline.clear();
    }
  }

  /**
   * Starts a command. It waits for its turn when as many channels are open as the server allows.
   *
   * @param command - As the login shell of the user reads it.
   * @throws SshChannelError CHANNEL_REFUSED, CHANNEL_TIMEOUT; SshConnectionLostError.
   */
  async execCommand(command: string): Promise<Execution> {
    // Watched from its first moment: the end of a short command may come with the same packet as its beginning.
    return await this.#openChannels().open(
      (client, done) => client.exec(command, done),
      (channel) => watchExecution(channel, this.#closed, this.#address),
    );
  }

  /** Opens a subsystem, such as `sftp`, as a plain stream. It is destroyed with an error when the connection breaks. */
  async openSubsystem(name: string): Promise<Duplex> {
    const opened = await this.#openChannels().open((client, done) => client.subsys(name, done), asItIs);
    opened.stderr.resume();
    const channel: Duplex = opened;
    void this.#closed.then(() => channel.destroy(new SshConnectionLostError('The connection broke', { where: this.#address })));
    return channel;
  }

  /**
   * Reads a private key as `connect` will, and keeps it: so that a wrong one is known before any host is.
   *
   * @throws SshConnectError KEY_UNREADABLE, KEY_PERMISSIONS, KEY_PASSPHRASE_NEEDED, KEY_PASSPHRASE_WRONG.
   */
  static async checkPrivateKey(file: string, passphrase: string | undefined, questions: Questions): Promise<void> {
    await loadPrivateKey(file, passphrase, questions);
  }

  /** Says goodbye, and cuts the line if that takes too long. */
  async close(): Promise<void> {
    const client = this.#client;
    if (client !== undefined) {
      client.end();
      await Promise.race([this.#closed, delay(CLOSE_GRACE_MS, undefined, { ref: false })]);
      client.destroy();
    }
    await this.#jump?.close();
  }

  async #attempt(settings: Settings, options: ConnectOptions, where: string, signal: AbortSignal): Promise<void> {
    const hostKey = await HostKeyCheck.prepare({
      host: settings.hostKeyAlias,
      port: settings.port,
      policy: settings.hostKeyPolicy,
      knownHostsFiles: settings.knownHostsFiles,
      questions: settings.questions,
    });
    const login = await Login.prepare(settings);
    signal.throwIfAborted();
    const sock = await this.#road(settings, options, signal);
    const client = new ssh2.Client();
    let gone = (): void => {};
    const closed = new Promise<void>((resolve) => {
      gone = resolve;
    });
    // ssh2 reports one failure with several errors, and late ones: whoever is not listening dies of them.
    client.on('error', () => {});
    sock.on('error', () => {});
    client.once('close', gone);
    sock.once('close', gone);
    try {
      await ready(client, signal, () => {
        client.connect({
          sock,
          username: settings.user,
          authHandler: login.handler,
          hostVerifier: hostKey.verifier,
          algorithms: algorithmsFor(hostKey.knownKeyTypes),
          keepaliveInterval: settings.keepAliveIntervalMs,
          keepaliveCountMax: settings.keepAliveCountMax,
          // The deadline is ours: ssh2's own would count while a person reads a question.
          readyTimeout: 0,
        });
      });
    } catch (error) {
      client.destroy();
      sock.destroy();
      await this.#jump?.close();
      if (signal.aborted) throw signal.reason;
      throw hostKey.refusal ?? explain(error, login, where);
    }
    this.#client = client;
    this.#address = `${settings.user}@${where}`;
    this.#open = true;
    this.#closed = closed.then(() => {
      this.#open = false;
      // What still waits for an answer on a dead line must learn of it.
      sock.destroy();
    });
    this.#channels = new Channels(client, this.#closed, this.#address);
  }

  /** The stream to speak over: a socket of our own, or a channel through the last of the jump hosts. */
  async #road(settings: Settings, options: ConnectOptions, signal: AbortSignal): Promise<Duplex> {
    const hops = [...settings.jumps];
    const last = hops.pop();
    if (last === undefined) return await dial(settings.address, settings.port, signal);
    const [, user, host = last, port] = /^(?:(.*)@)?(.*?)(?::(\d+))?$/.exec(last) ?? [];
    // Every hop is a connection of its own, verified under its own name; only the road to it is shared.
    const jump = new SSHClient();
    const { configFiles, knownHostsFiles, hostKeyPolicy, agentSocket, homeDirectory, localUser, privateKeyFile, passphrase } = options;
    await jump.connect({
      host,
      user,
      port: port === undefined ? undefined : Number(port),
      sshArgs: [...sharedArgs(options.sshArgs ?? []), ...(hops.length === 0 ? [] : ['-J', hops.join(',')])],
      configFiles,
      knownHostsFiles,
      hostKeyPolicy,
      agentSocket,
      homeDirectory,
      localUser,
      questions: settings.questions,
      privateKeyFile,
      passphrase,
      connectTimeoutMs: settings.connectTimeoutMs,
      signal,
    });
    this.#jump = jump;
    return await jump.#forward(settings.address, settings.port);
  }

  #openChannels(): Channels {
    if (this.#channels !== undefined && this.#open) return this.#channels;
    throw new SshConnectionLostError('There is no open connection', { where: this.#address });
  }

  async #forward(address: string, port: number): Promise<Duplex> {
    return await this.#openChannels().open((client, done) => client.forwardOut('127.0.0.1', 0, address, port, done), asItIs);
  }
}

/** The same questions, with the deadline standing still while a person thinks. */
function untimed({ hostKey, passphrase }: Questions, deadline: Deadline): Questions {
  return {
    hostKey: hostKey && (async (question) => await deadline.without(async () => await hostKey(question))),
    passphrase: passphrase && (async (keyFile) => await deadline.without(async () => await passphrase(keyFile))),
  };
}

/** Flags that hold for every hop: where to look for keys and hosts, not whom to log in as. */
function sharedArgs(words: readonly string[]): string[] {
  const shared: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const [word = '', next = ''] = [words[i], words[i + 1]];
    const option = word === '-o' ? next : word.startsWith('-o') ? word.slice(2) : undefined;
    if (word === '-F') shared.push(word, next);
    else if (
      option !== undefined &&
      /^\s*(UserKnownHostsFile|GlobalKnownHostsFile|StrictHostKeyChecking|IdentitiesOnly|ConnectTimeout)\b/i.test(option)
    )
      shared.push('-o', option);
  }
  return shared;
}

async function ready(client: Client, signal: AbortSignal, connect: () => void): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    const settle = (act: () => void) => (): void => {
      signal.removeEventListener('abort', onAbort);
      act();
    };
    client.once('ready', settle(resolve));
    // Errors of the agent are not fatal: ssh2 goes on to the next method by itself.
    client.on('error', (error: Error & { level?: string }) => {
      if (error.level !== 'agent') settle(() => reject(error))();
    });
    client.once(
      'close',
      settle(() => reject(new Error('Connection closed by the server'))),
    );
    connect();
  });
}

function explain(cause: unknown, login: Login, where: string): SshConnectError {
  const error = cause as Error & { readonly level?: string };
  if (error.level === 'client-authentication') return login.failure(where, cause);
  if (/no matching/i.test(error.message)) {
    return new SshConnectError('KEX_FAILED', `No algorithm in common: ${error.message}`, {
      where,
      fix: 'Update the SSH server: it offers only what is no longer safe, or what is too new',
      cause,
    });
  }
  // sshd drops connections unseen above MaxStartups: busy, not unwilling.
  const retriable = /before handshake|closed by the server|ECONNRESET|read ECONN/i.test(
    `${error.message} ${(error as { code?: string }).code ?? ''}`,
  );
  return new SshConnectError('CONNECTION_DROPPED', `The server hung up: ${error.message}`, {
    where,
    fix: 'Try again with fewer --forks; check MaxStartups and the log of its sshd',
    cause,
    retriable,
  });
}
