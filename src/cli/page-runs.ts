// Runs that the page has started: this same program, each as a process of its own. It does not know what the page is.
import { spawn } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { StartedRun } from '../ui/start-run.ts';
import type { Context } from './context.ts';

const MAIN = fileURLToPath(new URL('main.js', import.meta.url));
/** What is kept of what a run complains of: its end. */
const KEPT_CHARACTERS = 8_192;

export class PageRuns implements AsyncDisposable {
  readonly #context: Pick<Context, 'cwd' | 'env'>;
  readonly #running = new Map<number, Promise<unknown>>();

  constructor(context: Pick<Context, 'cwd' | 'env'>) {
    this.#context = context;
  }

  /** Starts a run without a shell and without anybody to ask. */
  readonly start = (argv: readonly string[]): StartedRun => {
    const { cwd, env } = this.#context;
    // In a group of its own: Ctrl-C at the page's terminal would else reach it twice, and the second means at once.
    const child = spawn(process.execPath, [MAIN, ...argv], { cwd, env, stdio: ['ignore', 'ignore', 'pipe'], detached: true });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-KEPT_CHARACTERS);
    });
    const ended = new Promise<{ exitCode: number | null; stderr: string }>((resolve) => {
      child.on('error', (error) => resolve({ exitCode: null, stderr: error.message }));
      child.on('close', (exitCode) => resolve({ exitCode, stderr }));
    });
    // Without a pid it has never run, and the error says why.
    const pid = child.pid ?? 0;
    this.#running.set(
      pid,
      ended.then(() => this.#running.delete(pid)),
    );
    return { pid, ended };
  };

  /** Stops what still runs in order, as Ctrl-C does, and waits for its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const pid of this.#running.keys()) if (pid > 0) process.kill(pid, 'SIGTERM');
    await Promise.all(this.#running.values());
  }
}
