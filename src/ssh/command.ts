// Starting one command or shell: its environment, terminal, input, deadlines and end. It does not know what the command means.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import ssh2, { type Client } from 'ssh2';
import { shellQuote } from '../base/quote.ts';
import type { Channels, OpenOptions } from './channel/channels.ts';
import { Execution, Incoming, type TerminalSize } from './channel/execution.ts';
import type { WireChannel } from './channel/wire-channel.ts';
import { SshChannelError, SshCommandError, SshConnectionLostError } from './errors.ts';
import { GroupLine, killScript, tellingItsGroup } from './process-group.ts';
import type { Settings } from './settings.ts';
import { internalsOf } from './ssh2-internals.ts';

/** A terminal to run on. */
export interface TerminalOptions extends Partial<TerminalSize> {
  /** TERM of the command. Default `xterm-256color`. */
  readonly type?: string | undefined;
}

export interface SessionOptions {
  /** Variables; the server takes those that AcceptEnv names in its sshd_config. What it refused is in `refusedEnvironment`. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Lends the agent to the host: whoever is root there can use its keys meanwhile. Default: not, or as ssh_config's ForwardAgent. */
  readonly agentForward?: boolean | undefined;
  /** On abort everything the command has started is ended. */
  readonly signal?: AbortSignal | undefined;
}

export interface CommandOptions extends SessionOptions {
  /** Runs on a terminal: `true`, or its size. stderr comes with stdout then, as on every terminal. */
  readonly pty?: boolean | TerminalOptions | undefined;
  /** What the command reads. Default: the caller writes to `stdin`, and ends it. */
  readonly input?: string | Uint8Array | Readable | undefined;
  /** The command and all it started are ended after this long. Default: never. */
  readonly timeoutMs?: number | undefined;
  /** And after this long without output. Default: never. */
  readonly idleTimeoutMs?: number | undefined;
}

export interface ShellOptions extends SessionOptions {
  /** Default 24 rows, 80 columns. */
  readonly pty?: TerminalOptions | undefined;
}

/** A connection as this file needs it. */
export interface Line {
  readonly channels: Channels;
  readonly client: Client;
  readonly address: string;
  readonly settings: Pick<Settings, 'lentAgentSocket' | 'forwardAgent' | 'environment'>;
}

const WINDOW_BYTES = 2 * 1024 * 1024;
/** Between TERM and KILL. */
const GRACE_MS = 700;
/** How long the ending itself may take before the host is given up: its line may be dead. */
const ENDING_MS = 5_000;

/** A session on its way to become a command or a shell: paramiko's Channel. It becomes one of them, once. */
export class Session {
  readonly #line: Line;
  readonly #channel: WireChannel;
  readonly #incoming: Incoming;

  private constructor(line: Line, channel: WireChannel, incoming: Incoming) {
    this.#line = line;
    this.#channel = channel;
    this.#incoming = incoming;
  }

  /**
   * Opens one, waiting for its turn when as many are open as the server allows.
   *
   * @throws SshChannelError CHANNEL_REFUSED, CHANNEL_TIMEOUT; SshConnectionLostError; `signal.reason`.
   */
  static async open(line: Line, options: OpenOptions = {}): Promise<Session> {
    options.signal?.throwIfAborted();
    const incoming = new Incoming(line.address);
    const channel = await line.channels.open({ kind: 'session' }, WINDOW_BYTES, incoming.listener, options);
    incoming.attach(channel);
    return new Session(line, channel, incoming);
  }

