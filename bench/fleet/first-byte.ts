// From the start of the program to its first byte on the wire: `node build/bench/fleet/first-byte.js [ROUNDS]`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';

const MAIN = path.resolve(import.meta.dirname, '../../../dist/cli/main.js');
const rounds = Number(process.argv[2] ?? 15);

async function firstByte(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  const startedMs = performance.now();
  const child = spawn(
    process.execPath,
    [MAIN, 'run', 'there', '-i', 'there,', '-e', 'ansible_host=127.0.0.1', '-e', `ansible_port=${port}`, '--', 'true'],
    {
      stdio: 'ignore',
    },
  );
  const [socket] = (await once(server, 'connection')) as [net.Socket];
  await once(socket, 'data');
  const tookMs = performance.now() - startedMs;
  socket.destroy();
  server.close();
  await once(child, 'exit');
  return tookMs;
}

const times: number[] = [];
for (let i = 0; i < rounds; i++) times.push(await firstByte());
times.sort((a, b) => a - b);
console.log(
  `start to first byte on the wire: ${times[0]?.toFixed(0)} ms at best, ${times[times.length >> 1]?.toFixed(0)} ms in the middle of ${rounds}`,
);
