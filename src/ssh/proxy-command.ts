// The road to a host through a program: its stdin and stdout as one stream. It does not know what the program does.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { Duplex, type Readable, type Writable } from 'node:stream';
import { neutralise } from '../base/terminal.ts';
import { SshConnectError } from './errors.ts';

const SAID_BYTES = 2_048;
/** What heeds no SIGTERM for so many looks is killed. */
const LOOKS = 20;
const LOOK_EVERY_MS = 50;

/**
 * Starts a ProxyCommand.
 *
 * @param command - Tokens expanded, and nothing in it from outside that a shell would take for more than a name.
 * @returns A stream that ends with CONNECT_FAILED when the program ends early, and whose end ends the program and all it started.
 */
export function openProxyCommand(command: string, where: string): Duplex {
  const child = spawn('/bin/sh', ['-c', `exec ${command}`], { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  return new ProxyStream(child, command, where);
}

class ProxyStream extends Duplex {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #command: string;
  readonly #where: string;
  #said = '';
  #received = false;
  #hasEnded = false;

  constructor(child: ChildProcessByStdio<Writable, Readable, Readable>, command: string, where: string) {
    super({ allowHalfOpen: true });
    this.#child = child;
    this.#command = command;
    this.#where = where;
    child.stdout.on('data', (chunk: Buffer) => {
      this.#received = true;
      if (!this.push(chunk)) child.stdout.pause();
    });
    // Before the first byte, how the program ended says more than that it has nothing to say.
    child.stdout.once('end', () => {
      if (this.#received) this.push(null);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      this.#said = (this.#said + chunk.toString()).slice(-SAID_BYTES);
    });
    // Whoever reads no more carries nothing; the reason comes with its end.
    child.stdin.on('error', () => {
      if (!this.#hasEnded) this.#signal('SIGTERM');
    });
    child.once('error', (cause) => this.destroy(this.#failed(cause.message, cause)));
    // Nothing can be said to it any more: whatever it left behind would only be waited for.
    child.once('exit', () => {
      if (!this.#received) this.#signal('SIGTERM');
    });
    child.once('close', (code, signal) => {
      this.#hasEnded = true;
      if (this.#received) this.destroy();
      else this.destroy(this.#failed(signal === null ? `it ended with code ${code}` : `it was ended by ${signal}`));
    });
  }

  override _read(): void {
    this.#child.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#child.stdin.write(chunk, (error) => {
      if (error === null || error === undefined) done();
    });
  }

  override _final(done: () => void): void {
    this.#child.stdin.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (!this.#hasEnded) this.#endGroup();
    for (const stream of [this.#child.stdin, this.#child.stdout, this.#child.stderr]) stream.destroy();
    done(error);
  }

  #endGroup(): void {
    if (!this.#signal('SIGTERM')) return;
    // The others may outlive the first; and once all are gone, their number is anybody's: hence the many looks.
    let looks = 0;
    const timer = setInterval(() => {
      const isThere = this.#signal(++looks < LOOKS ? 0 : 'SIGKILL');
      if (!isThere || looks === LOOKS) clearInterval(timer);
    }, LOOK_EVERY_MS);
  }

  /** To its group, since the command may have been a pipeline. @returns Whether anything of it is there. */
  #signal(signal: NodeJS.Signals | 0): boolean {
    const { pid } = this.#child;
    if (pid === undefined) return false;
    try {
      return process.kill(-pid, signal);
    } catch (error) {
      // Gone already: that is what was wanted. macOS says EPERM of a group of which only zombies are left.
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code !== 'ESRCH' && code !== 'EPERM') throw error;
      return false;
    }
  }

  #failed(reason: string, cause?: Error): SshConnectError {
    const said = this.#said.trim();
    return new SshConnectError(
      'CONNECT_FAILED',
      `The ProxyCommand did not lead there: ${reason}${said === '' ? '' : `, and said: ${neutralise(said)}`}`,
      {
        where: this.#where,
        fix: `Try it by hand: ${this.#command}`,
        cause,
      },
    );
  }
}
