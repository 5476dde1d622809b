// One command on an open connection: three streams, an end, and what can be done meanwhile. It does not know what the command means.
import type { Writable } from 'node:stream';
import { SshConnectionLostError } from '../errors.ts';
import type { GroupLine } from '../process-group.ts';
import { OutputStream } from './output-stream.ts';
import { InputStream } from './streams.ts';
import type { ChannelListener, CommandExit, WireChannel } from './wire-channel.ts';

export type { CommandExit };

/** A terminal of the other side. */
export interface TerminalSize {
  readonly rows: number;
  readonly columns: number;
}

// After the exit, what the command left running in the background may hold the streams open for ever.
const DRAIN_MS = 300;

/**
 * A command under way: paramiko's `stdin, stdout, stderr`, and how it ended.
 *
 * @example
 * ```ts
 * const { stdout, exit } = await client.execCommand('df');
 * console.log(await stdout.text(), await exit);
 * ```
 */
export class Execution {
  readonly stdin: Writable;
  /** Read it, or leave it: what nobody reads is kept. */
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /**
   * Resolves as soon as the server says how the command ended, even if a child of it still holds the output open; rejects with
   * SshConnectionLostError when the end was not seen.
   */
  readonly exit: Promise<CommandExit>;
  /** Variables that the server did not take (AcceptEnv in its sshd_config). */
  readonly refusedEnvironment: readonly string[];
  readonly #channel: WireChannel;
  readonly #incoming: Incoming;

  constructor(channel: WireChannel, incoming: Incoming, refusedEnvironment: readonly string[]) {
    this.#channel = channel;
    this.#incoming = incoming;
    this.stdin = new InputStream(channel);
    this.stdout = incoming.stdout;
    this.stderr = incoming.stderr;
    this.exit = incoming.exit;
    this.refusedEnvironment = refusedEnvironment;
  }

  /** Whether a child of the ended command still holds its output open; the rest of that output is dropped. */
  get leftRunning(): boolean {
    return this.#incoming.leftRunning;
  }

  /**
   * Sends a signal to the command: `TERM`, `KILL`, `INT`... OpenSSH passes it on for everybody but root, and says nothing when it does
   * not; the deadlines of `execCommand` end the process group without it.
   */
  signal(name: string): void {
    this.#channel.tell((protocol, id) => protocol.signal(id, name));
  }

  /** Tells a command with a terminal that its window has another size. */
  resize({ rows, columns }: TerminalSize): void {
    this.#channel.tell((protocol, id) => protocol.windowChange(id, rows, columns, 0, 0));
  }

  /** Lets go of the channel. What runs on the host is not ended by it, unless it has a terminal. */
  readonly close = (): void => {
    this.#channel.close();
    this.stdout.finish();
    this.stderr.finish();
  };
}

/** What comes back from a command, from its first byte on. */
export class Incoming {
  readonly stdout = new OutputStream((bytes) => this.#channel?.credit(bytes));
  readonly stderr = new OutputStream((bytes) => this.#channel?.credit(bytes));
  readonly exit: Promise<CommandExit>;
  readonly listener: ChannelListener;
  leftRunning = false;
  /** Told of every piece of output. */
  onActivity: (() => void) | undefined;
  #resolve = (_exit: CommandExit): void => {};
  #reject = (_error: Error): void => {};
  #channel: WireChannel | undefined;
  #group: GroupLine | undefined;
  #drain: NodeJS.Timeout | undefined;
  #overruled = false;

  constructor(address: string) {
    this.exit = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Nobody may be waiting for it yet when the line breaks.
    this.exit.catch(() => {});
    this.listener = {
      data: (stream, bytes) => this.#deliver(stream, bytes),
      end: () => this.#finish(),
      exit: (exit) => {
        if (!this.#overruled) this.#resolve(exit);
        this.#awaitEnd();
      },
      closed: (lost) => {
        // `close` without `exit`: success needs a seen exit status.
        const message = lost
          ? 'The connection broke before the command ended'
          : 'The server closed the session without saying how the command ended';
        if (!this.#overruled || lost) this.#reject(new SshConnectionLostError(message, { where: address }));
        this.#finish();
      },
    };
  }

  attach(channel: WireChannel): void {
    this.#channel = channel;
  }

  /** The first line of stderr is for us. */
  expectGroup(group: GroupLine): void {
    this.#group = group;
  }

  /** From now on only {@link fail} or a lost connection ends it. */
  overrule(): void {
    this.#overruled = true;
  }

  fail(error: Error): void {
    this.#reject(error);
  }

  #deliver(stream: 'stdout' | 'stderr', bytes: Buffer): void {
    this.onActivity?.();
    this.#drain?.refresh();
    const own = stream === 'stderr' && this.#group !== undefined ? this.#group.push(bytes) : bytes;
    if (own.length < bytes.length) this.#channel?.credit(bytes.length - own.length);
    if (own.length > 0) this[stream].deliver(own);
  }

  // Output that is still on its way refreshes the timer: only silence ends it.
  #awaitEnd(): void {
    this.#drain = setTimeout(() => {
      if (this.stdout.isHeldUp || this.stderr.isHeldUp) {
        this.#drain?.refresh();
        return;
      }
      this.leftRunning = true;
      this.#channel?.close();
      this.#finish();
    }, DRAIN_MS);
  }

  #finish(): void {
    clearTimeout(this.#drain);
    this.#drain = undefined;
    const held = this.#group?.flush();
    if (held !== undefined && held.length > 0) this.stderr.deliver(held);
    this.stdout.finish();
    this.stderr.finish();
  }
}
