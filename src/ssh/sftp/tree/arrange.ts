// What is to be done for a tree where something is already: compared name by name, without asking for each. It changes nothing.
import { type FileAttributes, type FileKind, kindOf } from '../attributes.ts';
import { SftpError } from '../errors.ts';
import { inLanes } from '../lanes.ts';
import type { Lister } from '../lister.ts';
import { joined } from '../names.ts';
import type { FaultList } from './faults.ts';
import type { TreeEntry, TreeLink, TreePlan } from './plan.ts';
import type { Removal } from './removals.ts';

/** What is to be done, in groups that may be done one after the other. */
export interface Arrangement {
  /** To make, by depth. */
  readonly directories: readonly (readonly TreeEntry[])[];
  /** There already. */
  readonly present: readonly TreeEntry[];
  readonly files: readonly TreeEntry[];
  readonly links: readonly TreeLink[];
  /** Files whose content is the same already, to get another mode. */
  readonly modes: readonly TreeEntry[];
  /** What is in the way of nothing, but not in the tree; to remove. */
  readonly removals: readonly Removal[];
  /** Files that are the same already, and need nothing. */
  readonly unchanged: number;
  /** Everything that is in the target, as far as directories of the tree are there. */
  readonly existing: ReadonlyMap<string, FileAttributes>;
}

const DIRECTORIES_AT_ONCE = 16;

/** For a target that is not there yet: everything. */
export function arrangeFresh(plan: TreePlan): Arrangement {
  const { files, links } = plan;
  return { directories: byDepth(plan.directories), present: [], files, links, modes: [], removals: [], unchanged: 0, existing: new Map() };
}

/**
 * For a target directory that is there. A directory of the tree goes into one of its name; a link there is never walked through.
 *
 * Faults: ENOTDIR where a directory would replace something else, EISDIR where something else would replace a directory.
 */
export async function arrangeMerge(plan: TreePlan, lister: Lister, to: string, faults: FaultList): Promise<Arrangement> {
  const there = new Map<string, FileAttributes>();
  const look = async (directory: string): Promise<void> => {
    for await (const batch of lister.list(joined(to, directory))) {
      for (const { name, attributes } of batch) there.set(joined(directory, name), attributes);
    }
  };
  const kindAt = (path: string): FileKind | undefined => {
    const found = there.get(path);
    return found === undefined ? undefined : kindOf(found);
  };
  await look('');
  const lost = new Set<string>();
  const present: TreeEntry[] = [];
  const missing: TreeEntry[] = [];
  for (const level of byDepth(plan.directories)) {
    await inLanes(level, DIRECTORIES_AT_ONCE, async (directory) => {
      const { path } = directory;
      const kind = kindAt(path);
      if (isBelow(path, lost)) return;
      if (kind === undefined) missing.push(directory);
      else if (kind !== 'directory') {
        lost.add(path);
        faults.add(path, inTheWay('ENOTDIR', joined(to, path), 'is not a directory'));
      } else if (await faults.guard(path, async () => await look(path))) present.push(directory);
      else lost.add(path);
    });
  }
  const isFree = ({ path }: { readonly path: string }): boolean => {
    if (isBelow(path, lost)) return false;
    if (kindAt(path) !== 'directory') return true;
    faults.add(path, inTheWay('EISDIR', joined(to, path), 'is a directory'));
    return false;
  };
  const [files, links] = [plan.files.filter(isFree), plan.links.filter(isFree)];
  return { directories: byDepth(missing), present, files, links, modes: [], removals: [], unchanged: 0, existing: there };
}

/** Whether a path is one of some directories, or below one. */
export function isBelow(path: string, directories: ReadonlySet<string>): boolean {
  if (directories.size === 0) return false;
  for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) if (directories.has(path.slice(0, end))) return true;
  return false;
}

function byDepth(directories: readonly TreeEntry[]): TreeEntry[][] {
  const levels: TreeEntry[][] = [];
  for (const directory of directories) {
    const depth = directory.path.split('/').length - 1;
    const level = levels[depth] ?? [];
    levels[depth] = level;
    level.push(directory);
  }
  return levels.filter((level) => level !== undefined);
}

function inTheWay(code: 'ENOTDIR' | 'EISDIR', where: string, what: string): SftpError {
  return new SftpError(code, `${where} is there already, and ${what}`, { where, fix: 'Remove it, or leave it out (exclude)' });
}
