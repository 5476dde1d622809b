// Child processes that lead a group of their own: how they begin and end. It does not know what they do.
import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';

/** @throws Error of the system when it could not be started. */
export async function spawned(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
}

/** Only then its number is certainly its own. */
export function isRunning({ pid, exitCode, signalCode }: ChildProcess): boolean {
  return pid !== undefined && exitCode === null && signalCode === null;
}

/** @returns Its exit code; null where a signal ended it. */
export async function endOf(child: ChildProcess): Promise<number | null> {
  if (!isRunning(child)) return child.exitCode;
  return await new Promise((resolve) => {
    child.once('exit', resolve);
    child.once('error', () => resolve(null));
  });
}

export async function streamEnd(stream: Readable): Promise<void> {
  if (stream.readableEnded || stream.destroyed) return;
  await new Promise<void>((resolve) => stream.once('end', resolve).once('close', resolve));
}

/** Signals a process started with `detached`, and all that it started. */
export function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // EPERM is what macOS says of a group whose processes have all ended.
    if (!(error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM'))) throw error;
  }
}
