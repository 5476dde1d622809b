// A door before an SSH server that counts the bytes of both ways. It does not read them.
import { once } from 'node:events';
import net from 'node:net';

export class CountingProxy {
  readonly #server: net.Server;
  readonly #sockets = new Set<net.Socket>();
  /** Of all connections so far. */
  sentBytes = 0;
  receivedBytes = 0;
  /** How often the client began to speak after the server had: the round trips that somebody waited for. */
  turns = 0;

  private constructor(targetPort: number) {
    this.#server = net.createServer((client) => {
      const target = net.connect(targetPort, '127.0.0.1');
      for (const socket of [client, target]) {
        this.#sockets.add(socket);
        socket.setNoDelay(true);
        socket.on('error', () => socket.destroy());
        socket.on('close', () => this.#sockets.delete(socket));
      }
      let wasServer = true;
      client.on('data', (chunk) => {
        this.sentBytes += chunk.length;
        if (wasServer) this.turns++;
        wasServer = false;
      });
      target.on('data', (chunk) => {
        this.receivedBytes += chunk.length;
        wasServer = true;
      });
      client.pipe(target).pipe(client);
    });
  }

  static async before(targetPort: number): Promise<CountingProxy> {
    const proxy = new CountingProxy(targetPort);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('The proxy does not listen');
    return address.port;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }
}
