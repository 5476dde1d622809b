// One channel on the wire: windows both ways, requests and their answers, its end. It does not know what it carries.
import type { Client } from 'ssh2';
import { SshChannelError, SshConnectionLostError } from '../errors.ts';
import { adopt, type ChannelEnd, internalsOf, isAlive, type Protocol, type RawChannel } from '../ssh2-internals.ts';

/** How a command ended on the server. */
export type CommandExit = { readonly kind: 'code'; readonly code: number } | { readonly kind: 'signal'; readonly signal: string };

/** Whoever listens to a channel. */
export interface ChannelListener {
  data(stream: 'stdout' | 'stderr', bytes: Buffer): void;
  /** Nothing more will come. */
  end(): void;
  exit(exit: CommandExit): void;
  /** The channel is gone; `lost` when the connection went with it. */
  closed(lost: boolean): void;
}

interface Waiting {
  readonly data: Buffer;
  readonly done: (error?: Error) => void;
}

// Socket buffer beyond which nothing more is encrypted: ssh2 itself ignores that a socket is full.
const SOCKET_BUFFER_BYTES = 1024 * 1024;
const ANSWER_TIMEOUT_MS = 15_000;

/**
 * A channel in our own hands. Some members have names that ssh2 gives them: it reads and calls those.
 *
 * What a reader has not taken is not granted again, for each of the two streams by itself, so that neither can fill our memory.
 */
