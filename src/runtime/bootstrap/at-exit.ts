// What is done when this process ends, and how its main module is known. It does not know what there is to do.
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const last = new Set<() => void>();

/** Calls back when the process ends, at the very end, when nothing can be awaited any more. @returns What forgets it. */
export function atExit(callback: () => void): () => void {
  if (last.size === 0) process.on('exit', runAll);
  last.add(callback);
  return () => last.delete(callback);
}

/** Whether a module is the program, rather than a part of one. As CPython's `__name__ == '__main__'`. */
export function isMain(module: { readonly url: string }): boolean {
  const [, program] = process.argv;
  return program !== undefined && realpathOf(program) === fileURLToPath(module.url);
}

function runAll(): void {
  for (const callback of last) callback();
}

function realpathOf(file: string): string {
  try {
    return realpathSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return file;
    throw error;
  }
}
