// The same by selectors.DefaultSelector, which chooses the best there is here, and tells each socket's callback. (Row D66.)
//
// 该模块会自动根据当前的操作系统来选择合适的io多路复用模型: it chooses by the operating system. `node build/examples/io-selectors.js 8088` for the
// port of the original.
import { ConnectionError, io, isMain } from 'sshoal/runtime';
import { upper } from './io-blocking.ts';
import { crash, during, talk } from './tcp-client.ts';

type Callback = (mask: number) => Promise<void>;

export async function serve(server: io.TcpServer): Promise<void> {
  using sel = new io.Selector<Callback>();
  console.log(sel.kind);

  const close = async (conn: io.TcpSocket): Promise<void> => {
    console.log(`closing ${conn.peer?.host}`);
    sel.unregister(conn);
    await conn.close();
  };
  const read = async (conn: io.TcpSocket): Promise<void> => {
    try {
      const data = conn.recvNowait(1024);
      if (data.length === 0) await close(conn);
      else await conn.sendAll(Buffer.concat([upper(data), Buffer.from('_SB')]), { timeoutMs: 1_000 });
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      console.log(error.name);
      await close(conn);
    }
  };
  const accept: Callback = async () => {
    const conn = server.acceptNowait();
    sel.register(conn, io.EVENT_READ, async () => await read(conn));
  };

  // As adding the server to the list of select, and binding a callback to it.
  sel.register(server, io.EVENT_READ, accept);
  while (!server.closed || (sel.getMap()?.size ?? 0) > 1) {
    const events = await sel.select({ timeoutMs: 100 }); // 检测所有的fileobj,是否有完成wait data的
    for (const { key, mask } of events) await key.data(mask);
  }
}

if (isMain(import.meta)) {
  await during(
    serve,
    async (port) => {
      await Promise.all([talk(port, ['hello', 100, 'bye'], 'client 1 '), talk(port, [50, 'hello'], 'client 2 ')]);
      await crash(port, 'hello');
    },
    Number(process.argv[2] ?? 0),
  );
}