export class WireChannel {
  readonly type: string;
  readonly server = false;
  readonly outgoing: ChannelEnd;
  readonly incoming: ChannelEnd;
  readonly readable = true;
  readonly stderr = { readable: true, push: (bytes: Buffer | null): boolean => this.#receive('stderr', bytes), emit: ignore, once: ignore };
  /** Answers to requests, in order; ssh2 shifts one off for each. */
  _callbacks: ((failed: boolean) => void)[] = [];
  _waitWindow = false;
  _waitChanDrain = false;
  readonly _chunkcb = (): void => this.#pump();
  readonly #client: Client;
  readonly #protocol: Protocol;
  readonly #windowBytes: number;
  readonly #listener: ChannelListener;
  readonly #address: string;
  readonly #answerMs: number;
  #granted: number;
  #owed = 0;
  #waiting: Waiting[] = [];
  #first = 0;
  #offset = 0;
  #ending = false;
  #ended = false;
  #closed = false;
  #awaitsDrain = false;

  private constructor(client: Client, raw: RawChannel, windowBytes: number, listener: ChannelListener, address: string, answerMs: number) {
    this.type = raw.type;
    this.outgoing = raw.outgoing;
    this.#client = client;
    this.#protocol = internalsOf(client)._protocol;
    this.#windowBytes = windowBytes;
    this.#granted = windowBytes;
    this.#listener = listener;
    this.#address = address;
    this.#answerMs = answerMs;
    // Never low, so that ssh2 never grants by itself: it would do so for one stream what the other has not taken.
    this.incoming = {
      id: raw.incoming.id,
      packetSize: raw.incoming.packetSize,
      state: 'open',
      get window() {
        return Number.POSITIVE_INFINITY;
      },
      set window(_bytes) {},
    };
  }

  /**
   * Takes over a channel in the moment it opens.
   *
   * @param answerMs - How long the server may take to answer a request. Default 15 s.
   * @throws SshChannelError PROTOCOL on one that can carry nothing.
   */
  static adopt(
    client: Client,
    raw: RawChannel,
    windowBytes: number,
    listener: ChannelListener,
    address: string,
    answerMs = ANSWER_TIMEOUT_MS,
  ): WireChannel {
    if (raw.outgoing.packetSize < 1) {
      client.destroy();
      throw new SshChannelError('PROTOCOL', 'The server opened a channel that can carry nothing', {
        where: address,
        fix: 'Do not trust this server',
      });
    }
    const channel = new WireChannel(client, raw, windowBytes, listener, address, answerMs);
    adopt(client, raw.incoming.id, channel);
    return channel;
  }

  /** ssh2 stops answering requests once this holds a code, and OpenSSH then drops us for not answering its keepalives. */
  get _exit(): Record<string, unknown> {
    return {};
  }

  get isOpen(): boolean {
    return !this.#closed;
  }

  /** Lets the server send that much more. */
  credit(bytes: number): void {
    this.#owed += bytes;
    if (this.#owed < this.#windowBytes / 4 || this.#closed || !this.#mayTell) return;
    this.#granted += this.#owed;
    this.#protocol.channelWindowAdjust(this.outgoing.id, this.#owed);
    this.#owed = 0;
  }

  /**
   * Sends data when the windows allow it.
   *
   * @param done - Called once it is on its way, or with an error when the channel is gone: always.
   */
  send(data: Buffer, done: (error?: Error) => void): void {
    if (this.#closed || this.outgoing.state !== 'open') {
      done(this.#gone());
      return;
    }
    this.#waiting.push({ data, done });
    this.#pump();
  }

  /** Says that nothing more will be sent, after what is still waiting. */
  end(): void {
    this.#ending = true;
    this.#pump();
  }

  /** Sends a request. @returns Whether the server did it. @throws SshConnectionLostError; SshChannelError CHANNEL_TIMEOUT. */
  async request(send: (protocol: Protocol, id: number) => void): Promise<boolean> {
    if (this.#closed) throw this.#gone();
    return await new Promise<boolean>((resolve, reject) => {
      const late = setTimeout(() => {
        this.close();
        const message = `The server did not answer a request within ${this.#answerMs / 1_000} s`;
        reject(
          new SshChannelError('CHANNEL_TIMEOUT', message, { where: this.#address, fix: 'Check that the host is well: log in by hand' }),
        );
      }, this.#answerMs);
      this._callbacks.push((failed) => {
        clearTimeout(late);
        // A line that breaks answers everything with no.
        if (failed && !isAlive(this.#client)) reject(this.#gone());
        else resolve(!failed);
      });
      send(this.#protocol, this.outgoing.id);
    });
  }

  /** Sends a request that has no answer, also after the end of our data. */
  tell(send: (protocol: Protocol, id: number) => void): void {
    if (!this.#closed && this.#mayTell) send(this.#protocol, this.outgoing.id);
  }

  /** Lets go of it. What still comes is dropped, and needs no leave any more. */
  close(): void {
    if (!this.#mayTell) return;
    this.outgoing.state = 'closing';
    if (!this.#closed && isAlive(this.#client)) this.#protocol.channelClose(this.outgoing.id);
    this.#settle();
  }

  /** Whether we have not closed it ourselves. */
  get #mayTell(): boolean {
    return this.outgoing.state === 'open' || this.outgoing.state === 'eof';
  }

  /** ssh2: data of stdout, or `null` at its end. */
  push(bytes: Buffer | null): boolean {
    return this.#receive('stdout', bytes);
  }

  /** ssh2: the exit of the command, and the end of the channel. */
  emit(event: string, code?: number | null, signal?: string): boolean {
    if (event === 'exit') {
      if (typeof code === 'number') this.#listener.exit({ kind: 'code', code });
      else this.#listener.exit({ kind: 'signal', signal: `SIG${(signal ?? 'HUP').replace(/^SIG/, '')}` });
    } else if (event === 'close' && !this.#closed) {
      this.#closed = true;
      this.#settle();
      this.#finish();
      this.#listener.closed(!isAlive(this.#client));
    }
    return true;
  }

  /** ssh2 waits for readers to reach the end before it tells of a close; ours know by themselves. */
  once(_event: string, listener: () => void): void {
    listener();
  }

  #receive(stream: 'stdout' | 'stderr', bytes: Buffer | null): boolean {
    if (bytes === null) {
      this.#finish();
      return true;
    }
    this.#granted -= bytes.length;
    if (this.#granted < 0) {
      // It was never allowed to send that much: whoever does so means to fill our memory.
      this.#client.emit('error', new Error('the server sent more than its window allows'));
      internalsOf(this.#client)._sock.destroy();
      return true;
    }
    // After our close nothing may be granted: dropbear would pour out an endless command for ever, or miss the channel and hang up.
    if (this.#mayTell) this.#listener.data(stream, bytes);
    return true;
  }

  #finish(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#listener.end();
  }

  #pump(): void {
    const { outgoing } = this;
    const socket = internalsOf(this.#client)._sock;
    while (this.#first < this.#waiting.length && outgoing.state === 'open' && !this.#closed) {
      const head = this.#waiting[this.#first] as Waiting;
      if (outgoing.window === 0 && head.data.length > 0) {
        this._waitWindow = true;
        return;
      }
      if (this.#socketIsFull()) return;
      const bytes = Math.min(head.data.length - this.#offset, outgoing.window, outgoing.packetSize);
      // ssh2 writes every packet in three parts or more: together they are one call of the system.
      socket.cork();
      if (bytes > 0) this.#protocol.channelData(outgoing.id, head.data.subarray(this.#offset, this.#offset + bytes));
      socket.uncork();
      outgoing.window -= bytes;
      this.#offset += bytes;
      if (this.#offset < head.data.length) continue;
      this.#offset = 0;
      this.#first++;
      if (this.#first > 64) this.#forgetSent();
      head.done();
    }
    if (this.#first < this.#waiting.length) return;
    this.#forgetSent();
    if (!this.#ending || outgoing.state !== 'open' || this.#closed) return;
    outgoing.state = 'eof';
    this.#protocol.channelEOF(outgoing.id);
  }

  #forgetSent(): void {
    this.#waiting = this.#waiting.slice(this.#first);
    this.#first = 0;
  }

  #socketIsFull(): boolean {
    const socket = internalsOf(this.#client)._sock;
    if (socket.writableLength < SOCKET_BUFFER_BYTES || !socket.writable) return false;
    if (!this.#awaitsDrain) {
      this.#awaitsDrain = true;
      socket.once('drain', () => {
        this.#awaitsDrain = false;
        this.#pump();
      });
    }
    return true;
  }

  /** Whoever waits for a place on the wire learns that there is none any more. */
  #settle(): void {
    const waiting = this.#waiting.slice(this.#first);
    this.#waiting = [];
    this.#first = 0;
    for (const { done } of waiting) done(this.#gone());
  }

  #gone(): Error {
    if (!isAlive(this.#client)) return new SshConnectionLostError('The connection broke', { where: this.#address });
    return new SshChannelError('STDIN_CLOSED', 'Nothing reads this any more: the other side has ended', {
      where: this.#address,
      fix: 'Look at how the command ended; it did not want all of its input',
    });
  }
}

function ignore(): void {
  // ssh2 tells stderr of things that the channel itself is told of as well.
}
