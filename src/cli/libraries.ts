// Which directories of roles and modules a call means: those beside its playbooks, the usual ones, those of --library. It reads none.
import path from 'node:path';
import { libraryDirectories, ModuleSpace } from '../modules/library/module-space.ts';
import type { Context } from './context.ts';
import type { Flags } from './flags.ts';
import { rolesPath } from './roles-path.ts';

/** The modules that playbooks can name. */
export async function modulesBeside(playbooks: readonly string[], flags: Flags, context: Context): Promise<ModuleSpace> {
  const directories = playbooks.map((file) => path.dirname(path.resolve(context.cwd, file)));
  const further = directoriesOf(flags, context);
  return await ModuleSpace.load(await libraryDirectories(directories, { rolesPath: rolesPath(flags), further }));
}

/** The directories of `--library`, a list with colons being several, as Ansible's --module-path. */
export function directoriesOf(flags: Flags, { cwd }: Context): string[] {
  return flags.library
    .flatMap((given) => given.split(path.delimiter))
    .filter((directory) => directory !== '')
    .map((directory) => path.resolve(cwd, directory));
}
