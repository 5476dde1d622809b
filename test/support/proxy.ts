// A TCP proxy in front of a server that does to the line what networks do: it cuts, swallows, delays and slows. It reads nothing.
import { once } from 'node:events';
import net from 'node:net';

interface ProxyOptions {
  /** How long every byte is on its way, in each direction. Default 0. */
  readonly delayMs?: number;
  /** Each way. Default: as fast as it goes. */
  readonly bytesPerSecond?: number;
  /** The line is reset after so many bytes from the server. Default: never. */
  readonly cutAfterBytes?: number;
}

/** One port that leads to another, over a line that can be broken. */
export class TcpProxy implements AsyncDisposable {
  readonly #listener: net.Server;
  readonly #options: ProxyOptions;
  readonly #sockets = new Set<net.Socket>();
  #swallows = false;
  #carried = 0;
  #joined = 0;

  private constructor(target: number, options: ProxyOptions) {
    this.#options = options;
    this.#listener = net.createServer({ noDelay: true }, (near) => this.#join(near, net.connect(target, '127.0.0.1')));
  }

  static async start(target: number, options: ProxyOptions = {}): Promise<TcpProxy> {
    const proxy = new TcpProxy(target, options);
    proxy.#listener.listen(0, '127.0.0.1');
    await once(proxy.#listener, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#listener.address() as net.AddressInfo).port;
  }

  /** Bytes that went through, both ways together. */
  get carriedBytes(): number {
    return this.#carried;
  }

  /** How many came, those that are gone among them. */
  get connections(): number {
    return this.#joined;
  }

  /** Ends every connection at once, with a reset for both sides. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** From now on nothing arrives anywhere, and nobody is told: a cable was pulled. */
  swallow(): void {
    this.#swallows = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#listener, 'close');
    this.#listener.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #join(near: net.Socket, far: net.Socket): void {
    this.#joined += 1;
    far.setNoDelay(true);
    let fromFar = 0;
    this.#carry(near, far, () => {});
    this.#carry(far, near, (bytes) => {
      fromFar += bytes;
      if (fromFar > (this.#options.cutAfterBytes ?? Number.POSITIVE_INFINITY)) for (const end of [near, far]) end.resetAndDestroy();
    });
  }

  #carry(from: net.Socket, to: net.Socket, passed: (bytes: number) => void): void {
    const { delayMs = 0, bytesPerSecond } = this.#options;
    this.#sockets.add(from);
    from.on('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
    // A reset is what the tests are about; the close that follows is acted on.
    from.on('error', () => {});
    from.on('data', (chunk: Buffer) => {
      if (this.#swallows) return;
      this.#carried += chunk.length;
      passed(chunk.length);
      if (bytesPerSecond !== undefined) {
        from.pause();
        setTimeout(() => from.resume(), (chunk.length / bytesPerSecond) * 1_000);
      }
      if (delayMs === 0) this.#pass(from, to, chunk);
      else setTimeout(() => this.#pass(from, to, chunk), delayMs);
    });
    from.on('end', () => {
      if (!this.#swallows) setTimeout(() => to.end(), delayMs);
    });
  }

  #pass(from: net.Socket, to: net.Socket, chunk: Buffer): void {
    if (this.#swallows || to.destroyed || to.write(chunk)) return;
    from.pause();
    if (to.listenerCount('drain') === 0) to.once('drain', () => from.resume());
  }
}
