// Two ends of a conversation between processes. They do not know what is said.
import { randomUUID } from 'node:crypto';
import { Remote } from '../broker/remote.ts';
import { StateError, ValueError } from '../errors.ts';
import type { Wait } from '../seam.ts';
import { thisContext } from '../units/context.ts';
import { checkTimeout } from '../waiters.ts';
import { HANDLE, type Handle, onHandle, type Shareable } from '../wire/handle.ts';

/**
 * One end of a pipe, as CPython's `multiprocessing.connection.Connection`: whole messages, both ways unless it was made with
 * `duplex: false`. It may be given to processes, and sent through queues and other pipes.
 */
export class Connection implements Shareable, AsyncDisposable {
  readonly #remote: Remote;
  readonly #end: 0 | 1;
  #closed = false;

  constructor(remote: Remote, end: 0 | 1) {
    this.#remote = remote;
    this.#end = end;
    remote.link.hold(remote.id, end, thisContext().client);
  }

  [HANDLE](receiver?: string): Handle {
    this.#checkOpen();
    // Who will hold it holds it from now on, or the other end would see the end of file in between.
    const holder = receiver ?? `transit-${randomUUID()}`;
    this.#remote.link.hold(this.#remote.id, this.#end, holder);
    return { ...this.#remote.handle('Connection', { end: this.#end, transit: receiver === undefined ? holder : null }), free: true };
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** @throws BrokenPipeError when nobody holds the other end; StateError on an end that only receives. */
  async send(message: unknown): Promise<void> {
    this.#checkOpen();
    await this.#remote.call('send', [this.#end, message]);
  }

  /** @throws EOFError when everything was received and nobody holds the other end; `signal.reason` on abort. */
  async recv(options: Wait = {}): Promise<unknown> {
    this.#checkOpen();
    checkTimeout(options.timeoutMs);
    return await this.#remote.call('recv', [this.#end], options);
  }

  async sendBytes(bytes: Uint8Array): Promise<void> {
    await this.send(Buffer.from(bytes));
  }

  /** @param maxLength - Bytes. @throws ValueError when the message is longer (CPython: OSError); it is lost then, as there. */
  async recvBytes(maxLength = Number.POSITIVE_INFINITY, options: Wait = {}): Promise<Buffer> {
    const message = (await this.recv(options)) as Buffer;
    if (message.length > maxLength) throw new ValueError(`A message of ${message.length} bytes came, and ${maxLength} may`);
    return message;
  }

  /** Whether something can be received, or the end has come. A negative time is none; default: looks once. */
  async poll(options: Wait = { timeoutMs: 0 }): Promise<boolean> {
    this.#checkOpen();
    const timeoutMs = options.timeoutMs === undefined ? undefined : Math.max(0, options.timeoutMs);
    return (await this.#remote.call('poll', [this.#end], { timeoutMs, signal: options.signal })) as boolean;
  }

  /** As poll, for wait(). */
  async ready(options: Wait): Promise<boolean> {
    return await this.poll(options);
  }

  /** This process holds the end no longer; again is harmless. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#remote.call('close', [this.#end, thisContext().client]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #checkOpen(): void {
    if (this.#closed) throw new StateError('handle is closed', { fix: 'Send and receive before close()' });
  }
}

export interface PipeOptions {
  /** False: the first end only receives, the second only sends. Default true. */
  readonly duplex?: boolean | undefined;
}

/** As CPython's `multiprocessing.Pipe()`. */
export function pipe(options: PipeOptions = {}): [Connection, Connection] {
  const remote = Remote.create('Pipe', [options.duplex ?? true]);
  return [new Connection(remote, 0), new Connection(remote, 1)];
}

onHandle('Connection', (handle) => {
  const remote = Remote.fromHandle(handle);
  const end = handle.end as 0 | 1;
  const connection = new Connection(remote, end);
  if (handle.transit !== null) remote.tell('close', [end, handle.transit]);
  return connection;
});
