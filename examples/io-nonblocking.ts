// The non-blocking model: one thread asks everybody, again and again, whether there is something. (Rows D60, D61.)
//
// setblocking(False): accept and recv throw BlockingIOError instead of waiting. Only the first phase, wait数据, does not block; the
// second, the copying, still does. 但是我们不推荐: it costs CPU all the time, and who has something waits for the next look.
import { setImmediate as turn } from 'node:timers/promises';
import { BlockingIOError, ConnectionError, type io, isMain, sleep } from 'sshoal/runtime';
import { upper } from './io-blocking.ts';
import { crash, during, talk } from './tcp-client.ts';

/** @param pauseMs - Between two looks; 0 looks whenever the event loop has turned. */
export async function serve(server: io.TcpServer, pauseMs: number, print: (line: string) => void): Promise<void> {
  const connList: io.TcpSocket[] = [];
  let delConn: io.TcpSocket[] = [];
  while (!server.closed) {
    try {
      connList.push(server.acceptNowait());
      print(`conn_list: ${connList.length}`);
    } catch (error) {
      if (!(error instanceof BlockingIOError)) throw error; // 非阻塞的时候,accept收不到数据会发生BlockingIOError错误
      for (const conn of connList) if (!answerNowait(conn, print)) delConn.push(conn);
      // 不能在循环的时候删列表: not while the loop runs over it.
      for (const conn of delConn) {
        connList.splice(connList.indexOf(conn), 1);
        await conn.close();
        print(`conn_list: ${connList.length}`);
      }
      delConn = [];
      // 其他活: what else there is to do, done while there is nothing to read. Without it the computer does nothing but ask.
      if (pauseMs === 0) await turn();
      else await sleep(pauseMs);
    }
  }
  await Promise.all(connList.map(async (conn) => await conn.close()));
}

/** @returns False when the client is gone. */
function answerNowait(conn: io.TcpSocket, print: (line: string) => void): boolean {
  // Looking first: what was received would be lost if then there were no room to answer, as in the original.
  if (!conn.writable) return true;
  try {
    const data = conn.recvNowait(1024);
    if (data.length === 0) return false;
    conn.sendNowait(upper(data));
    return true;
  } catch (error) {
    if (error instanceof BlockingIOError) return true;
    if (!(error instanceof ConnectionError)) throw error;
    print(`${error.name}: ${error.message}`);
    return false;
  }
}

if (isMain(import.meta)) {
  console.log('start....');
  await during(
    async (server) => await serve(server, 2, console.log),
    async (port) => {
      await Promise.all([talk(port, ['hello', 100, 'bye'], 'client 1 '), talk(port, [50, 'hello'], 'client 2 ')]);
      await crash(port, 'hello');
      await talk(port, [50, 'still there?'], 'client 4 ');
      await sleep(20);
    },
  );
}
