// The machine that templates are evaluated on: its files, users and environment, for the filters and tests that ask about them.
import { lstatSync, readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export interface Machine {
  /** What a path is, links followed unless told otherwise; undefined when there is nothing, or nothing that may be seen. */
  readonly kind: (file: string, of?: 'link itself') => 'file' | 'directory' | 'link' | 'other' | undefined;
  readonly isMount: (file: string) => boolean;
  /** Whether two paths lead to the same file; undefined when there is none. */
  readonly isSame: (file: string, other: string) => boolean | undefined;
  /** Absolute and without links, as far as there is anything. */
  readonly realPath: (file: string) => string;
  /** The names in a directory; none when it cannot be read. */
  readonly list: (directory: string) => readonly string[];
  /** The home of a user; of whoever runs this when none is named. */
  readonly home: (user: string) => string | undefined;
  /** A variable of the environment. */
  readonly variable: (name: string) => string | undefined;
}

/** The machine that runs this process. */
export const thisMachine: Machine = {
  kind: (file, of) => {
    const found = of === undefined ? stat(file) : lstat(file);
    if (found === undefined) return undefined;
    return found.isFile() ? 'file' : found.isDirectory() ? 'directory' : found.isSymbolicLink() ? 'link' : 'other';
  },
  isMount: (file) => {
    const [own, above] = [lstat(file), lstat(path.join(file, '..'))];
    if (own === undefined || above === undefined || own.isSymbolicLink()) return false;
    return own.dev !== above.dev || own.ino === above.ino;
  },
  isSame: (file, other) => {
    const [a, b] = [stat(file), stat(other)];
    return a === undefined || b === undefined ? undefined : a.dev === b.dev && a.ino === b.ino;
  },
  realPath: (file) => {
    const absolute = path.resolve(file);
    // What does not exist stays as it is, behind what does.
    for (let end = absolute; ; end = path.dirname(end)) {
      const real = attempt(() => realpathSync(end));
      if (real !== undefined) return path.join(real, path.relative(end, absolute));
      if (end === path.dirname(end)) return absolute;
    }
  },
  list: (directory) => attempt(() => readdirSync(directory)) ?? [],
  home: (user) => {
    if (user === '') return os.homedir();
    const line = (attempt(() => readFileSync('/etc/passwd', 'utf8')) ?? '').split('\n').find((one) => one.startsWith(`${user}:`));
    return line?.split(':')[5];
  },
  variable: (name) => process.env[name],
};

function stat(file: string): Stats | undefined {
  return attempt(() => statSync(file));
}

function lstat(file: string): Stats | undefined {
  return attempt(() => lstatSync(file));
}

/** Whatever the system says no to is as if it were not there, as Python's os.path has it. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string') return undefined;
    throw error;
  }
}
