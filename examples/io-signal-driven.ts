// The signal-driven model (不常用,了解: rare, for completeness), and how far Node goes with it. (Row D54.)
//
// The kernel would send SIGIO as soon as a socket is ready: fcntl(fd, F_SETOWN, pid) and fcntl(fd, F_SETFL, O_ASYNC). Node can hear SIGIO,
// but has no fcntl, so it cannot ask the kernel for it; and if it could, one signal says neither which socket it was nor how much came,
// and several in a row become one. libuv's epoll tells all that, which is why nobody misses it. So:
//   1. somebody who writes can send the signal by hand (not on Windows, where there is no SIGIO);
//   2. the nearest thing for a socket is the event 'readable': told that it is ready, one reads by oneself.
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { isMain, multiprocessing, ref } from 'sshoal/runtime';

/** Runs in another process: makes data ready, then plays the kernel. */
export async function writeAndSignal(file: string): Promise<void> {
  await writeFile(file, 'some data');
  process.kill(multiprocessing.parentProcess()?.pid ?? 0, 'SIGIO');
}

async function bySignal(file: string): Promise<void> {
  const signalled = once(process, 'SIGIO');
  const writer = new multiprocessing.Process({ target: ref(import.meta, 'writeAndSignal'), args: [file] }).start();
  console.log('the handler is set; doing something else');
  await signalled;
  console.log(`SIGIO: ready; read by myself: ${await readFile(file, 'utf8')}`);
  await writer.join();
}

async function byEvent(): Promise<void> {
  const server = createServer((conn) => conn.end('some data')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as { port: number }).port, '127.0.0.1');
  await once(client, 'readable');
  console.log(`readable: ready; read by myself: ${String(client.read())}`);
  client.destroy();
  server.close();
}

if (isMain(import.meta)) {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'io-signal-driven-'));
  if (process.platform === 'win32') console.log('SIGIO: there is none on Windows');
  else await bySignal(path.join(directory, 'data.txt'));
  await byEvent();
  console.log('Node has no fcntl(O_ASYNC): the kernel cannot be asked to send SIGIO');
  await rm(directory, { recursive: true });
}
