// The asynchronous model: ask, do something else, be told when it is done, with the bytes already here. (Row D67.)
//
// 内核会等待数据准备完成,然后将数据拷贝到用户内存,当这一切都完成之后,给用户进程发送一个signal,告诉它read操作完成了: both phases are somebody else's.
// That somebody, for files, is a thread of libuv's pool (io_uring on request); for sockets libuv waits with epoll and copies by itself
// before it calls back: seen from here the same, a read that is complete when one hears of it.
import { once } from 'node:events';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { isMain } from 'sshoal/runtime';

/** @returns What was read, when it was. */
export async function readFileAsynchronously(file: string): Promise<string> {
  await using handle = await open(file, 'w+');
  await handle.write('some data');
  const buffer = Buffer.alloc(1024);

  // From here on the buffer belongs to the reader: bytes may be in it before one hears of them.
  const completion = handle.read(buffer, 0, 1024, 0);
  console.log('file: asked for');
  console.log('file: doing something else');
  const { bytesRead } = await completion;

  return buffer.toString('utf8', 0, bytesRead);
}

/** The same over a socket, where what is awaited may take as long as it likes. */
export async function readSocketAsynchronously(): Promise<string> {
  const server = createServer((conn) => conn.end('some data')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as { port: number }).port, '127.0.0.1');

  const completion = once(client, 'data') as Promise<[Buffer]>;
  console.log('socket: asked for');
  console.log('socket: doing something else');
  const [data] = await completion;

  client.destroy();
  server.close();
  return data.toString();
}

if (isMain(import.meta)) {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'io-asynchronous-'));
  console.log(`file: completed: ${await readFileAsynchronously(path.join(directory, 'data.txt'))}`);
  console.log(`socket: completed: ${await readSocketAsynchronously()}`);
  await rm(directory, { recursive: true });
}
