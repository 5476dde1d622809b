// The channels of one connection: opened one after another where the server allows no more, given up where it does not answer.
import { setTimeout as delay } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { Client, ClientChannel } from 'ssh2';
import { SshChannelError, SshConnectionLostError } from './errors.ts';

/** Channels open at once; sshd's MaxSessions is 10 unless somebody changed it. */
const MAX_CHANNELS = 10;
/** How long the server may take to open a channel. */
const CHANNEL_TIMEOUT_MS = 15_000;
const CHANNEL_ATTEMPTS = 9;

/** A channel, when it is gone, and what was made of it the moment it opened. */
interface OpenedChannel<T> {
  readonly channel: ClientChannel;
  readonly gone: Promise<void>;
  readonly watched: T;
}

/** For channels that nobody needs to watch. */
export function asItIs(channel: ClientChannel): ClientChannel {
  return channel;
}

/** Asks ssh2 for a channel of some kind. */
type OpenChannel = (client: Client, done: (error: Error | undefined, channel: ClientChannel) => void) => void;

export class Channels {
  readonly #client: Client;
  readonly #closed: Promise<void>;
  readonly #address: string;
  readonly #places = pLimit(MAX_CHANNELS);

  /** @param closed - Resolves when the connection is gone. */
  constructor(client: Client, closed: Promise<void>, address: string) {
    this.#client = client;
    this.#closed = closed;
    this.#address = address;
  }

  /**
   * Opens a channel, waiting for a place if as many are open as the server allows.
   *
   * @param watch - Called the moment it opens, before anything that comes over it is handled.
   * @throws SshChannelError CHANNEL_REFUSED, CHANNEL_TIMEOUT, PROTOCOL; SshConnectionLostError.
   */
  async open<T>(open: OpenChannel, watch: (channel: ClientChannel) => T): Promise<T> {
    return await new Promise<T>((resolve, reject) => {
      // The place in the line is held until the channel is closed, not only until it is open.
      void this.#places(async () => {
        const opened = await this.#openChannel(open, watch).catch(reject);
        if (opened === undefined) return;
        resolve(opened.watched);
        await Promise.race([opened.gone, this.#closed]);
      });
    });
  }

  /** Opens a channel; a server that has just closed one may need a moment before it allows the next. */
  async #openChannel<T>(open: OpenChannel, watch: (channel: ClientChannel) => T): Promise<OpenedChannel<T>> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#tryChannel(open, watch);
      } catch (error) {
        const busy = error instanceof SshChannelError && error.code === 'CHANNEL_REFUSED' && this.#places.activeCount > 1;
        if (!busy || attempt === CHANNEL_ATTEMPTS) throw error;
        await delay(10 * 2 ** attempt);
      }
    }
  }

  async #tryChannel<T>(open: OpenChannel, watch: (channel: ClientChannel) => T): Promise<OpenedChannel<T>> {
    const client = this.#client;
    const deadline = new AbortController();
    const late = delay(CHANNEL_TIMEOUT_MS, undefined, { signal: deadline.signal, ref: false }).then(
      () => {
        // A channel that was asked for cannot be taken back: only the whole line can.
        client.destroy();
        throw new SshChannelError('CHANNEL_TIMEOUT', `The server did not open a channel within ${CHANNEL_TIMEOUT_MS / 1_000} s`, {
          where: this.#address,
          fix: 'Check that the host is well: log in by hand',
        });
      },
      () => undefined,
    );
    const opened = new Promise<OpenedChannel<T>>((resolve, reject) => {
      open(client, (error, channel) => {
        if (error === undefined) {
          const gone = new Promise<void>((free) => void channel.once('close', () => free()));
          resolve({ channel, gone, watched: watch(channel) });
        } else {
          const message = `The server refused a channel: ${error.message}`;
          reject(
            new SshChannelError('CHANNEL_REFUSED', message, {
              where: this.#address,
              fix: 'Check MaxSessions and ForceCommand in its sshd_config',
              cause: error,
            }),
          );
        }
      });
      void this.#closed.then(() =>
        reject(new SshConnectionLostError('The connection broke while a channel was opened', { where: this.#address })),
      );
    });
    try {
      const result = await Promise.race([opened, late]);
      if (result === undefined) throw new SshConnectionLostError('The connection broke', { where: this.#address });
      checkPacketSize(result.channel, client, this.#address);
      return result;
    } finally {
      deadline.abort();
    }
  }
}

// A packet size of 0 would send ssh2's write loop round for ever.
function checkPacketSize(channel: ClientChannel, client: Client, where: string): void {
  const { outgoing } = channel as unknown as { readonly outgoing: { readonly packetSize: number } };
  if (outgoing.packetSize > 0) return;
  client.destroy();
  throw new SshChannelError('PROTOCOL', 'The server opened a channel that can carry nothing', { where, fix: 'Do not trust this server' });
}
