// One long-lived shell on a host that runs one script after another. It does not know what carries its three streams.
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type BecomeCommand, becomeCommand, becomeFailure } from './become.ts';
import { ConnectionLostError } from './errors.ts';
import { FrameSplitter, frameReadingScript, frameScript, READY, shellCommand } from './frame.ts';
import { feed } from './input.ts';
import type { OutputCollector } from './output-collector.ts';
import type { Become, Exit, ScriptInput, ScriptOptions, ScriptResult } from './seam.ts';
import type { ShellProcess, Spawn } from './shell-process.ts';
import { spawnWithTerminal } from './terminal-shell.ts';

/** How long output may still come after the shell itself has ended. */
const DRAIN_MS = 300;
/** How long becoming another user may take: directories of users can be slow, but nobody is there to answer what is asked. */
const BECOMING_MS = 30_000;

interface Running {
  readonly collector: OutputCollector;
  readonly ended: (code: number) => void;
  /** It takes its input now. */
  readonly ready: () => void;
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
  readonly #becoming: BecomeCommand | undefined;
  readonly #address: string;
  readonly #started: Promise<number>;
  readonly #pumps: Promise<unknown>;
  #running: Running | undefined;
  #lastExit: Promise<Exit> | undefined;
  #group: number | undefined;
  #open = true;
  #preamble = '';
  readonly #unanswered = { stdout: '', stderr: '', terminal: '' };
  #asked = 0;

