// TCP服务端实现并发: a server that talks to many at once, a thread for each connection. (Row A31.)
//
// `node build/examples/tcp-server-threads.js 8080` for the port of the original.
import { ConnectionResetError, type io, isMain, Thread } from 'sshoal/runtime';
import { crash, during, talk as say } from './tcp-client.ts';

export async function talk(sock: io.TcpSocket): Promise<void> {
  for (;;) {
    try {
      const data = await sock.recv(1024);
      if (data.length === 0) break;
      console.log(data.toString());
      await sock.sendAll(Buffer.concat([data, Buffer.from('gun dan!')]));
    } catch (error) {
      if (!(error instanceof ConnectionResetError)) throw error;
      console.log(`${error.name}: ${error.message}`);
      break;
    }
  }
  await sock.close();
}

export async function serve(server: io.TcpServer): Promise<void> {
  for await (const sock of server) {
    console.log('addr', sock.peer);
    new Thread({ target: talk, args: [sock] }).start();
  }
}

if (isMain(import.meta)) {
  await during(
    serve,
    async (port) => {
      await Promise.all([say(port, ['hello', 100, 'bye '], 'client 1 '), say(port, [50, 'hello'], 'client 2 ')]);
      await crash(port, 'I crash');
      await say(port, ['still there?'], 'client 4 ');
    },
    Number(process.argv[2] ?? 0),
  );
}
