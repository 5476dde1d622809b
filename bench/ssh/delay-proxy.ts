// A TCP proxy that delivers every byte later than it came, as a long line does: `node delay-proxy.js PORT ONE_WAY_MS`.
//
// It does not bound how many bytes are on their way, and prints its own port.
import { spawn } from 'node:child_process';
import net from 'node:net';

/** Starts a program of node that prints one line first. */
export function startChild(words: readonly string[]): { readonly line: Promise<string>; readonly stop: () => void } {
  const child = spawn(process.execPath, [...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
    child.once('exit', () => reject(new Error('The proxy has ended')));
  });
  return { line, stop: () => void child.kill() };
}

function listen(targetPort: number, oneWayMs: number): void {
  const server = net.createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
    const far = net.connect({ port: targetPort, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    for (const socket of [near, far]) socket.on('error', () => socket.destroy());
    late(near, far, oneWayMs);
    late(far, near, oneWayMs);
  });
  server.listen(0, '127.0.0.1', () => console.log((server.address() as net.AddressInfo).port));
}

function late(from: net.Socket, to: net.Socket, delayMs: number): void {
  from.on('data', (chunk) => void setTimeout(() => to.writable && to.write(chunk), delayMs));
  from.on('end', () => void setTimeout(() => to.end(), delayMs));
  from.on('close', () => void setTimeout(() => to.destroy(), delayMs));
}

const [target, delay] = process.argv.slice(2);
if (process.argv[1]?.endsWith('delay-proxy.js') === true) listen(Number(target), Number(delay));
