// What a worker may play: files under the directories that it was given. It does not know what is in them.
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { EngineError } from './errors.ts';

/** Directories, as they really are. @throws EngineError `ENGINE_NOT_ALLOWED` where one is not there. */
export async function realRoots(directories: readonly string[]): Promise<string[]> {
  return await Promise.all(directories.map(async (directory) => await real(directory, '--allow')));
}

/**
 * Refuses what lies elsewhere, wherever links lead.
 *
 * @param roots - As {@link realRoots} gives them.
 * @throws EngineError `ENGINE_NOT_ALLOWED`, also for what is not there.
 */
export async function checkPaths(paths: readonly string[], roots: readonly string[], worker: string): Promise<void> {
  for (const given of paths) {
    const file = await real(given, worker);
    if (roots.some((root) => file === root || file.startsWith(root.endsWith(path.sep) ? root : root + path.sep))) continue;
    throw new EngineError('ENGINE_NOT_ALLOWED', `The worker ${worker} may not play ${given}`, {
      where: given === file ? file : `${given} -> ${file}`,
      fix:
        roots.length === 0
          ? 'Start the workers with --allow <directory>'
          : `It may play what is under ${roots.join(', ')}; more with --allow`,
    });
  }
}

async function real(file: string, where: string): Promise<string> {
  try {
    return await realpath(file);
  } catch (cause) {
    throw new EngineError('ENGINE_NOT_ALLOWED', `${file} is not there: ${(cause as Error).message}`, {
      where,
      fix: 'Workers play their own copies of the files: put them at the same path on every worker',
      cause,
    });
  }
}
