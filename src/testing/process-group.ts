// Commands as process groups that can be ended whole, and found again by a mark in their environment. It does not know who ran them.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const MARK = 'SSHOAL_EMBEDDED';

export interface CommandOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** By which {@link endMarked} finds what left its group: a daemon, a job of an interactive shell. */
  readonly mark: string;
}

/** One command with all it starts, as long as that stays in its group. */
export class ProcessGroup {
  readonly child: ChildProcessWithoutNullStreams;

  constructor(argv: readonly [string, ...string[]], { cwd, env, mark }: CommandOptions) {
    const [program, ...args] = argv;
    this.child = spawn(program, args, { cwd, env: { ...env, [MARK]: mark }, detached: true, stdio: 'pipe' });
  }

  /**
   * @param name - `SIGTERM`; 0 only looks.
   * @returns False where nobody of the group is left, or the signal is unknown here.
   */
  signal(name: string | 0): boolean {
    const { pid } = this.child;
    if (pid === undefined) return false;
    try {
      return process.kill(-pid, name as NodeJS.Signals | 0);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ESRCH' || code === 'EPERM' || code === 'ERR_UNKNOWN_SIGNAL') return false;
      throw error;
    }
  }

  /** Ends all of it, and leaves its output, which a process that left the group may still hold open. */
  end(): void {
    this.signal('SIGKILL');
    for (const stream of this.child.stdio) stream?.destroy();
  }

  /** Whether anyone of the group is left. */
  get alive(): boolean {
    return this.signal(0);
  }

  /** Whether the command itself has not ended. */
  get running(): boolean {
    return this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }
}

/**
 * Ends every process that carries one of the marks, and its children, until none is left.
 *
 * It looks into /proc, so it finds nothing where there is none; there only the groups themselves are ended.
 */
export async function endMarked(marks: ReadonlySet<string>): Promise<void> {
  // A process may start another between being seen and being ended: so it is looked again, until all is quiet.
  for (let round = 0; round < 20; round++) {
    const pids = await marked(marks);
    if (pids.length === 0) return;
    for (const pid of pids) endProcess(pid);
    await sleep(10);
  }
}

async function marked(marks: ReadonlySet<string>): Promise<number[]> {
  const entries = await readdir('/proc').catch(() => []);
  const pids = entries.filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(pids.map(async (pid) => marks.has(await markOf(pid))));
  return pids.filter((_, index) => found[index]);
}

async function markOf(pid: number): Promise<string> {
  // Gone by now, or another user's: in both cases none of ours.
  const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
  const mark = environment.split('\0').find((line) => line.startsWith(`${MARK}=`));
  return mark?.slice(MARK.length + 1) ?? '';
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
