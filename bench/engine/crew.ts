// A Redis and workers, each a process of its own, for as long as something is measured. It does not know what.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cpuSecondsOf } from '../fleet/sessions.ts';

const MAIN = path.resolve(import.meta.dirname, '../../../dist/cli/main.js');
const PORT = 16_379;
const ADDRESS = `redis://127.0.0.1:${PORT}`;

export class BenchCrew implements AsyncDisposable {
  readonly workers: readonly ChildProcess[];
  /** What hands a run to it. */
  readonly flags: readonly string[];
  readonly #redis: ChildProcess;

  private constructor(redis: ChildProcess, workers: readonly ChildProcess[], key: string) {
    this.#redis = redis;
    this.workers = workers;
    this.flags = ['--engine', ADDRESS, '--engine-key-file', key];
  }

  /** @param directory - Where playbooks may lie, and the key is kept. */
  static async start(size: number, directory: string, lease = '15s'): Promise<BenchCrew> {
    const redis = spawn('redis-server', ['--port', String(PORT), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], {
      stdio: 'ignore',
    });
    const key = path.join(directory, `key-${size}-${lease}`);
    await once(spawn(process.execPath, [MAIN, 'worker', '--new-key', key], { stdio: 'ignore' }), 'close');
    await delay(500);
    const words = ['worker', ADDRESS, '--engine-key-file', key, '--allow', '/', '--lease', lease, '--config', 'none'];
    const workers = Array.from({ length: size }, () => spawn(process.execPath, [MAIN, ...words], { stdio: ['ignore', 'pipe', 'inherit'] }));
    await Promise.all(workers.map(async (worker) => await once(worker.stdout, 'data')));
    return new BenchCrew(redis, workers, key);
  }

  /** CPU so far: of each worker, and of Redis. */
  cpuSeconds(): { readonly workers: readonly number[]; readonly redis: number } {
    return { workers: this.workers.map(({ pid = 0 }) => cpuSecondsOf(pid)), redis: cpuSecondsOf(this.#redis.pid ?? 0) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of [...this.workers, this.#redis]) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const gone = once(child, 'close');
      child.stdout?.resume();
      child.kill('SIGKILL');
      await gone;
    }
  }
}
