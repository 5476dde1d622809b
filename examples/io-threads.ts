// The first remedy for blocking: a thread for each connection. None holds up the others; but each costs something. (Row D58.)
//
// 让每个连接都拥有独立的线程,这样任何一个连接的阻塞都不会影响其他的连接. Operating system threads run out at some thousands: 开启多线程的方式,
// 在遇到要同时响应成百上千路的连接请求, 会严重占据系统资源. These threads are fibers, and two hundred of them cost no more than two hundred promises.
import { io, isMain, Thread, threading } from 'sshoal/runtime';
import { answer } from './io-blocking.ts';
import { during, talk } from './tcp-client.ts';

export async function serve(server: io.TcpServer): Promise<void> {
  for await (const conn of server) new Thread({ target: answer, args: [conn] }).start();
}

/** So many clients at the same time; each is answered while all the others are there. */
async function load(port: number, count: number): Promise<void> {
  const clients = await Promise.all(Array.from({ length: count }, async () => await io.TcpSocket.connect({ port })));
  await Promise.all(clients.map(async (client) => await client.sendAll('hello')));
  const answers = await Promise.all(clients.map(async (client) => String(await client.recv(1024, { timeoutMs: 10_000 }))));
  console.log(`${answers.filter((text) => text === 'HELLO').length} answered, by ${threading.activeCount() - 1} threads`);
  await Promise.all(clients.map(async (client) => await client.close()));
}

if (isMain(import.meta)) {
  await during(serve, async (port) => {
    await Promise.all([talk(port, ['hello', 100, 'bye'], 'client 1 '), talk(port, [30, 'hello'], 'client 2 ')]);
    await load(port, 200);
  });
}
