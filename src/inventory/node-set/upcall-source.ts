// Groups that commands of the site know: ClusterShell's upcalls. It runs them with a deadline, and does not know where they are written.
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { NodeSetError } from '../../base/node-set/errors.ts';
import { parseNodeSet } from '../../base/node-set/read.ts';
import type { GroupSource } from './group-source.ts';

const TIMEOUT_MS = 30_000;
/** What a shell, or a program it hands the word to, could read as anything but a name. */
const SAFE = /^[\p{L}\p{N}_.:+=~][\p{L}\p{N}_.:+=~-]*$/u;

/** The commands of a source, with `$GROUP`, `$SOURCE` and `$CFGDIR` in them. */
export interface Upcalls {
  readonly map: string;
  readonly all?: string | undefined;
  readonly list?: string | undefined;
}

export interface UpcallOptions {
  /** Where the commands run, and what `$CFGDIR` is. */
  readonly directory: string;
  /** How long each may take. Default: 30 s. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A source that asks commands, each question once.
 *
 * Unlike ClusterShell, names that a shell could read as more than a name are refused: they are put into the command as they are.
 */
export function upcallSource(name: string, upcalls: Upcalls, options: UpcallOptions): GroupSource {
  const answers = new Map<string, Promise<string>>();
  const ask = async (command: string, group = ''): Promise<string> => {
    const line = substitute(command, { GROUP: group, SOURCE: name, CFGDIR: options.directory });
    const answer = answers.get(line) ?? runUpcall(name, line, options);
    answers.set(line, answer);
    return await answer;
  };
  const { map, all, list } = upcalls;
  return {
    name,
    nodes: async (group) => {
      if (!SAFE.test(group))
        throw new NodeSetError('NODE_SET_GROUP', `\`${group}\` is no name for a command`, {
          where: `@${name}:${group}`,
          fix: 'Names of groups of commands are letters, digits and _ . : + = ~ -, not - in front',
        });
      const nodes = await ask(map, group);
      // Many commands print nothing for a group that is not there.
      const isUnknown = nodes === '' && list !== undefined && !parseNodeSet(await ask(list)).has(group);
      return isUnknown ? undefined : nodes;
    },
    all: async () => (all === undefined ? undefined : await ask(all)),
    groups: async () => (list === undefined ? undefined : await ask(list)),
  };
}

/** As CPython 3.11's `string.Template.safe_substitute`. */
export function substitute(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\$(?:(\$)|(\w+)|\{(\w+)\})/g, (whole, dollar?: string, plain?: string, braced?: string) => {
    if (dollar !== undefined) return '$';
    const name = plain ?? braced ?? '';
    return Object.hasOwn(values, name) ? (values[name] ?? '') : whole;
  });
}

/** What a command prints, its words as one node set. */
async function runUpcall(source: string, line: string, { directory, timeoutMs = TIMEOUT_MS, signal }: UpcallOptions): Promise<string> {
  const fail = (message: string, cause?: unknown): NodeSetError =>
    new NodeSetError('NODE_SET_SOURCE', `The group source ${source} failed: ${message}`, {
      where: line,
      fix: `Run the command by hand in ${directory}`,
      cause,
    });
  signal?.throwIfAborted();
  // A group of its own, so that the end comes for all commands of a pipe.
  const child = spawn('/bin/sh', ['-c', line], { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const deadline = AbortSignal.timeout(timeoutMs);
  const over = signal === undefined ? deadline : AbortSignal.any([deadline, signal]);
  const end = (): void => killGroup(child.pid);
  over.addEventListener('abort', end);
  try {
    const exited = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
    const [code, printed, complained] = await Promise.all([exited, text(child.stdout), text(child.stderr)]);
    signal?.throwIfAborted();
    if (deadline.aborted) throw fail(`no answer within ${timeoutMs} ms`);
    if (code !== 0) throw fail(complained.trim().split('\n').at(-1) || `exit status ${code}`);
    return printed.trim().split(/\s+/).join();
  } catch (error) {
    if (error instanceof NodeSetError || signal?.aborted === true) throw error;
    throw fail(error instanceof Error ? error.message : String(error), error);
  } finally {
    over.removeEventListener('abort', end);
  }
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // All of it has ended by itself.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
