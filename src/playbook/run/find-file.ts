// Files of the controller that tasks and lookups name, where Ansible looks for them. It reads none.
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { TaskError } from '../errors.ts';

/**
 * The places where a name may be, the best first, as ansible 2.14: below each directory first in `subdirectory`, then right there.
 *
 * @param subdirectory - `files`, `templates` or `vars`; not put in front of a name that begins with it.
 */
export function filePlaces(name: string, subdirectory: string, directories: readonly string[]): string[] {
  if (name.startsWith('~')) return [path.join(os.homedir(), name.slice(1))];
  if (path.isAbsolute(name)) return [path.normalize(name)];
  const named = name.split('/')[0] === subdirectory;
  const places = directories.flatMap((directory) => [
    ...(named ? [] : [path.join(directory, subdirectory, name)]),
    path.join(directory, name),
  ]);
  return [...new Set(places)];
}

/** The first place of {@link filePlaces} where there is something. */
export function findFile(name: string, subdirectory: string, directories: readonly string[]): string | undefined {
  return filePlaces(name, subdirectory, directories).find((place) => existsSync(place));
}

/** As {@link findFile}. @throws TaskError FILE_NOT_FOUND with the places that were looked at. */
export function requireFile(name: string, subdirectory: string, directories: readonly string[]): string {
  const found = findFile(name, subdirectory, directories);
  if (found !== undefined) return found;
  throw new TaskError('FILE_NOT_FOUND', `There is no file ${name}`, {
    where: filePlaces(name, subdirectory, directories).join(', '),
    fix: `Check the name; it is looked for in ${subdirectory}/ beside the playbook, and there itself`,
  });
}
