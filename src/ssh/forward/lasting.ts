// A connection for tunnels that is made anew whenever it breaks. It does not know how, nor what the tunnels carry.
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { SshoalError } from '../../base/errors.ts';
import { SshConnectionLostError } from '../errors.ts';
import type { ForwardingConnection, OnConnection, Peer, RemoteListener } from './seam.ts';

/** A line as it is: it breaks one day. */
export interface MortalConnection extends ForwardingConnection {
  close(): Promise<void>;
}

export type LastingEvent =
  | { readonly kind: 'line-lost' }
  /** An attempt came to nothing; the next follows after `waitMs`. */
  | { readonly kind: 'line-retry'; readonly error: SshoalError; readonly waitMs: number }
  | { readonly kind: 'line-restored' }
  /** Nobody tries any more: `error` is none that time heals. */
  | { readonly kind: 'line-given-up'; readonly error: SshoalError };

export interface LastingOptions {
  /** @throws SshoalError; `signal.reason` on abort. */
  readonly connect: (signal: AbortSignal) => Promise<MortalConnection>;
  readonly onEvent?: ((event: LastingEvent) => void) | undefined;
  /** The wait before the second attempt; it doubles up to 30 s, with jitter. Default 1 s. */
  readonly firstWaitMs?: number | undefined;
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
/** How long a connection through the tunnel waits for the line to come back. */
const PATIENCE_MS = 10_000;
/** Trying these again would only lock the account, or meet the same impostor. */
const INCURABLE = /^(?:AUTH_FAILED|HOST_KEY_|KEY_|KNOWN_HOSTS_|SSH_CONFIG|SSH_ARGS|KEX_FAILED)/;

interface Listening {
  /** Listens on the line of the moment. */
  readonly listen: (line: ForwardingConnection) => Promise<RemoteListener>;
  current: RemoteListener | undefined;
}

/**
 * A connection that outlives its lines: `closed` resolves only when it is closed or given up. Connections on their way through a line
 * die with it; new ones wait a moment for the next; what the host listens on is asked for again, with the same port.
 */
export class LastingConnection implements ForwardingConnection {
  readonly address: string;
  readonly closed: Promise<void>;
  readonly #options: LastingOptions;
  readonly #stop = new AbortController();
  readonly #listening = new Set<Listening>();
  readonly #kept: Promise<void>;
  #line: MortalConnection | undefined;
  #restored: Promise<void> = Promise.resolve();
  /** To make the line anew, since one has held for a while. */
  #attempts = 0;

  private constructor(line: MortalConnection, options: LastingOptions) {
    this.address = line.address;
    this.#options = options;
    this.#line = line;
    this.#kept = this.#keep(line);
    this.closed = this.#kept;
  }

  /** The first line has to be there: nobody waits for a host that may never have been. @throws as `connect`. */
  static async open(options: LastingOptions, signal: AbortSignal): Promise<LastingConnection> {
    return new LastingConnection(await options.connect(signal), options);
  }

  async openDirect(target: Peer, origin?: Peer): Promise<Duplex> {
    return await (await this.#current()).openDirect(target, origin);
  }

  async openDirectUnix(path: string): Promise<Duplex> {
    return await (await this.#current()).openDirectUnix(path);
  }

  async listenRemote(bind: Peer, onConnection: OnConnection): Promise<RemoteListener & { readonly port: number }> {
    let { port } = bind;
    const listener = await this.#listen(async (line) => {
      const opened = await line.listenRemote({ host: bind.host, port }, onConnection);
      port = opened.port;
      return opened;
    });
    return { ...listener, port };
  }

  async listenRemoteUnix(path: string, onConnection: OnConnection): Promise<RemoteListener> {
    return await this.#listen(async (line) => await line.listenRemoteUnix(path, onConnection));
  }

  /** Closes the line, and opens no other. */
  async close(): Promise<void> {
    this.#stop.abort(this.#lost());
    await this.#line?.close();
    await this.#kept;
  }

  async #listen(listen: Listening['listen']): Promise<RemoteListener> {
    const listening: Listening = { listen, current: await listen(await this.#current()) };
    this.#listening.add(listening);
    const close = async (): Promise<void> => {
      this.#listening.delete(listening);
      await listening.current?.close();
    };
    return { close };
  }

  async #current(): Promise<ForwardingConnection> {
    if (this.#line !== undefined) return this.#line;
    const patience = new AbortController();
    const late = delay(PATIENCE_MS, undefined, { signal: AbortSignal.any([this.#stop.signal, patience.signal]) }).catch(() => undefined);
    await Promise.race([this.#restored, late]);
    patience.abort();
    if (this.#line === undefined) throw this.#lost();
    return this.#line;
  }

  /** Lives as long as there is a line, or hope for one. */
  async #keep(first: MortalConnection): Promise<void> {
    for (let line: MortalConnection | undefined = first; line !== undefined; ) {
      const since = performance.now();
      await line.closed;
      this.#line = undefined;
      if (this.#stop.signal.aborted) return;
      // A line that breaks at once, again and again, is no better than none.
      if (performance.now() - since > LONGEST_WAIT_MS) this.#attempts = 0;
      this.#emit({ kind: 'line-lost' });
      const next = this.#another();
      this.#restored = next.then(() => undefined);
      line = await next;
      // It may have been closed in that very moment.
      if (this.#stop.signal.aborted) await line?.close();
    }
  }

  /** Tries until there is a line; undefined where that is over. */
  async #another(): Promise<MortalConnection | undefined> {
    const { signal } = this.#stop;
    for (let waitMs = this.#waitMs(); ; ) {
      await delay(waitMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return undefined;
      try {
        this.#attempts++;
        this.#line = await this.#attempt(signal);
        this.#emit({ kind: 'line-restored' });
        return this.#line;
      } catch (error) {
        if (signal.aborted) return undefined;
        if (!(error instanceof SshoalError)) throw error;
        if (INCURABLE.test(error.code)) {
          this.#stop.abort(error);
          this.#emit({ kind: 'line-given-up', error });
          return undefined;
        }
        waitMs = this.#waitMs();
        this.#emit({ kind: 'line-retry', error, waitMs });
      }
    }
  }

  /** A line on which everything listens that did. */
  async #attempt(signal: AbortSignal): Promise<MortalConnection> {
    const line = await this.#options.connect(signal);
    try {
      for (const listening of this.#listening) listening.current = await listening.listen(line);
      signal.throwIfAborted();
      return line;
    } catch (error) {
      await line.close();
      throw error;
    }
  }

  #waitMs(): number {
    if (this.#attempts === 0) return 0;
    const longestMs = Math.min((this.#options.firstWaitMs ?? FIRST_WAIT_MS) * 2 ** Math.min(this.#attempts - 1, 16), LONGEST_WAIT_MS);
    // Many tunnels to one host that has just come back must not all come at once.
    return Math.round(longestMs * (0.5 + Math.random() / 2));
  }

  #lost(): SshConnectionLostError {
    return new SshConnectionLostError('There is no open connection', { where: this.address });
  }

  #emit(event: LastingEvent): void {
    this.#options.onEvent?.(event);
  }
}
