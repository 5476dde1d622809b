// Which directories of modules a call means: those beside its playbooks, then those of --library. It does not know what is in them.
import path from 'node:path';
import { libraryDirectories, ModuleSpace } from '../modules/library/module-space.ts';
import type { Context } from './context.ts';
import type { Flags } from './flags.ts';

/** The modules that playbooks can name. */
export async function modulesBeside(playbooks: readonly string[], flags: Flags, context: Context): Promise<ModuleSpace> {
  const directories = playbooks.map((file) => path.dirname(path.resolve(context.cwd, file)));
  return await ModuleSpace.load(await libraryDirectories(directories, directoriesOf(flags, context)));
}

/** The directories of `--library`, a list with colons being several, as Ansible's --module-path. */
export function directoriesOf(flags: Flags, { cwd }: Context): string[] {
  return flags.library
    .flatMap((given) => given.split(path.delimiter))
    .filter((directory) => directory !== '')
    .map((directory) => path.resolve(cwd, directory));
}