  private constructor(child: ShellProcess, mark: string, address: string, become: Become | undefined, becoming: BecomeCommand | undefined) {
    this.#child = child;
    this.#mark = mark;
    this.#become = become;
    this.#becoming = becoming;
    this.#address = address;
    let started = (_group: number): void => {};
    this.#started = new Promise((resolve) => {
      started = resolve;
    });
    this.#pumps = Promise.all([this.#pumpStdout(started), this.#pumpStderr()]);
    // Whoever runs a script awaits the pumps; a shell that nobody uses may break unseen.
    this.#pumps.catch(() => {});
    child.exit.then(
      () => this.#close(),
      () => this.#close(),
    );
    // A write after the other side is gone must not end the program: the exit tells what happened.
    child.stdin.on('error', () => {});
    this.#listenOnTerminal();
  }

  static async start(spawn: Spawn, address: string, become: Become | undefined): Promise<Shell> {
    const mark = `sshoal-${randomBytes(16).toString('hex')}`;
    const plain = shellCommand(mark);
    const nonce = mark.slice(-16);
    const becoming = become === undefined ? undefined : becomeCommand(become, plain, nonce);
    const command = becoming?.command ?? plain;
    // exec: the login shell would else stand between us and the shell's own exit.
    const child = becoming?.onTerminal === true ? spawnWithTerminal(spawn, command, nonce, address) : spawn(`exec ${command}`);
    return new Shell(await child, mark, address, become, becoming);
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
   * Runs one script to its end. Deadlines and cancelling are not its business. A script with input is the last of its shell.
   *
   * @throws BecomeError when the shell never began; {@link ConnectionLostError} when the line broke; ScriptInputError, and the
   * script still runs.
   */
  async run(
    script: string,
    options: Pick<ScriptOptions, 'onOutput' | 'keepBytes' | 'input'>,
    collector: OutputCollector,
  ): Promise<ScriptResult> {
    const { input } = options;
    const startedAtMs = Date.now();
    let ready = (): void => {};
    const isReady = new Promise<void>((resolve) => {
      ready = resolve;
    });
    const ended = new Promise<Exit>((resolve) => {
      this.#running = { collector, ready, ended: (code) => resolve({ kind: 'code', code }), code: undefined, open: 2 };
    });
    await this.#tell(input === undefined ? frameScript(script, this.#mark) : frameReadingScript(script, this.#mark));
    this.#lastExit ??= this.#awaitLastExit();
    const over = Promise.race([ended, this.#lastExit]);
    const exit = await (input === undefined ? over : this.#feeding(input, isReady, over));
    this.#running = undefined;
    if (options.onOutput !== undefined) await collector.delivered();
    if (input !== undefined) await this.#leave();
    return { exit, ...(await collector.result()), startedAtMs, endedAtMs: Date.now() };
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

  /** The shell ends by itself now. To let go of it before is a race that dropbear loses: it closes the session that is opened next. */
  async #leave(): Promise<void> {
    await Promise.race([this.gone(), delay(DRAIN_MS, undefined, { ref: false })]);
    this.close();
  }

  /** Feeds the script once it is ready, until it is over. */
  async #feeding(input: ScriptInput, isReady: Promise<void>, over: Promise<Exit>): Promise<Exit> {
    this.#open = false;
    const settled = over.catch(() => undefined);
    const fed = isReady.then(async () => await feed(input, this.#child.stdin, settled, this.#address));
    return await Promise.race([over, fed.then(async () => await over)]);
  }

  /** Gives the shell something to read. Where a password may be asked for, only when it has begun: it would else be the answer. */
  async #tell(frame: string): Promise<void> {
    const write = (): void => {
      if (this.#open) this.#child.stdin.write(frame);
    };
    const mayAsk = this.#group === undefined && this.#becoming?.mayAsk === true;
    if (!mayAsk) write();
    if (this.#become === undefined || this.#group !== undefined) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(resolve, BECOMING_MS, 'late');
    });
    const first = await Promise.race([this.#started, this.#child.exit.catch(() => undefined), late]);
    clearTimeout(timer);
    if (first === 'late') {
      this.close();
      throw becomeFailure(this.#become, this.#address, { said: this.#preamble, asked: this.#asked, silentMs: BECOMING_MS });
    }
    if (mayAsk) write();
  }

  // The shell itself ended: by the script's own doing, or because it never became the other user.
  async #awaitLastExit(): Promise<Exit> {
    const exit = await this.#child.exit;
    // What the script left behind may hold the streams open for ever.
    await Promise.race([this.#pumps, delay(DRAIN_MS, undefined, { ref: false })]);
    this.#child.close();
    if (this.#group === undefined && this.#become !== undefined) {
      throw becomeFailure(this.#become, this.#address, { said: this.#preamble, asked: this.#asked });
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
          else this.#hear('stdout', part.bytes);
        } else if (this.#group === undefined) {
          this.#group = Number(part.word);
          started(this.#group);
        } else if (part.word === READY) {
          this.#running?.ready();
        } else {
          this.#streamEnded(Number(part.word));
        }
      }
    }
    await this.#running?.collector.add('stdout', splitter.flush());
  }

  async #pumpStderr(): Promise<void> {
    const splitter = new FrameSplitter(this.#mark);
    // Not the group's arrival: the two streams are read independently, and this one may be ahead.
    let begun = false;
    for await (const chunk of this.#child.stderr as AsyncIterable<Uint8Array>) {
      for (const part of splitter.push(chunk)) {
        if (part.kind === 'end' && begun) this.#streamEnded(undefined);
        else if (part.kind === 'end') begun = true;
        else if (begun) await this.#running?.collector.add('stderr', part.bytes);
        else this.#hear('stderr', part.bytes);
      }
    }
    await this.#running?.collector.add('stderr', splitter.flush());
  }

  #listenOnTerminal(): void {
    const { terminal } = this.#child;
    terminal?.input.on('error', () => {});
    terminal?.output
      .on('error', () => {})
      .on('data', (chunk: Uint8Array) => this.#hear('terminal', chunk))
      .resume();
  }

  // What is said before the shell begins: the question for a password, or why there will be no shell.
  #hear(source: 'stdout' | 'stderr' | 'terminal', bytes: Uint8Array): void {
    if (this.#group !== undefined) return;
    const text = Buffer.from(bytes).toString();
    this.#preamble = (this.#preamble + text).slice(-4_096);
    if (this.#become === undefined) return;
    this.#unanswered[source] = (this.#unanswered[source] + text).slice(-4_096);
    if (this.#becoming?.asks(this.#unanswered[source]) !== true) return;
    this.#unanswered[source] = '';
    // As if it had been typed: the next word stands in a line of its own.
    this.#preamble += '\n';
    this.#asked++;
    const { password } = this.#become;
    const { stdin, terminal } = this.#child;
    const answers = terminal?.input ?? stdin;
    // Asked again means refused; one more try would only lock the account sooner.
    if (password === undefined || this.#asked > 1) answers.end();
    else answers.write(`${password}\n`);
  }

  #streamEnded(code: number | undefined): void {
    const running = this.#running;
    if (running === undefined) return;
    running.open--;
    running.code ??= code;
    if (running.open === 0) running.ended(running.code ?? 0);
  }
}