  /**
   * Starts a command.
   *
   * With a deadline or a signal the command first tells its process group, so that all of it can be ended, by root as well.
   *
   * @param command - As the login shell of the account reads it.
   * @throws SshChannelError CHANNEL_REFUSED, PTY_REFUSED, AGENT_REFUSED; SshConnectionLostError. Through `exit`: SshCommandError
   * COMMAND_TIMEOUT, `signal.reason`, both after the end of the command.
   */
  async exec(command: string, options: CommandOptions = {}): Promise<Execution> {
    const bounded = options.timeoutMs !== undefined || options.idleTimeoutMs !== undefined || options.signal !== undefined;
    const nonce = randomBytes(8).toString('hex');
    const group = bounded ? new GroupLine(nonce) : undefined;
    const words = group === undefined ? command : tellingItsGroup(command, nonce);
    if (group !== undefined) this.#incoming.expectGroup(group);
    const execution = await this.#start(options, (protocol, id) => protocol.exec(id, words, true));
    if (group !== undefined) new Bounds(this.#line, execution, this.#incoming, group, options).arm();
    feed(execution, options.input);
    return execution;
  }

  /** Starts the login shell on a terminal. @throws as {@link exec}. */
  async shell(options: ShellOptions = {}): Promise<Execution> {
    const execution = await this.#start({ ...options, pty: options.pty ?? true }, (protocol, id) => protocol.shell(id, true));
    options.signal?.addEventListener('abort', execution.close, { once: true });
    return execution;
  }

  /** Lets go of it. */
  close(): void {
    this.#channel.close();
  }

  /** All requests go out at once, and are answered in order: one round trip, however many there are. */
  async #start(options: CommandOptions, start: Parameters<WireChannel['request']>[0]): Promise<Execution> {
    const channel = this.#channel;
    const { environment, forwardAgent } = this.#line.settings;
    const variables = Object.entries({ ...environment, ...options.env });
    const taken = Promise.all(variables.map(([name, value]) => channel.request((protocol, id) => protocol.env(id, name, value, true))));
    const terminal = options.pty === undefined || options.pty === false ? undefined : options.pty === true ? {} : options.pty;
    const onTerminal = terminal === undefined || channel.request((protocol, id) => requestTerminal(protocol, id, terminal));
    const lent = !(options.agentForward ?? forwardAgent) || lendAgent(this.#line, channel);
    const [accepted, hasTerminal, hasAgent, runs] = await Promise.all([taken, onTerminal, lent, channel.request(start)]);
    if (!hasTerminal) throw this.#refused('PTY_REFUSED', 'a terminal', 'Check PermitTTY in its sshd_config, or run without a terminal');
    if (!hasAgent) throw this.#refused('AGENT_REFUSED', 'the agent', 'Check AllowAgentForwarding in its sshd_config');
    if (!runs) throw this.#refused('CHANNEL_REFUSED', 'to run a command', 'Check ForceCommand and the shell of the account');
    const refused = variables.flatMap(([name], index) => (accepted[index] === true || options.env?.[name] === undefined ? [] : [name]));
    return new Execution(channel, this.#incoming, refused);
  }

  #refused(code: string, what: string, fix: string): SshChannelError {
    this.#channel.close();
    return new SshChannelError(code, `The server refuses ${what}`, { where: this.#line.address, fix });
  }
}

function requestTerminal(protocol: Parameters<Parameters<WireChannel['request']>[0]>[0], id: number, terminal: TerminalOptions): void {
  protocol.pty(id, terminal.rows ?? 24, terminal.columns ?? 80, 0, 0, terminal.type ?? 'xterm-256color', null, true);
}

async function lendAgent(line: Line, channel: WireChannel): Promise<boolean> {
  const { lentAgentSocket } = line.settings;
  if (lentAgentSocket === undefined) {
    channel.close();
    throw new SshChannelError('AGENT_REFUSED', 'There is no agent to lend', {
      where: line.address,
      fix: 'Start one: eval "$(ssh-agent)"; ssh-add',
    });
  }
  const internals = internalsOf(line.client);
  internals._agent ??= ssh2.createAgent(lentAgentSocket);
  internals._agentFwdEnabled = true;
  return await channel.request((protocol, id) => protocol.openssh_agentForward(id, true));
}

function feed(execution: Execution, input: CommandOptions['input']): void {
  if (input === undefined) return;
  if (typeof input === 'string' || input instanceof Uint8Array) {
    execution.stdin.end(input);
    return;
  }
  input.once('error', (error) => execution.stdin.destroy(error));
  input.pipe(execution.stdin);
}

/** The deadlines of one command, and what happens at them. */
class Bounds {
  readonly #line: Line;
  readonly #execution: Execution;
  readonly #incoming: Incoming;
  readonly #group: GroupLine;
  readonly #options: CommandOptions;
  readonly #timers: NodeJS.Timeout[] = [];

  constructor(line: Line, execution: Execution, incoming: Incoming, group: GroupLine, options: CommandOptions) {
    this.#line = line;
    this.#execution = execution;
    this.#incoming = incoming;
    this.#group = group;
    this.#options = options;
  }

  arm(): void {
    const { timeoutMs, idleTimeoutMs, signal } = this.#options;
    if (timeoutMs !== undefined)
      this.#timers.push(setTimeout(() => this.#end(`The command did not end within ${timeoutMs} ms`), timeoutMs));
    if (idleTimeoutMs !== undefined) {
      const idle = setTimeout(() => this.#end(`The command said nothing for ${idleTimeoutMs} ms`), idleTimeoutMs);
      this.#timers.push(idle);
      this.#incoming.onActivity = () => void idle.refresh();
    }
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (signal?.aborted === true) this.#onAbort();
    this.#execution.exit.then(
      () => this.#disarm(),
      () => this.#disarm(),
    );
  }

  readonly #onAbort = (): void => this.#end(undefined);

  #disarm(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#incoming.onActivity = undefined;
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
  }

  /** @param message - What to tell; none where the signal has its own reason. */
  #end(message: string | undefined): void {
    this.#disarm();
    // What the command says of its end from now on is our doing.
    this.#incoming.overrule();
    void endGroup(this.#line, this.#execution, this.#group).then(
      (ended) => {
        this.#execution.close();
        this.#incoming.fail(message === undefined ? (this.#options.signal?.reason as Error) : this.#late(message, ended));
      },
      (error: Error) => this.#incoming.fail(error),
    );
  }

  #late(message: string, ended: boolean): SshCommandError {
    return new SshCommandError('COMMAND_TIMEOUT', message, {
      where: this.#line.address,
      fix: ended ? 'Give it more time, or make the command faster' : 'The host did not answer: what was started there may still run',
    });
  }
}

/** @returns Whether the host said that the group is gone. */
async function endGroup(line: Line, execution: Execution, group: GroupLine): Promise<boolean> {
  const number = group.group;
  if (number === undefined || !Number.isInteger(number) || number < 2) {
    execution.signal('KILL');
    return false;
  }
  const deadline = AbortSignal.timeout(ENDING_MS);
  try {
    const killer = await (await Session.open(line, { signal: deadline })).exec(
      `exec /bin/sh -c ${shellQuote(killScript(number, GRACE_MS))}`,
    );
    killer.stdin.end();
    killer.stdout.resume();
    killer.stderr.resume();
    const ended = await Promise.race([killer.exit, once(deadline, 'abort')]);
    killer.close();
    return 'kind' in ended;
  } catch (error) {
    if (error instanceof SshChannelError || error instanceof SshConnectionLostError || deadline.aborted) return false;
    throw error;
  }
}
