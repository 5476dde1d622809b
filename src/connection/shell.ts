// One long-lived shell on a host that runs one script after another. It does not know what carries its three streams.
import { randomBytes } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { becomeCommand, becomeFailure } from './become.ts';
import { ConnectionLostError } from './errors.ts';
import { FrameSplitter, frameScript, shellCommand } from './frame.ts';
import type { OutputCollector } from './output-collector.ts';
import type { Become, Exit, ScriptOptions, ScriptResult } from './seam.ts';

/** A running command, on this machine or another. */
export interface ShellProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Rejects when the line broke. */
  readonly exit: Promise<Exit>;
  /** Lets go of it at once, without waiting. */
  readonly close: () => void;
}

/** Starts a command on a host. */
export type Spawn = (command: string) => Promise<ShellProcess>;

/** How long output may still come after the shell itself has ended. */
const DRAIN_MS = 300;

interface Running {
  readonly collector: OutputCollector;
  readonly ended: (code: number) => void;
  code: number | undefined;
  // Both streams must have shown the mark: only then is all output of the script in.
  open: number;
}

/**
 * A shell that takes scripts over stdin, so that a task costs a round trip and no new process of the server.
 *
 * Scripts run one at a time; a script that ends the shell itself (`kill $$`) ends with the shell's exit, and the shell is
 * then {@link Shell.isOpen} no more.
 */
export class Shell {
  readonly #child: ShellProcess;
  readonly #mark: string;
  readonly #become: Become | undefined;
  readonly #address: string;
  readonly #started: Promise<number>;
  readonly #pumps: Promise<unknown>;
  #running: Running | undefined;
  #lastExit: Promise<Exit> | undefined;
  #group: number | undefined;
  #open = true;
  #preamble = '';
  #asked = 0;

