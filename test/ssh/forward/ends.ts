// Both ends of tunnels under test: servers that answer, and clients that ask. It knows nothing of SSH.
import { once } from 'node:events';
import net from 'node:net';
import type { Endpoint } from '#src/ssh/forward/seam';

/** A listening server that is gone, connections included, when it is disposed of. */
export interface TestServer extends AsyncDisposable {
  readonly port: number;
}

/** Serves every connection with `serve`. @param at - A port (0 by default) of loopback, or the path of a unix socket. */
export async function serving(serve: (socket: net.Socket) => void, at: number | string = 0): Promise<TestServer> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    serve(socket);
  });
  if (typeof at === 'string') server.listen(at);
  else server.listen(at, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'string' || address === null ? 0 : address.port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Sends back what it gets. */
export const echo = (socket: net.Socket): void => void socket.pipe(socket);

/** Says nothing until the question has ended, and then how long it was. */
export const measure = (socket: net.Socket): void => {
  let bytes = 0;
  socket.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  socket.on('end', () => socket.end(`${bytes} bytes`));
};

/** Connects to where a tunnel listens. */
export async function dial(endpoint: Endpoint): Promise<net.Socket> {
  const socket = net.connect({
    ...(endpoint.kind === 'unix' ? { path: endpoint.path } : { host: '127.0.0.1', port: endpoint.port }),
    allowHalfOpen: true,
  });
  await once(socket, 'connect');
  return socket;
}

/** Sends a question, ends it, and reads the answer to its end. @throws Error of the socket. */
export async function ask(socket: net.Socket, question: Uint8Array | string): Promise<Buffer> {
  socket.end(question);
  return await rest(socket);
}

/** Everything that still comes. */
export async function rest(socket: net.Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** What becomes of a socket: `end`, or the code of its error. */
export async function fate(socket: net.Socket): Promise<string> {
  return await rest(socket).then(
    (bytes) => `end after ${bytes.length}`,
    (error: NodeJS.ErrnoException) => error.code ?? 'error',
  );
}
