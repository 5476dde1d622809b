// The shells of one connection, one for each user at least, and the ending of what runs in them. It does not know what carries them.
import { killScript } from '../ssh/process-group.ts';
import { CancelledError, ConnectionLostError, ScriptInputError, TimedOutError } from './errors.ts';
import { OutputCollector } from './output-collector.ts';
import type { Become, ScriptOptions, ScriptResult } from './seam.ts';
import { Shell } from './shell.ts';
import type { Spawn } from './shell-process.ts';

/** Between TERM and KILL. */
const GRACE_MS = 700;
/** How long the ending itself may take before the host is given up: its line may be dead. */
const ENDING_MS = 4_000;

/** Runs scripts over idle shells, starting more where all are busy. */
export class ShellPool {
  readonly #spawn: Spawn;
  readonly #address: string;
  readonly #idle = new Map<string, Shell[]>();
  readonly #busy = new Set<Shell>();
  readonly #waiters = new Map<string, Set<(shell: Shell) => void>>();

  constructor(spawn: Spawn, address: string) {
    this.#spawn = spawn;
    this.#address = address;
  }

  /** As {@link Connection.run}. */
  async run(script: string, options: ScriptOptions = {}): Promise<ScriptResult> {
    options.signal?.throwIfAborted();
    const interrupt = new Interrupt(options);
    const shell = await this.#takeInTime(interrupt, options);
    const collector = new OutputCollector(options, { onBytes: () => interrupt.touch() });
    interrupt.touch();
    try {
      const result = await Promise.race([shell.run(script, options, collector), interrupt.happened]);
      if (typeof result === 'string') throw await this.#cutShort(shell, result, options, collector);
      return result;
    } catch (error) {
      // It still waits for the rest of its input, and must not take what it has for all.
      if (error instanceof ScriptInputError) await this.#end(shell, options.become);
      if (!(error instanceof ConnectionLostError) || error.output !== undefined) throw error;
      const { message, where, fix, cause } = error;
      throw new ConnectionLostError(message, { where, fix, cause, output: await collector.result() });
    } finally {
      interrupt.clear();
      this.#giveBack(shell, options.become);
    }
  }

