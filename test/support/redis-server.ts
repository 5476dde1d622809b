// A redis-server of its own for a test: on a free port of loopback, in a directory of its own. It does not know what is kept there.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findProgram } from './real.ts';

const START_MS = 10_000;

export class RedisServer implements AsyncDisposable {
  readonly address: string;
  readonly port: number;
  readonly #directory: string;
  readonly #isLasting: boolean;
  #child: ChildProcess | undefined;

  private constructor(port: number, directory: string, isLasting: boolean) {
    this.port = port;
    this.address = `redis://127.0.0.1:${port}`;
    this.#directory = directory;
    this.#isLasting = isLasting;
  }

  /** @param isLasting - Whether it knows after a restart what it knew before. Default no. */
  static async start(isLasting = false): Promise<RedisServer> {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-redis-'));
    const server = new RedisServer(await freePort(), directory, isLasting);
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    const lasting = this.#isLasting ? ['--appendonly', 'yes', '--appendfsync', 'always'] : ['--appendonly', 'no'];
    const words = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#directory, '--save', '', ...lasting];
    this.#child = spawn(findProgram('redis-server') ?? 'redis-server', words, { stdio: 'ignore' });
    const until = Date.now() + START_MS;
    while (!(await answers(this.port))) {
      if (Date.now() > until) throw new Error('redis-server does not start');
      await delay(20);
    }
  }

  /** Ends it at once. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  return await new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

async function answers(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1', () => socket.write('PING\r\n'));
    const end = (is: boolean): void => {
      socket.destroy();
      resolve(is);
    };
    socket.once('data', (data) => end(data.toString().startsWith('+PONG')));
    socket.once('error', () => end(false));
  });
}
