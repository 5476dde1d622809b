// The second remedy: so many threads and no more. It bounds the cost, and must be sized: who comes too late waits. (Row D59.)
//
// “池”始终有其上限: a pool always has its limit; 根据响应规模调整“池”的大小: choose its size by the load.
import { io, isMain, sleep, Thread, threading } from 'sshoal/runtime';
import { answer } from './io-blocking.ts';
import { during, talk } from './tcp-client.ts';

/** @returns How many were served at once, at most. */
export async function serve(server: io.TcpServer, size: number): Promise<number> {
  const pool = new threading.BoundedSemaphore(size);
  let most = 0;
  for await (const conn of server) {
    // The next connection is not asked for before somebody is free: the others stay with the kernel, unread.
    const permit = await pool.acquire();
    most = Math.max(most, size - pool.value);
    const work = async (): Promise<void> => {
      using _permit = permit;
      await answer(conn);
    };
    new Thread({ target: work }).start();
  }
  return most;
}

/** Holds its place in the pool for a while. */
async function stay(port: number, ms: number): Promise<void> {
  await using client = await io.TcpSocket.connect({ port });
  await client.sendAll('hello');
  await client.recv(1024, { timeoutMs: 10_000 });
  await sleep(ms);
}

if (isMain(import.meta)) {
  console.log('a pool of 2:');
  await during(
    async (server) => await serve(server, 2),
    async (port) => {
      const early = [talk(port, ['hello', 100], 'client 1 '), talk(port, ['hello', 200], 'client 2 ')];
      await sleep(30);
      await Promise.all([...early, talk(port, ['hello'], 'client 3 ')]);
    },
  );

  const clients = 8;
  for (const size of [1, 2, 4, 8]) {
    let most = 0;
    const began = performance.now();
    await during(
      async (server) => {
        most = await serve(server, size);
      },
      async (port) => await Promise.all(Array.from({ length: clients }, async () => await stay(port, 30))),
    );
    console.log(`pool of ${size}: ${most} at once, ${clients} clients in ${Math.round(performance.now() - began)} ms`);
  }
}
