// Everything of a tree that shall be copied, found before anything is. It does not know which machine the tree is on, nor where it goes.
import { SshoalError } from '../../../base/errors.ts';
import type { FileAttributes } from '../attributes.ts';
import { SftpError } from '../errors.ts';
import { inLanes } from '../lanes.ts';
import type { Lister } from '../lister.ts';
import { notRegular } from '../transfer.ts';
import { type WalkEntry, walk } from '../walk.ts';
import { treeFilter } from './filter.ts';
import type { TreeFault, TreeOptions } from './options.ts';

/** A file or directory of a tree. */
export interface TreeEntry {
  /** From the root of the tree. */
  readonly path: string;
  readonly attributes: FileAttributes;
}

export interface TreeLink {
  readonly path: string;
  /** As it stands in the link. */
  readonly target: string;
}

export interface TreePlan {
  /** Each after the one it is in. The root is not among them. */
  readonly directories: readonly TreeEntry[];
  readonly files: readonly TreeEntry[];
  readonly links: readonly TreeLink[];
  readonly faults: readonly TreeFault[];
}

const MAX_ENTRIES = 1_000_000;
const LINKS_AT_ONCE = 64;

/**
 * @param check - What the other side has against an entry; it throws an {@link SshoalError}.
 * @throws SftpError where the root cannot be listed; EINVAL on more than `maxEntries`; as {@link walk}.
 */
export async function planTree(lister: Lister, root: string, options: TreeOptions, check: (path: string) => void): Promise<TreePlan> {
  const { links: policy = 'copy', maxEntries = MAX_ENTRIES, signal } = options;
  const filter = treeFilter(options);
  const isWanted = ({ relative, kind }: WalkEntry): boolean => filter(relative, kind === 'directory');
  const plan = { directories: [] as TreeEntry[], files: [] as TreeEntry[], links: [] as TreeLink[], faults: [] as TreeFault[] };
  const links: WalkEntry[] = [];
  let count = 0;
  for await (const entry of walk(lister, root, { followLinks: policy === 'follow', enter: isWanted, signal })) {
    if (entry.kind === 'fault') {
      if (entry.path === root) throw entry.error;
      plan.faults.push({ path: entry.relative, error: entry.error });
      continue;
    }
    if (!isWanted(entry)) continue;
    if (++count > maxEntries) throw tooMany(root, maxEntries);
    const { kind, path, relative, attributes } = entry;
    const fault = faultOf(() => check(relative)) ?? (kind === 'special' ? notRegular(path) : undefined);
    if (fault !== undefined) plan.faults.push({ path: relative, error: fault });
    else if (kind === 'directory') plan.directories.push({ path: relative, attributes });
    else if (kind === 'link') links.push(entry);
    else plan.files.push({ path: relative, attributes });
  }
  if (policy === 'skip') return plan;
  await inLanes(links, LINKS_AT_ONCE, async ({ path, relative }) => {
    signal?.throwIfAborted();
    plan.links.push({ path: relative, target: await lister.readlink(path) });
  });
  return plan;
}

/** The error that something throws. */
function faultOf(work: () => void): SshoalError | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof SshoalError) return error;
    throw error;
  }
}

function tooMany(root: string, maxEntries: number): SftpError {
  return new SftpError('EINVAL', `${root} has more than ${maxEntries} entries`, {
    where: root,
    fix: 'Copy parts of it, leave some out (exclude), or raise maxEntries',
  });
}
