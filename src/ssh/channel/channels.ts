// The channels of one connection: opened one after another where the server allows no more, given up where it does not answer.
import { setTimeout as delay } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { Client } from 'ssh2';
import { SshChannelError, SshConnectionLostError, SshSessionsTakenError } from '../errors.ts';
import { type ChannelRequest, isAlive, type RawChannel, requestChannel } from '../ssh2-internals.ts';
import { type ChannelListener, WireChannel } from './wire-channel.ts';

/** Sessions open at once; sshd's MaxSessions is 10 unless somebody changed it. Fewer are learnt from refusals. */
const MAX_SESSIONS = 10;
/** Forwarded connections are not counted by MaxSessions. */
const MAX_FORWARDED = 1_000;
const CHANNEL_TIMEOUT_MS = 15_000;
// A server that has just closed a session may need a moment before it allows the next.
const REFUSED_PAUSE_MS = 20;
const REFUSED_ATTEMPTS = 6;
// A busy server may take seconds to notice that a session it had given has ended.
const REFUSED_ATTEMPTS_AFTER_OTHERS = 40;

interface Opened {
  readonly channel: WireChannel;
  readonly gone: Promise<void>;
}

export interface OpenOptions {
  /** Whether to wait for another session to end where the server allows no more; else SshSessionsTakenError. Default true. */
  readonly patient?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Opens channels of any kind. */
export class Channels {
  readonly #client: Client;
  readonly #closed: Promise<void>;
  readonly #address: string;
  readonly #timeoutMs: number;
  readonly #sessions = pLimit(MAX_SESSIONS);
  readonly #forwarded = pLimit(MAX_FORWARDED);
  #hasGivenSessions = false;

  /** @param closed - Resolves when the connection is gone. */
  constructor(client: Client, closed: Promise<void>, address: string, timeoutMs = CHANNEL_TIMEOUT_MS) {
    this.#client = client;
    this.#closed = closed;
    this.#address = address;
    this.#timeoutMs = timeoutMs;
  }

  /** Whether a session would have to wait for another to end. */
  get isFull(): boolean {
    return this.#sessions.activeCount >= this.#sessions.concurrency;
  }

  /** Sessions open or asked for. */
  get load(): number {
    return this.#sessions.activeCount + this.#sessions.pendingCount;
  }

  /**
   * Opens a channel, waiting for a place if as many are open as the server allows.
   *
   * @param windowBytes - How much the server may send of what nobody has taken.
   * @param listener - Is told of everything from the very first byte on.
   * @throws SshChannelError CHANNEL_REFUSED, CHANNEL_TIMEOUT, PROTOCOL; SshConnectionLostError; `signal.reason`.
   */
  async open(request: ChannelRequest, windowBytes: number, listener: ChannelListener, options: OpenOptions = {}): Promise<WireChannel> {
    const places = request.kind === 'session' ? this.#sessions : this.#forwarded;
    return await new Promise<WireChannel>((resolve, reject) => {
      // The place in the line is held until the channel is closed, not only until it is open.
      void places(async () => {
        const opened = await this.#openChannel(request, windowBytes, listener, options).catch(reject);
        if (opened === undefined) return;
        resolve(opened.channel);
        await Promise.race([opened.gone, this.#closed]);
      });
    });
  }

  async #openChannel(request: ChannelRequest, windowBytes: number, listener: ChannelListener, options: OpenOptions): Promise<Opened> {
    const { patient = true, signal } = options;
    for (let attempt = 1; ; attempt++) {
      signal?.throwIfAborted();
      try {
        const opened = await this.#tryChannel(request, windowBytes, listener);
        if (request.kind === 'session') this.#hasGivenSessions = true;
        return opened;
      } catch (error) {
        const busy = error instanceof SshChannelError && error.code === 'CHANNEL_REFUSED' && request.kind === 'session';
        const others = this.#sessions.activeCount - 1;
        const most = this.#hasGivenSessions ? REFUSED_ATTEMPTS_AFTER_OTHERS : REFUSED_ATTEMPTS;
        if (!busy || (others === 0 && attempt >= most)) throw error;
        // That many it allows; we go on in turn as they end.
        if (others > 0 && attempt > 1) {
          this.#sessions.concurrency = Math.min(this.#sessions.concurrency, others);
          if (!patient)
            throw new SshSessionsTakenError('CHANNEL_REFUSED', error.message, { where: error.where, fix: error.fix, cause: error });
        }
        await delay(REFUSED_PAUSE_MS * Math.min(attempt, 10), undefined, signal === undefined ? undefined : { signal });
      }
    }
  }

  async #tryChannel(request: ChannelRequest, windowBytes: number, listener: ChannelListener): Promise<Opened> {
    const client = this.#client;
    const where = this.#address;
    return await new Promise<Opened>((resolve, reject) => {
      let isLate = false;
      const late = setTimeout(() => {
        isLate = true;
        reject(this.#lateness(request));
        // A session that was asked for cannot be taken back: only the whole line can. A forwarded connection may well wait for a
        // target that says nothing, which is no reason to end all others.
        if (request.kind === 'session') client.destroy();
      }, this.#timeoutMs);
      const adoptIt = (raw: RawChannel): Opened => {
        let free = (): void => {};
        const gone = new Promise<void>((done) => {
          free = done;
        });
        const told: ChannelListener = {
          data: (stream, bytes) => listener.data(stream, bytes),
          end: () => listener.end(),
          exit: (exit) => listener.exit(exit),
          closed: (lost) => {
            free();
            listener.closed(lost);
          },
        };
        return { channel: WireChannel.adopt(client, raw, windowBytes, told, where, this.#timeoutMs), gone };
      };
      const answered = (error: (Error & { readonly reason?: number }) | undefined, raw: RawChannel): void => {
        clearTimeout(late);
        try {
          if (error !== undefined) throw isAlive(client) ? this.#refusal(error) : this.#lost();
          if (isLate) adoptIt(raw).channel.close();
          else resolve(adoptIt(raw));
        } catch (fault) {
          reject(fault as Error);
        }
      };
      void this.#closed.then(() => {
        clearTimeout(late);
        reject(this.#lost());
      });
      requestChannel(client, request, windowBytes, answered);
    });
  }

  #lateness(request: ChannelRequest): SshChannelError {
    return new SshChannelError('CHANNEL_TIMEOUT', `The server did not open a channel within ${this.#timeoutMs / 1_000} s`, {
      where: this.#address,
      fix:
        request.kind === 'session'
          ? 'Check that the host is well: log in by hand'
          : 'Check that the host can reach what it is to connect to',
    });
  }

  #lost(): SshConnectionLostError {
    return new SshConnectionLostError('The connection broke while a channel was opened', { where: this.#address });
  }

  // Reasons of RFC 4254, section 5.1: 1 prohibited, 2 failed, 3 unknown type, 4 no resources.
  #refusal(error: Error & { readonly reason?: number }): SshChannelError {
    return new SshChannelError('CHANNEL_REFUSED', `The server refused a channel: ${error.message.replace(/^\(SSH\) /, '')}`, {
      where: this.#address,
      fix:
        error.reason === 1
          ? 'The server forbids it: check AllowTcpForwarding, PermitOpen and DisableForwarding in its sshd_config'
          : 'Check MaxSessions and ForceCommand in its sshd_config, or what the connection is to be forwarded to',
      cause: error,
    });
  }
}
