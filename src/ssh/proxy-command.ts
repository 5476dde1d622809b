// The road to a host through a program: its stdin and stdout as one stream. It does not know what the program does.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { Duplex, type Readable, type Writable } from 'node:stream';
import { neutralise } from '../base/terminal.ts';
import { SshConnectError } from './errors.ts';

const SAID_BYTES = 2_048;

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

  constructor(child: ChildProcessByStdio<Writable, Readable, Readable>, command: string, where: string) {
    super({ allowHalfOpen: true });
    this.#child = child;
    this.#command = command;
    this.#where = where;
    child.stdout.on('data', (chunk: Buffer) => {
      this.#received = true;
      if (!this.push(chunk)) child.stdout.pause();
    });
    child.stdout.once('end', () => this.push(null));
    child.stderr.on('data', (chunk: Buffer) => {
      this.#said = (this.#said + chunk.toString()).slice(-SAID_BYTES);
    });
    child.stdin.on('error', (error) => this.destroy(error));
    child.once('error', (cause) => this.destroy(this.#failed(cause.message, cause)));
    child.once('close', (code, signal) => {
      if (this.#received) this.destroy();
      else this.destroy(this.#failed(signal === null ? `it ended with code ${code}` : `it was ended by ${signal}`));
    });
  }

  override _read(): void {
    this.#child.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#child.stdin.write(chunk, done);
  }

  override _final(done: () => void): void {
    this.#child.stdin.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const { pid, exitCode, signalCode } = this.#child;
    // Its group, since the command may have been a pipeline.
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGTERM');
    for (const stream of [this.#child.stdin, this.#child.stdout, this.#child.stderr]) stream.destroy();
    done(error);
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
