// What is in a target and not in the tree, for those who want both to be the same; and taking it away. It follows no link.
import path from 'node:path';
import { kindOf } from '../attributes.ts';
import { SftpError } from '../errors.ts';
import { inLanes } from '../lanes.ts';
import { joined } from '../names.ts';
import { deepestFirst } from '../paths.ts';
import { walk } from '../walk.ts';
import type { Arrangement } from './arrange.ts';
import { isTemporary } from './attempt.ts';
import type { FaultList } from './faults.ts';
import { treeFilter } from './filter.ts';
import type { TreeOptions } from './options.ts';
import type { TreePlan } from './plan.ts';
import type { TreeTarget } from './target.ts';

/** Something to remove: its path below the target. */
export interface Removal {
  readonly path: string;
  readonly isDirectory: boolean;
}

const REMOVALS_AT_ONCE = 64;

/** @throws SftpError EINVAL where removing what is not in the tree can only be a mistake. */
export async function refuseDelete(plan: TreePlan, { lister }: TreeTarget, to: string): Promise<void> {
  if (plan.files.length === 0 && plan.links.length === 0) {
    throw new SftpError('EINVAL', 'There is no file in the tree: to remove everything else would leave nothing', {
      where: to,
      fix: 'Look whether this is the right directory; remove the files by a command if it is',
    });
  }
  const real = await lister.realpath(to);
  if (path.posix.dirname(real) === real || path.win32.parse(real).root === real) {
    throw new SftpError('EINVAL', `In ${real} nothing is removed: it is the root directory`, {
      where: to,
      fix: 'Name a directory below it',
    });
  }
}

/**
 * What to remove. What the patterns leave out stays, and so does a directory that holds any of it; names of copies that are under way stay.
 *
 * Where a part of the tree could not be looked at, nothing is removed, and a fault says so.
 */
export async function removalsOf(
  arrangement: Arrangement,
  plan: TreePlan,
  { lister }: TreeTarget,
  to: string,
  faults: FaultList,
  options: TreeOptions,
): Promise<Removal[]> {
  if (faults.all.length > 0) {
    const fix = 'Mend what is told of the other entries, and copy again';
    faults.add('', new SftpError('EINVAL', 'Nothing is removed, since not everything could be looked at', { where: to, fix }));
    return [];
  }
  const known = new Set([...plan.files, ...plan.directories, ...plan.links].map((entry) => entry.path));
  const filter = treeFilter(options);
  const isMeant = (at: string, kind: string): boolean => {
    if (kind === 'link' && options.links === 'skip') return false;
    return filter(at, kind === 'directory') && !isTemporary(path.posix.basename(at));
  };
  const removals = new Map<string, Removal>();
  const kept = new Set<string>();
  for (const [at, attributes] of arrangement.existing) {
    const kind = kindOf(attributes);
    if (known.has(at) || !isMeant(at, kind)) continue;
    removals.set(at, { path: at, isDirectory: kind === 'directory' });
    if (kind !== 'directory') continue;
    for await (const found of walk(lister, joined(to, at), {
      enter: ({ relative, kind: below }) => isMeant(joined(at, relative), below),
    })) {
      options.signal?.throwIfAborted();
      const below = joined(at, found.relative);
      if (found.kind === 'fault') {
        faults.add(below, found.error);
        keep(below, kept);
      } else if (isMeant(below, found.kind)) removals.set(below, { path: below, isDirectory: found.kind === 'directory' });
      else keep(below, kept);
    }
  }
  return [...removals.values()].filter((removal) => !kept.has(removal.path));
}

/** A path, and every directory it is in. */
function keep(at: string, kept: Set<string>): void {
  for (let end = at.length; end > 0; end = at.lastIndexOf('/', end - 1)) kept.add(at.slice(0, end));
}

/** @returns How many are gone. */
export async function remove(removals: readonly Removal[], target: TreeTarget, to: string, faults: FaultList, signal?: AbortSignal) {
  let count = 0;
  const one = async ({ path: at, isDirectory }: Removal): Promise<void> => {
    signal?.throwIfAborted();
    const place = joined(to, at);
    if (await faults.guard(at, async () => await (isDirectory ? target.removeDirectory(place) : target.remove(place)))) count++;
  };
  await inLanes(
    removals.filter(({ isDirectory }) => !isDirectory),
    REMOVALS_AT_ONCE,
    one,
  );
  const directories = removals.filter(({ isDirectory }) => isDirectory).map((removal) => removal.path);
  for (const level of deepestFirst(directories)) {
    await inLanes(level, REMOVALS_AT_ONCE, async (at) => await one({ path: at, isDirectory: true }));
  }
  return count;
}
