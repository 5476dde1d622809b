// What node has compiled of this program, kept for its next start. It does not know what that is, nor whether it helps.
import module from 'node:module';
import path from 'node:path';
import type { Environment } from './context.ts';

/** Of node from 22.8; older ones compile anew at every start. */
const { enableCompileCache } = module as { readonly enableCompileCache?: (directory: string) => unknown };

/**
 * Keeps it under `$XDG_CACHE_HOME/sshoal`, or `~/.cache/sshoal`: never where others may write, as code is read from there. What
 * cannot be kept is compiled anew, and said to nobody. `NODE_DISABLE_COMPILE_CACHE=1` keeps nothing.
 */
export function keepCompiled(env: Environment): void {
  const directory = cacheDirectory(env);
  if (directory !== undefined) enableCompileCache?.(path.join(directory, 'compiled'));
}

function cacheDirectory({ XDG_CACHE_HOME: cache = '', HOME: home = '' }: Environment): string | undefined {
  if (path.isAbsolute(cache)) return path.join(cache, 'sshoal');
  return path.isAbsolute(home) ? path.join(home, '.cache', 'sshoal') : undefined;
}
