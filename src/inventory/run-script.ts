// Runs a program of the person at the keyboard and takes what it prints. It does not know what the answer means.
import { spawn } from 'node:child_process';
import process from 'node:process';

const MOST_STDOUT = 256 * 1024 * 1024;
const MOST_STDERR = 16 * 1024;

export interface ScriptOptions {
  readonly timeoutMs: number;
  /** Whether it may ask the person: it shares the terminal and its stderr is shown, not kept. Default false. */
  readonly interactive?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** How a script ended. */
export type ScriptEnd =
  | { readonly kind: 'exited'; readonly code: number; readonly stdout: Buffer; readonly stderr: string }
  /** It could not be started, was killed, took too long or said too much. */
  | { readonly kind: 'failed'; readonly message: string; readonly stderr: string; readonly cause?: unknown };

/**
 * Runs a program without a shell, to its end or its deadline; then it and all it started are ended.
 *
 * @returns Never rejects: how it ended is the answer.
 */
export async function runScript(file: string, args: readonly string[], options: ScriptOptions): Promise<ScriptEnd> {
  const { timeoutMs, interactive = false, signal } = options;
  // A group of its own dies as a whole. Who asks the person must stay in ours, or the terminal is not its own.
  const ownGroup = !interactive && process.platform !== 'win32';
  return await new Promise((resolve) => {
    const child = spawn(file, [...args], {
      detached: ownGroup,
      stdio: interactive ? ['inherit', 'pipe', 'inherit'] : ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    const stdout: Buffer[] = [];
    let size = 0;
    let stderr = '';
    let failure: string | undefined;
    const end = (message: string): void => {
      failure ??= message;
      killAll(child.pid, ownGroup);
      child.stdout?.destroy();
      child.stderr?.destroy();
    };
    const timer = setTimeout(() => end(`it did not end within ${timeoutMs / 1_000} s`), timeoutMs);
    const onAbort = (): void => end('it was interrupted');
    if (signal?.aborted === true) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
    const settle = (ended: ScriptEnd): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      resolve(ended);
    };
    child.stdout?.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MOST_STDOUT) end(`it printed more than ${MOST_STDOUT / 1024 / 1024} MiB`);
      else stdout.push(chunk);
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-MOST_STDERR);
    });
    child.on('error', (cause) => settle({ kind: 'failed', message: cause.message, stderr, cause }));
    child.on('close', (code, killedBy) => {
      const trimmed = stderr.trim();
      if (failure !== undefined || code === null)
        settle({ kind: 'failed', message: failure ?? `it was killed by ${killedBy}`, stderr: trimmed });
      else settle({ kind: 'exited', code, stdout: Buffer.concat(stdout), stderr: trimmed });
    });
  });
}

function killAll(pid: number | undefined, isGroup: boolean): void {
  if (pid === undefined) return;
  try {
    process.kill(isGroup ? -pid : pid, 'SIGKILL');
  } catch (error) {
    // It ended in this very moment.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
