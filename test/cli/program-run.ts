// The built program as a child process, for the tests of verbs. It does not know what they ask of it.
import { spawn } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';

const MAIN = path.resolve(import.meta.dirname, '../../../dist/cli/main.js');
/** Nothing of the machine the tests run on reaches the program, but the way to sh. */
const PLAIN_ENVIRONMENT = { PATH: process.env.PATH ?? '', HOME: '/dev/null', NO_COLOR: '1' };

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}
export interface CallOptions {
  readonly cwd?: string;
  /** What it reads from stdin. Default nothing. */
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called with all of stdout so far, and a way to send a signal. */
  readonly onStdout?: (text: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** Runs `sshoal` to its end. */
export async function sshoal(words: readonly string[], { cwd, env = {}, input, onStdout }: CallOptions = {}): Promise<Finished> {
  return await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, ...words], {
      cwd,
      env: { ...PLAIN_ENVIRONMENT, ...env },
      stdio: 'pipe',
    });
    child.stdin.end(input ?? '');
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      onStdout?.(stdout, (signal) => child.kill(signal));
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}
