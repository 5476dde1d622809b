// Workers in processes of their own, with a Redis, a key and hosts, for the tests of what happens when one of them is lost.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { writeKeyFile } from '#src/engine/seal';
import { EmbeddedFleet } from '#src/testing/embedded-fleet';
import { type Finished, sshoal } from '../cli/program-run.ts';
import { RedisServer } from '../support/redis-server.ts';

const MAIN = path.resolve(import.meta.dirname, '../../../dist/cli/main.js');
const START_MS = 20_000;

/** One worker. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  said = '';

  constructor(child: ChildProcess) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.said += text;
      });
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Waits until it has said something. */
  async says(text: string): Promise<void> {
    await until(() => this.said.includes(text), `a worker that says ${text}; it said ${this.said}`);
  }

  /** Ends it, however it stands, and waits for it. @returns Its exit code; null after SIGKILL. */
  async end(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> {
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null) return exitCode;
    const ended = new Promise<number | null>((resolve) => this.#child.once('close', resolve));
    this.#child.kill(signal);
    return await ended;
  }
}

export class Crew implements AsyncDisposable {
  readonly directory: string;
  readonly redis: RedisServer;
  readonly fleet: EmbeddedFleet;
  readonly workers: WorkerProcess[] = [];

  readonly #lease: string;

  private constructor(directory: string, redis: RedisServer, fleet: EmbeddedFleet, lease: string) {
    this.directory = directory;
    this.redis = redis;
    this.fleet = fleet;
    this.#lease = lease;
  }

  /** @param lease - Short where a worker is to be lost; long where none must be, however busy this machine is. Default 1s. */
  static async start(workers: number, { hosts = 4, isLasting = false, lease = '1s' } = {}): Promise<Crew> {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-crew-'));
    const crew = new Crew(directory, await RedisServer.start(isLasting), await EmbeddedFleet.start({ hosts }), lease);
    await writeKeyFile(path.join(directory, 'key'));
    await writeFile(path.join(directory, 'hosts.ini'), crew.fleet.inventory);
    await Promise.all(Array.from({ length: workers }, async () => await crew.hire()));
    return crew;
  }

  /** What every call needs to be done by the crew. */
  get flags(): string[] {
    return ['--engine', this.redis.address, '--engine-key-file', 'key'];
  }

  /** Another worker; it is ready when the promise is kept. */
  async hire(): Promise<WorkerProcess> {
    const words = ['worker', this.redis.address, '--engine-key-file', 'key', '--allow', this.directory, '--lease', this.#lease];
    const worker = new WorkerProcess(spawn(process.execPath, [MAIN, ...words], { cwd: this.directory, env: this.#env, stdio: 'pipe' }));
    this.workers.push(worker);
    await worker.says('works for');
    return worker;
  }

  /** Runs sshoal with an inventory of the hosts. */
  async call(
    verb: string,
    words: readonly string[],
    onStdout?: (text: string, kill: (signal: NodeJS.Signals) => void) => void,
  ): Promise<Finished> {
    const inventory = verb === 'attach' ? [] : ['-i', 'hosts.ini'];
    return await sshoal([verb, ...inventory, ...this.flags, ...words], {
      cwd: this.directory,
      env: this.#env,
      ...(onStdout && { onStdout }),
    });
  }

  async write(name: string, text: string): Promise<void> {
    await writeFile(path.join(this.directory, name), text);
  }

  /** Who coordinates, and somebody who does not, once a run has been taken. */
  async roles(): Promise<{ coordinator: WorkerProcess; other: WorkerProcess }> {
    const isCoordinator = ({ said }: WorkerProcess): boolean => said.includes('coordinates');
    await until(() => this.workers.some(isCoordinator), 'a coordinator');
    const [coordinator, other] = [this.workers.find(isCoordinator), this.workers.find((worker) => !isCoordinator(worker))];
    return { coordinator: coordinator as WorkerProcess, other: other as WorkerProcess };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.workers.map(async (worker) => await worker.end()));
    await this.redis[Symbol.asyncDispose]();
    await this.fleet.stop();
    await rm(this.directory, { recursive: true, force: true });
  }

  get #env(): Record<string, string> {
    return { PATH: process.env.PATH ?? '', HOME: '/dev/null', XDG_STATE_HOME: path.join(this.directory, 'state'), NO_COLOR: '1' };
  }
}

/** Waits for what must come. */
export async function until(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const untilMs = Date.now() + START_MS;
  while (!(await isSo())) {
    if (Date.now() > untilMs) throw new Error(`There is no ${what}`);
    await delay(20);
  }
}
