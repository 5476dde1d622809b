// Where the program keeps what it shall know next time, as the XDG Base Directory Specification says. It does not know what that is.
import { statSync } from 'node:fs';
import path from 'node:path';
import type { Environment } from './context.ts';

/** `$XDG_STATE_HOME/sshoal`, or `~/.local/state/sshoal`; undefined where there is no home. */
export function stateDirectory(env: Environment): string | undefined {
  const state = env.XDG_STATE_HOME ?? '';
  // The specification: a path that is not absolute is to be ignored.
  if (path.isAbsolute(state)) return path.join(state, 'sshoal');
  const home = homeOf(env);
  return path.isAbsolute(home) ? path.join(home, '.local', 'state', 'sshoal') : undefined;
}

/** Where the journals of runs are; undefined also for users without a real home, such as those of daemons with /nonexistent. */
export function runsDirectory(env: Environment): string | undefined {
  const state = stateDirectory(env);
  if (state === undefined) return undefined;
  const isOwn = path.isAbsolute(env.XDG_STATE_HOME ?? '') || statSync(homeOf(env), { throwIfNoEntry: false })?.isDirectory() === true;
  return isOwn ? path.join(state, 'runs') : undefined;
}

function homeOf(env: Environment): string {
  return env.HOME ?? env.USERPROFILE ?? '';
}
