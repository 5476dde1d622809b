// Which process writes a journal, and whether it still lives. It does not know what the process does.
import { readFile } from 'node:fs/promises';
import { hostname, uptime } from 'node:os';
import process from 'node:process';

/** A process, told apart from later ones with the same number. */
export interface ProcessIdentity {
  /** The name of its machine: nobody else can say whether it lives. */
  readonly machine: string;
  readonly pid: number;
  /** When it was started, as the kernel counts; undefined where there is no /proc. */
  readonly started?: string | undefined;
}

/** This very process. */
export async function thisProcess(): Promise<ProcessIdentity> {
  return { machine: hostname(), pid: process.pid, started: await startOf(process.pid) };
}

/**
 * Whether a process lives.
 *
 * @param sinceMs - When it is known to have lived; a machine started later has none of its processes.
 * @returns `unknown` for a process of another machine.
 */
export async function lives({ machine, pid, started }: ProcessIdentity, sinceMs: number): Promise<boolean | 'unknown'> {
  if (machine !== hostname()) return 'unknown';
  if (started !== undefined) return started === (await startOf(pid));
  return Date.now() - uptime() * 1_000 <= sinceMs && isTaken(pid);
}

/** The boot and the tick of it, as in proc(5); both change when a number is given again. */
async function startOf(pid: number): Promise<string | undefined> {
  const read = async (file: string): Promise<string | undefined> => await readFile(file, 'utf8').catch(ifAbsent);
  const [boot, stat] = await Promise.all([read('/proc/sys/kernel/random/boot_id'), read(`/proc/${pid}/stat`)]);
  if (boot === undefined || stat === undefined) return undefined;
  // The second field is the name of the program, in brackets, and may hold blanks and brackets itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? undefined : `${boot.trim()}:${fields[19]}`;
}

function ifAbsent(error: NodeJS.ErrnoException): undefined {
  if (['ENOENT', 'ESRCH', 'EACCES', 'ENOTDIR'].includes(error.code ?? '')) return undefined;
  throw error;
}

function isTaken(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process is one too.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
