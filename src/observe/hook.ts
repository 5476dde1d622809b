// A command of this machine that is run when a run is over. It does not know what the run came to: that is in what it is given.
import { type ChildProcess, spawn } from 'node:child_process';
import process from 'node:process';
import type { Readable } from 'node:stream';
import { LineGatherer } from '../report/output/host-bytes.ts';
import { HookError } from './errors.ts';

/** From the polite signal to the other. */
const GRACE_MS = 2_000;
/** What it left in the background may hold its output open for ever. */
const LAST_WORDS_MS = 500;
/** What Linux takes for one variable is 128 KiB. */
const LONGEST_VARIABLE = 32 * 1024;

export interface Hook {
  /** For `sh -c`. */
  readonly command: string;
  /** What it is for, in errors: `--on-failure`. */
  readonly name: string;
}

export interface HookOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What it reads from stdin. */
  readonly input: string;
  /** It and what it started are ended then. */
  readonly deadlineMs: number;
  /** Given whole lines of both streams, as they come. */
  readonly show: (text: string) => void;
}

/** Runs it to its end. @returns What went wrong, where something did: no fault of a hook is one of the run. */
export async function runHook({ command, name }: Hook, options: HookOptions): Promise<HookError | undefined> {
  try {
    const { code, signal, isLate } = await run(command, options);
    if (isLate) return new HookError(`${name} took too long, and was ended`, { where: command, fix: 'Give it longer: --hook-timeout 5m' });
    if (code === 0) return undefined;
    const how = signal === null ? `with ${code}` : `by ${signal}`;
    return new HookError(`${name} ended ${how}`, { where: command, fix: 'See what it wrote above' });
  } catch (cause) {
    return new HookError(`${name} cannot be run: ${(cause as Error).message}`, { where: command, fix: 'Check /bin/sh here', cause });
  }
}

async function run(command: string, { cwd, env, input, deadlineMs, show }: HookOptions): Promise<Ending & { readonly isLate: boolean }> {
  // A group of its own, so that all of it can be ended.
  const child = spawn('/bin/sh', ['-c', command], { cwd, env, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  const ended = endOf(child);
  // It may well not read it.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  for (const stream of [child.stdout, child.stderr]) showLines(stream, show);
  let isLate = false;
  const late = setTimeout(() => {
    isLate = true;
    signalGroup(child, 'SIGTERM');
  }, deadlineMs);
  const killed = setTimeout(() => signalGroup(child, 'SIGKILL'), deadlineMs + GRACE_MS);
  try {
    return { ...(await ended), isLate };
  } finally {
    clearTimeout(late);
    clearTimeout(killed);
  }
}

/** Names for a variable: whole ones with commas between, as many as it can hold. */
export function boundedNames(names: readonly string[]): string {
  const taken: string[] = [];
  let length = 0;
  for (const name of names) {
    length += Buffer.byteLength(name) + 1;
    if (length > LONGEST_VARIABLE) break;
    taken.push(name);
  }
  return taken.join(',');
}

interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

async function endOf(child: ChildProcess): Promise<Ending> {
  return await new Promise((resolve, reject) => {
    let lastWords: NodeJS.Timeout | undefined;
    child.on('error', reject);
    child.on('exit', () => {
      lastWords = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, LAST_WORDS_MS);
    });
    child.on('close', (code, signal) => {
      clearTimeout(lastWords);
      resolve({ code, signal });
    });
  });
}

function showLines(stream: Readable, show: (text: string) => void): void {
  const gatherer = new LineGatherer();
  const showIfAny = (bytes: Uint8Array): void => {
    if (bytes.length > 0) show(Buffer.from(bytes).toString());
  };
  stream.on('data', (chunk: Buffer) => showIfAny(gatherer.push(chunk)));
  stream.on('close', () => showIfAny(gatherer.flush()));
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // It is over already.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
