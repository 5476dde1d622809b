// The multiplexing model: one thread, one wait for all sockets. It stands still in select, not in the reading. (Rows D62-D64.)
//
// 多个请求用一个介质来处理: many requests over one medium. Not faster for one connection (two calls, where blocking has one), but for many.
import { ConnectionError, io, isMain } from 'sshoal/runtime';
import { upper } from './io-blocking.ts';
import { crash, during, talk } from './tcp-client.ts';

export async function serve(server: io.TcpServer, print: (line: string) => void): Promise<void> {
  const readsL: (io.TcpServer | io.TcpSocket)[] = [server]; // 监听列表
  while (!server.closed) {
    const [rL] = await io.select(readsL, [], { timeoutMs: 100 });
    for (const obj of rL) {
      if (obj instanceof io.TcpServer) {
        const conn = obj.acceptNowait();
        readsL.push(conn);
        print(`addr ${conn.peer?.host}, ${readsL.length - 1} connected`);
      } else if (!(await answer(obj))) {
        readsL.splice(readsL.indexOf(obj), 1);
        await obj.close();
      }
    }
  }
  for (const obj of readsL) if (obj instanceof io.TcpSocket) await obj.close();
}

/** Something is there: nothing here waits for the client to speak. @returns False when it is gone. */
async function answer(conn: io.TcpSocket): Promise<boolean> {
  try {
    const data = conn.recvNowait(1024);
    if (data.length === 0) return false;
    await conn.sendAll(upper(data), { timeoutMs: 1_000 });
    return true;
  } catch (error) {
    if (error instanceof ConnectionError) return false;
    throw error;
  }
}

if (isMain(import.meta)) {
  console.log('start....');
  await during(
    async (server) => await serve(server, console.log),
    async (port) => {
      await Promise.all([talk(port, ['hello', 100, 'bye'], 'client 1 '), talk(port, [50, 'hello', 100, 'bye'], 'client 2 ')]);
      await crash(port, 'hello');
      await talk(port, ['still there?'], 'client 4 ');
    },
  );

  console.table({
    select: {
      'most sockets': '1024',
      'changes what it is given': 'yes',
      'tells which is ready': 'no: ask each',
      'safe among threads': 'no',
    },
    poll: {
      'most sockets': 'no limit',
      'changes what it is given': 'no',
      'tells which is ready': 'no: ask each',
      'safe among threads': 'no',
    },
    epoll: { 'most sockets': 'no limit', 'changes what it is given': 'no', 'tells which is ready': 'yes', 'safe among threads': 'yes' },
  });
}
