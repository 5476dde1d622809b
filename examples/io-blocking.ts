// The blocking model: accept and recv wait, in both phases of a read, and so does everybody else: one client at a time. (Rows D54-D57.)
//
// 一旦阻塞了,任务就会卡在原地: once blocked, the task stands still where it is.
import { type io, isMain, threading } from 'sshoal/runtime';
import { during, talk } from './tcp-client.ts';

/** As Python's bytes.upper(): letters of ASCII only, so that a character cut in two by recv(1024) stays whole. */
export function upper(data: Buffer): Buffer {
  return Buffer.from(data.map((byte) => (byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte)));
}

/** Answers one client until it leaves. */
export async function answer(conn: io.TcpSocket): Promise<void> {
  await using _closed = conn;
  for (;;) {
    const data = await conn.recv(1024);
    if (data.length === 0) break; // 这步是给linux准备的: no bytes mean that the other end has closed
    await conn.sendAll(upper(data));
  }
}

export async function serve(server: io.TcpServer): Promise<void> {
  console.log('start....');
  for await (const conn of server) {
    console.log(`${threading.currentThread().name} serves a client, and nobody else`);
    await answer(conn);
  }
}

if (isMain(import.meta)) {
  await during(serve, async (port) => {
    await Promise.all([talk(port, ['hello', 100, 'bye'], 'client 1 '), talk(port, [30, 'hello'], 'client 2 ')]);
  });
}
