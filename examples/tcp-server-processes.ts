// The same server with a process for each connection, which is handed over: the parent accepts, the child talks. (Row A31.)
//
// A worker thread cannot be given a socket (Node has no way to move one between threads), a child process can: subprocess.send(message,
// socket). The parent must not have read from it, so it gives it away right after accept: detach().
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { io, isMain } from 'sshoal/runtime';
import { crash, during, talk as say } from './tcp-client.ts';
import { talk } from './tcp-server-threads.ts';

const CHILD = '--child';

export async function serve(server: io.TcpServer): Promise<void> {
  const children: Promise<unknown>[] = [];
  for await (const sock of server) {
    console.log('addr', sock.peer);
    const child = fork(fileURLToPath(import.meta.url), [CHILD]);
    children.push(once(child, 'exit'));
    // Once it is sent, Node closes this side's copy.
    child.send('talk', sock.detach());
  }
  await Promise.all(children);
}

/** In the child: one connection, then the end. */
async function child(): Promise<void> {
  const [, socket] = (await once(process, 'message')) as [string, Socket | undefined];
  // Undefined, if the client was gone before its connection arrived here.
  if (socket !== undefined) {
    console.log(`another process: ${process.pid !== process.ppid}`);
    await talk(new io.TcpSocket(socket));
  }
  process.disconnect();
}

if (isMain(import.meta)) {
  if (process.argv.includes(CHILD)) await child();
  else {
    await during(serve, async (port) => {
      await Promise.all([say(port, ['hello', 300, 'bye '], 'client 1 '), say(port, [50, 'hello'], 'client 2 ')]);
      await crash(port, 'I crash');
    });
  }
}
