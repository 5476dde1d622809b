// Channels as Node's streams: stdin of a command, and both ways of a subsystem or forwarded connection. It runs nothing.
import { Duplex, Writable } from 'node:stream';
import { SshConnectionLostError } from '../errors.ts';
import type { ChannelListener, WireChannel } from './wire-channel.ts';

const WRITE_AHEAD_BYTES = 256 * 1024;
const READ_AHEAD_BYTES = 1024 * 1024;

/** stdin of a command. Ending it tells the command that there is no more; writes after its end fail with STDIN_CLOSED. */
export class InputStream extends Writable {
  readonly #channel: WireChannel;

  constructor(channel: WireChannel) {
    super({ highWaterMark: WRITE_AHEAD_BYTES, decodeStrings: true });
    this.#channel = channel;
    // A command may end before it has read everything: whoever cares listens.
    this.on('error', () => {});
  }

  override _write(data: Buffer, _encoding: string, done: (error?: Error) => void): void {
    this.#channel.send(data, done);
  }

  override _final(done: () => void): void {
    this.#channel.end();
    done();
  }
}

/** Both directions of a channel in one stream. It ends with an error when the connection breaks. */
export class ChannelStream extends Duplex {
  /** What the channel tells. */
  readonly listener: ChannelListener;
  #channel: WireChannel | undefined;
  #held = 0;
  #ended = false;

  constructor(address: string) {
    super({ readableHighWaterMark: READ_AHEAD_BYTES, writableHighWaterMark: WRITE_AHEAD_BYTES, allowHalfOpen: true, decodeStrings: true });
    this.on('error', () => {});
    this.listener = {
      data: (stream, bytes) => this.#deliver(stream, bytes),
      end: () => this.#finish(),
      // How a subsystem ended is of no use to whoever speaks to it: its stream has ended.
      exit: () => {},
      closed: (lost) => {
        if (lost) this.destroy(new SshConnectionLostError('The connection broke', { where: address }));
        else this.#leave();
      },
    };
  }

  /** Before anything is read or written. */
  attach(channel: WireChannel): this {
    this.#channel = channel;
    return this;
  }

  override _read(): void {
    const held = this.#held;
    this.#held = 0;
    if (held > 0) this.#channel?.credit(held);
  }

  override _write(data: Buffer, _encoding: string, done: (error?: Error) => void): void {
    this.#channel?.send(data, done);
  }

  override _final(done: () => void): void {
    this.#channel?.end();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#channel?.close();
    done(error);
  }

  // What a subsystem says on stderr is for its log: whoever speaks to it reads one stream.
  #deliver(stream: 'stdout' | 'stderr', bytes: Buffer): void {
    if (stream === 'stdout' && !this.destroyed && !this.#ended && !this.push(bytes)) this.#held += bytes.length;
    else this.#channel?.credit(bytes.length);
  }

  /** Nobody takes what is written any more; what has come is still there to be read. */
  #leave(): void {
    this.#finish();
    if (this.readableEnded) this.destroy();
    else this.once('end', () => this.destroy());
  }

  #finish(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (!this.destroyed) this.push(null);
  }
}
