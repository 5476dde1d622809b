// What the host listens on for us: asked for, and every connection given to whoever asked. It does not know where those go then.
import type { Client } from 'ssh2';
import { ChannelStream } from '../channel/streams.ts';
import { WireChannel } from '../channel/wire-channel.ts';
import { SshConnectionLostError, SshForwardError } from '../errors.ts';
import type { RawChannel } from '../ssh2-internals.ts';
import type { OnConnection, Peer, RemoteListener } from './seam.ts';

// What ssh2 has granted by the time it hands a channel over.
const GRANTED_BYTES = 2 * 1024 * 1024;

type Answered = (error: Error | null | undefined, port?: number) => void;

/** The remote listeners of one connection. */
export class RemoteListeners {
  readonly #client: Client;
  readonly #closed: Promise<void>;
  readonly #address: string;
  readonly #timeoutMs: number;
  readonly #takers = new Map<string, OnConnection>();

  /** @param closed - Resolves when the connection is gone. @param timeoutMs - How long the server may take to answer. */
  constructor(client: Client, closed: Promise<void>, address: string, timeoutMs: number) {
    this.#client = client;
    this.#closed = closed;
    this.#address = address;
    this.#timeoutMs = timeoutMs;
    client.on('tcp connection', ({ destIP, destPort, srcIP, srcPort }, accept, reject) => {
      this.#take(tcpKey(destIP, destPort), accept as unknown as () => RawChannel, reject, { host: srcIP, port: srcPort });
    });
    client.on('unix connection', ({ socketPath }, accept, reject) => {
      this.#take(socketPath, accept as unknown as () => RawChannel, reject);
    });
  }

  /** @throws as ForwardingConnection.listenRemote. */
  async listen(bind: Peer, onConnection: OnConnection): Promise<RemoteListener & { readonly port: number }> {
    // The protocol's word for every address is an empty one.
    const host = bind.host === '*' ? '' : bind.host;
    const port = await this.#ask(`${bind.host}:${bind.port}`, (answered) => {
      this.#client.forwardIn(host, bind.port, (error, real) => {
        // In the very moment of the answer: the first connection may stand right behind it.
        if (!(error instanceof Error)) this.#takers.set(tcpKey(host, real), onConnection);
        answered(error, real);
      });
    });
    const stop = (answered: Answered): void => void this.#client.unforwardIn(host, port, answered);
    return { port, close: async () => await this.#close(tcpKey(host, port), stop) };
  }

  /** @throws as ForwardingConnection.listenRemoteUnix. */
  async listenUnix(path: string, onConnection: OnConnection): Promise<RemoteListener> {
    await this.#ask(path, (answered) => {
      this.#client.openssh_forwardInStreamLocal(path, (error) => {
        if (!(error instanceof Error)) this.#takers.set(path, onConnection);
        answered(error);
      });
    });
    const stop = (answered: Answered): void => void this.#client.openssh_unforwardInStreamLocal(path, answered);
    return { close: async () => await this.#close(path, stop) };
  }

  #take(key: string, accept: () => RawChannel, reject: () => void, from?: Peer): void {
    const taker = this.#takers.get(key);
    if (taker === undefined) {
      // Nobody listens there any more, or never has.
      reject();
      return;
    }
    const stream = new ChannelStream(this.#address);
    stream.attach(WireChannel.adopt(this.#client, accept(), GRANTED_BYTES, stream.listener, this.#address));
    taker(stream, from);
  }

  async #close(key: string, stop: (answered: Answered) => void): Promise<void> {
    if (!this.#takers.delete(key)) return;
    try {
      await this.#ask(key, stop);
    } catch (error) {
      // A line that is gone listens to nothing, and a server that will not stop has not been listening.
      const over = error instanceof SshConnectionLostError || (error instanceof SshForwardError && error.code === 'LISTEN_REFUSED');
      if (!over) throw error;
    }
  }

  /** Asks the server; its answers come in the order of the questions. @returns The port, where it names one. */
  async #ask(what: string, send: (answered: Answered) => void): Promise<number> {
    const where = this.#address;
    return await new Promise<number>((resolve, reject) => {
      const late = setTimeout(() => {
        const message = `The server did not say within ${this.#timeoutMs / 1_000} s whether it listens on ${what}`;
        reject(new SshForwardError('LISTEN_TIMEOUT', message, { where, fix: 'Check that the host is well: log in by hand' }));
      }, this.#timeoutMs);
      const lost = (cause?: unknown): void => {
        clearTimeout(late);
        reject(new SshConnectionLostError('There is no open connection', { where, cause }));
      };
      void this.#closed.then(() => lost());
      try {
        send((error, port = 0) => {
          clearTimeout(late);
          if (error instanceof Error) reject(this.#refusal(what, error));
          else resolve(port);
        });
      } catch (error) {
        lost(error);
      }
    });
  }

  #refusal(what: string, cause: Error): SshForwardError {
    return new SshForwardError('LISTEN_REFUSED', `The server does not listen on ${what} for us`, {
      where: this.#address,
      fix: 'Something else may listen there; check AllowTcpForwarding, AllowStreamLocalForwarding, PermitListen and StreamLocalBindUnlink in its sshd_config',
      cause,
    });
  }
}

function tcpKey(host: string, port: number): string {
  return `${host}:${port}`;
}