  close(): void {
    for (const shell of [...this.#busy, ...[...this.#idle.values()].flat()]) shell.close();
    this.#idle.clear();
  }

  async #takeInTime(interrupt: Interrupt, { become, timeoutMs }: ScriptOptions): Promise<Shell> {
    const taking = this.#take(become);
    let taken: Shell | Why;
    try {
      taken = await Promise.race([taking, interrupt.happened]);
    } catch (error) {
      interrupt.clear();
      throw error;
    }
    if (typeof taken === 'object') return taken;
    // It may come later: for somebody else then. Why it did not is told to nobody, since nobody waits any more.
    taking.then(
      (shell) => this.#giveBack(shell, become),
      () => {},
    );
    if (taken === 'abort') throw new CancelledError(undefined, { where: this.#address });
    const message = `No shell of the host was free within ${timeoutMs} ms`;
    throw new TimedOutError(message, { where: this.#address, fix: 'Raise --timeout, or MaxSessions in its sshd_config' });
  }

  /** An idle shell or a new one, whichever comes first: a server that allows few sessions lets new ones wait until others end. */
  async #take(become: Become | undefined): Promise<Shell> {
    const key = keyOf(become);
    const idle = this.#idle.get(key);
    for (let shell = idle?.pop(); shell !== undefined; shell = idle?.pop()) {
      if (!shell.isOpen) continue;
      this.#busy.add(shell);
      return shell;
    }
    const waiters = this.#waiters.get(key) ?? new Set();
    this.#waiters.set(key, waiters);
    return await new Promise<Shell>((resolve, reject) => {
      const take = (shell: Shell): void => {
        waiters.delete(take);
        this.#busy.add(shell);
        resolve(shell);
      };
      waiters.add(take);
      Shell.start(this.#spawn, this.#address, become).then(
        (shell) => {
          if (waiters.has(take)) take(shell);
          else this.#giveBack(shell, become);
        },
        (error: Error) => {
          waiters.delete(take);
          reject(error);
        },
      );
    });
  }

  #giveBack(shell: Shell, become: Become | undefined): void {
    this.#busy.delete(shell);
    if (!shell.isOpen) return;
    const key = keyOf(become);
    const [waiter] = this.#waiters.get(key) ?? [];
    if (waiter !== undefined) {
      waiter(shell);
      return;
    }
    const idle = this.#idle.get(key);
    if (idle === undefined) this.#idle.set(key, [shell]);
    else idle.push(shell);
  }

  async #cutShort(shell: Shell, why: Why, options: ScriptOptions, collector: OutputCollector): Promise<Error> {
    const ended = await this.#end(shell, options.become);
    const details = {
      where: this.#address,
      output: await collector.result(),
      fix: ended ? undefined : 'The host did not answer: what was started there may still run',
    };
    switch (why) {
      case 'abort':
        return new CancelledError(undefined, details);
      case 'timeout':
        return new TimedOutError(`Not done within ${options.timeoutMs} ms`, {
          ...details,
          fix: details.fix ?? 'Raise --timeout, or make the command faster',
        });
      case 'idle':
        return new TimedOutError(`No output for ${options.idleTimeoutMs} ms`, {
          ...details,
          fix: details.fix ?? 'Raise --idle-timeout, or have the command say what it does',
        });
    }
  }

  // Ends the shell and everything it started, by way of a second shell of the same user: servers refuse signals for root.
  async #end(shell: Shell, become: Become | undefined): Promise<boolean> {
    const deadline = new Interrupt({ timeoutMs: ENDING_MS });
    const ended = this.#kill(shell, become).catch((error: unknown) => {
      // The line broke meanwhile: nothing more can be done from here, and the result says so.
      if (error instanceof Error) return false;
      throw error;
    });
    const result = await Promise.race([ended, deadline.happened]);
    deadline.clear();
    shell.close();
    return result === true;
  }

  async #kill(shell: Shell, become: Become | undefined): Promise<boolean> {
    const group = await shell.group();
    if (group === undefined) return true;
    const killer = await Shell.start(this.#spawn, this.#address, become);
    try {
      await killer.run(killScript(group, GRACE_MS), {}, new OutputCollector({}));
      return true;
    } finally {
      killer.close();
    }
  }
}

/** Why a script is ended from here. */
type Why = 'timeout' | 'idle' | 'abort';

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Deadlines and an abort signal as one promise. */
class Interrupt {
  readonly happened: Promise<Why>;
  readonly #signal: AbortSignal | undefined;
  readonly #idleTimeoutMs: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #idle: NodeJS.Timeout | undefined;
  #tell = (_why: Why): void => {};
  readonly #onAbort = (): void => this.#tell('abort');

  constructor({ signal, timeoutMs, idleTimeoutMs }: Pick<ScriptOptions, 'timeoutMs' | 'idleTimeoutMs' | 'signal'>) {
    this.#signal = signal;
    this.#idleTimeoutMs = idleTimeoutMs;
    this.happened = new Promise((resolve) => {
      this.#tell = resolve;
    });
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (timeoutMs !== undefined) this.#timer = setTimeout(() => this.#tell('timeout'), Math.min(timeoutMs, LONGEST_TIMER_MS));
  }

  /** Something came: the idle time counts anew. */
  touch(): void {
    if (this.#idle !== undefined) this.#idle.refresh();
    else if (this.#idleTimeoutMs !== undefined)
      this.#idle = setTimeout(() => this.#tell('idle'), Math.min(this.#idleTimeoutMs, LONGEST_TIMER_MS));
  }

  clear(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#idle);
    this.#signal?.removeEventListener('abort', this.#onAbort);
  }
}

/** Whoever gives another password shows anew that it is the right one. */
function keyOf(become: Become | undefined): string {
  return become === undefined ? '' : JSON.stringify([become.method, become.user, become.password, become.exe, become.flags]);
}
