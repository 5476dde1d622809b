// The flags of put and get for whole directories. It does not know how a directory is copied.
import type { TreeSettings } from '../fleet/events.ts';
import { UsageError } from './errors.ts';
import type { FlagName, Flags } from './flags.ts';

/** What put and get take besides. */
export const TREE_FLAGS = [
  'recursive',
  'preserve',
  'include',
  'exclude',
  'links',
  'via',
  'dryRun',
  'keepGoing',
] as const satisfies readonly FlagName[];

/**
 * How a directory is to be copied.
 *
 * @returns Undefined without `--recursive`: one file.
 * @throws UsageError `BAD_FLAG` on a flag that means nothing with, or without, `--recursive`.
 */
export function treeSettings(flags: Flags): TreeSettings | undefined {
  const { recursive, preserve, include, exclude, links, via, dryRun, keepGoing, mode } = flags;
  if (recursive) {
    if (mode !== undefined) throw meaningless('--mode', 'with', 'Leave it out; --preserve keeps the modes there are');
    return { preserve, include, exclude, links, via, dryRun, onError: keepGoing ? 'collect' : 'stop' };
  }
  const given: Readonly<Record<string, boolean>> = {
    '--preserve': preserve,
    '--include': include.length > 0,
    '--exclude': exclude.length > 0,
    '--links': links !== undefined,
    '--via': via !== undefined,
    '--dry-run': dryRun,
    '--keep-going': keepGoing,
  };
  const first = Object.keys(given).find((name) => given[name] === true);
  if (first !== undefined) throw meaningless(first, 'without', 'Add --recursive for a directory');
  return undefined;
}

function meaningless(name: string, how: 'with' | 'without', fix: string): UsageError {
  return new UsageError('BAD_FLAG', `${name} means nothing ${how} --recursive`, { where: name, fix });
}
