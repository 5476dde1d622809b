// Two ends of one real TCP connection, for the tests of sockets. It knows nothing of what they send.
import { TcpServer } from '#src/runtime/io/server';
import { TcpSocket } from '#src/runtime/io/socket';

/** A server that gave out one connection: `near` was accepted, `far` connected. All of it is closed at the end of the block. */
export class Pair implements AsyncDisposable {
  readonly server: TcpServer;
  readonly near: TcpSocket;
  readonly far: TcpSocket;

  private constructor(server: TcpServer, near: TcpSocket, far: TcpSocket) {
    this.server = server;
    this.near = near;
    this.far = far;
  }

  static async open(): Promise<Pair> {
    const server = await TcpServer.listen();
    const [near, far] = await Promise.all([server.accept(), TcpSocket.connect(server.address)]);
    return new Pair(server, near, far);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.close();
    this.far.reset();
    this.near.reset();
    await Promise.all([this.far.close(), this.near.close()]);
  }
}