  private constructor(child: ShellProcess, mark: string, address: string, become: Become | undefined, asks: (stderr: string) => boolean) {
    this.#child = child;
    this.#mark = mark;
    this.#become = become;
    this.#address = address;
    let started = (_group: number): void => {};
    this.#started = new Promise((resolve) => {
      started = resolve;
    });
    this.#pumps = Promise.all([this.#pumpStdout(started), this.#pumpStderr(asks)]);
    // Whoever runs a script awaits the pumps; a shell that nobody uses may break unseen.
    this.#pumps.catch(() => {});
    child.exit.then(
      () => this.#close(),
      () => this.#close(),
    );
    // A write after the other side is gone must not end the program: the exit tells what happened.
    child.stdin.on('error', () => {});
  }

  static async start(spawn: Spawn, address: string, become: Become | undefined): Promise<Shell> {
    const mark = `sshoal-${randomBytes(16).toString('hex')}`;
    const plain = shellCommand(mark);
    const { command, asks } = become === undefined ? { command: plain, asks: () => false } : becomeCommand(become, plain, mark.slice(-16));
    // exec: the login shell would else stand between us and the shell's own exit.
    return new Shell(await spawn(`exec ${command}`), mark, address, become, asks);
  }

  /** Whether another script can be given to it. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** The process group of the shell on its host, which is the first thing it says; undefined if it ends without a word. */
  async group(): Promise<number | undefined> {
    const ended = this.gone().then(() => this.#group);
    return await Promise.race([this.#started, ended]);
  }

  /**
   * Runs one script to its end. Deadlines and cancelling are not its business.
   *
   * @throws BecomeError when the shell never began; {@link ConnectionLostError} when the line broke.
   */
  async run(script: string, options: Pick<ScriptOptions, 'onOutput' | 'keepBytes'>, collector: OutputCollector): Promise<ScriptResult> {
    const startedAtMs = Date.now();
    const ended = new Promise<number>((resolve) => {
      this.#running = { collector, ended: resolve, code: undefined, open: 2 };
    });
    // A shell without a password question reads its first script as soon as it is there: no need to wait for its first word.
    if (this.#become?.password !== undefined) await Promise.race([this.#started, this.#child.exit.catch(() => undefined)]);
    if (this.#open) this.#child.stdin.write(frameScript(script, this.#mark));
    this.#lastExit ??= this.#awaitLastExit();
    const exit = await Promise.race([ended.then((code): Exit => ({ kind: 'code', code })), this.#lastExit]);
    this.#running = undefined;
    if (options.onOutput !== undefined) await collector.delivered();
    return { exit, ...collector.result(), startedAtMs, endedAtMs: Date.now() };
  }

  /** Lets go of the shell; what runs in it must have been ended before. */
  close(): void {
    this.#close();
    this.#child.stdin.end();
    this.#child.close();
  }

  /** Resolves when the shell is gone, however it went. */
  async gone(): Promise<void> {
    await this.#child.exit.catch(() => undefined);
  }

  #close(): void {
    this.#open = false;
  }

  // The shell itself ended: by the script's own doing, or because it never became the other user.
  async #awaitLastExit(): Promise<Exit> {
    const exit = await this.#child.exit;
    // What the script left behind may hold the streams open for ever.
    await Promise.race([this.#pumps, delay(DRAIN_MS, undefined, { ref: false })]);
    this.#child.close();
    if (this.#group === undefined && this.#become !== undefined) {
      throw becomeFailure(this.#become, this.#address, this.#preamble, this.#asked);
    }
    if (this.#group === undefined) {
      const said = this.#preamble.trim().slice(0, 300);
      throw new ConnectionLostError(`The host gave no shell${said === '' ? '' : `: ${said}`}`, {
        where: this.#address,
        fix: 'Check that the account may run /bin/sh there: ssh to it and run `/bin/sh -c true`',
      });
    }
    return exit;
  }

  async #pumpStdout(started: (group: number) => void): Promise<void> {
    const splitter = new FrameSplitter(this.#mark);
    for await (const chunk of this.#child.stdout as AsyncIterable<Uint8Array>) {
      for (const part of splitter.push(chunk)) {
        if (part.kind === 'bytes') {
          // Before the shell speaks, this is the chatter of somebody's login files.
          if (this.#group !== undefined) await this.#running?.collector.add('stdout', part.bytes);
          else this.#preamble = (this.#preamble + Buffer.from(part.bytes).toString()).slice(-4_096);
        } else if (this.#group === undefined) {
          this.#group = Number(part.word);
          this.#preamble = '';
          started(this.#group);
        } else {
          this.#streamEnded(Number(part.word));
        }
      }
    }
    await this.#running?.collector.add('stdout', splitter.flush());
  }

  async #pumpStderr(asks: (stderr: string) => boolean): Promise<void> {
    const splitter = new FrameSplitter(this.#mark);
    // Not the group's arrival: the two streams are read independently, and this one may be ahead.
    let begun = false;
    for await (const chunk of this.#child.stderr as AsyncIterable<Uint8Array>) {
      for (const part of splitter.push(chunk)) {
        if (part.kind === 'end' && begun) this.#streamEnded(undefined);
        else if (part.kind === 'end') begun = true;
        else if (begun) await this.#running?.collector.add('stderr', part.bytes);
        else this.#hear(Buffer.from(part.bytes).toString(), asks);
      }
    }
    await this.#running?.collector.add('stderr', splitter.flush());
  }

  // What is said before the shell begins: the question for a password, or why there will be no shell.
  #hear(text: string, asks: (stderr: string) => boolean): void {
    this.#preamble = (this.#preamble + text).slice(-4_096);
    if (this.#become?.password === undefined || !asks(this.#preamble)) return;
    this.#asked++;
    // Asked again means refused; one more try would only lock the account sooner.
    if (this.#asked > 1) this.#child.stdin.end();
    else this.#child.stdin.write(`${this.#become.password}\n`);
  }

  #streamEnded(code: number | undefined): void {
    const running = this.#running;
    if (running === undefined) return;
    running.open--;
    running.code ??= code;
    if (running.open === 0) running.ended(running.code ?? 0);
  }
}
