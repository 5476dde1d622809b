// The client of every server here, and a server for as long as its clients need it. (Row D57.) It does not know what is answered.
//
// By itself, for a server that runs elsewhere: node build/examples/tcp-client.js PORT WORD...
import { io, isMain, sleep } from 'sshoal/runtime';

/** Says each line and prints what is answered; a number waits that many milliseconds instead. */
export async function talk(port: number, script: readonly (string | number)[], name = ''): Promise<void> {
  await using client = await io.TcpSocket.connect({ port });
  for (const step of script) {
    if (typeof step === 'number') await sleep(step);
    else {
      await client.sendAll(step);
      const data = await client.recv(1024, { timeoutMs: 10_000 });
      console.log(`${name}>>> ${data.toString()}`);
    }
  }
  if (name !== '') console.log(`${name}leaves`);
}

/** Hangs up without a goodbye, so that the server meets ConnectionResetError. */
export async function crash(port: number, line: string): Promise<void> {
  const client = await io.TcpSocket.connect({ port });
  await client.sendAll(line);
  await client.recv(1024, { timeoutMs: 10_000 });
  client.reset();
}

/** Listens on 127.0.0.1 until all clients have left. */
export async function during(
  serve: (server: io.TcpServer) => Promise<unknown>,
  clients: (port: number) => Promise<unknown>,
  port = 0,
): Promise<void> {
  using server = await io.TcpServer.listen({ port });
  await Promise.all([serve(server), clients(server.address.port).finally(() => server.close())]);
}

if (isMain(import.meta)) {
  const [, , port, ...words] = process.argv;
  await talk(Number(port), words);
}
