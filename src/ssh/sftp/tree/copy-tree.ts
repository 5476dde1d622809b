// A tree copied from one place to another: looked at on both sides, and made. It does not know which machine either place is on.
import path from 'node:path';
import { type FileAttributes, kindOf } from '../attributes.ts';
import { notADirectory } from '../paths.ts';
import { type Arrangement, arrangeFresh, arrangeMerge } from './arrange.ts';
import { Attempt, versionOf } from './attempt.ts';
import { type Comparison, plannedEntries, type Sides, withoutSame, withTexts } from './compare.ts';
import type { Content } from './content.ts';
import { FaultList } from './faults.ts';
import { checkLinks } from './links.ts';
import type { PlannedEntry, TreeOptions, TreeOutcome } from './options.ts';
import { planTree, type TreeEntry, type TreePlan } from './plan.ts';
import { refuseDelete, removalsOf } from './removals.ts';
import { isContinued, kindOfTarget, stagedBase } from './stage.ts';
import type { TreeTarget } from './target.ts';
import { isOfNoUse, TreeCopy, totalBytes } from './tree-copy.ts';

/** How a new file shall be. */
export interface NewFile {
  /** At its creation; the umask of its side is taken away. */
  readonly mode: number;
  /** What else is set. */
  readonly attributes: FileAttributes | undefined;
  /** Whether a part of it may be there already, from an attempt before; it is gone on with then. */
  readonly mayBeThere: boolean;
  readonly onBytes: (bytes: number) => void;
  readonly signal: AbortSignal | undefined;
}

/** From where to where: what is different between sending, fetching, and copying on one machine. */
export interface TreeRoute {
  /** Where the tree is now. */
  readonly source: TreeTarget['lister'];
  readonly target: TreeTarget;
  readonly sourceContent: Content;
  readonly targetContent: Content;
  /** Names the source, so that no other has the same: attempts with the same one continue each other. */
  readonly sourceName: string;
  /** What is known of the tree already. */
  readonly looked?: { readonly root: FileAttributes; readonly plan: TreePlan } | undefined;
  /** Whether another machine says what the tree is: its names and links are checked. */
  readonly isForeign: boolean;
  /** Refuses a relative path that the target cannot hold. */
  readonly check: (path: string) => void;
  /** Creates a file under a name that is free. After a failure part of it may be there. */
  readonly copyFile: (from: string, entry: TreeEntry, to: string, file: NewFile) => Promise<void>;
}

/**
 * Copies what is in the directory `from` into the directory `to`.
 *
 * A target that is not there is made complete under another name first, and appears in one step. Into one that is there every file goes
 * by a name of its own, and then to its place in one step; what is there and not in the tree stays, unless `delete` says otherwise.
 */
export async function copyTree(route: TreeRoute, from: string, to: string, options: TreeOptions): Promise<TreeOutcome> {
  const root = route.looked?.root ?? (await route.source.stat(from));
  if (kindOf(root) !== 'directory') throw notADirectory(from);
  const present = await kindOfTarget(route.target, to);
  if (present === 'other') throw notADirectory(to);
  const faults = new FaultList(options);
  const plan = await planOf(route, from, options, faults);
  if (options.delete === true && present === 'directory') await refuseDelete(plan, route.target, to);
  const sides = { from, to, source: route.sourceContent, target: route.targetContent };
  const arrangement = present === 'absent' ? arrangeFresh(plan) : await arrangeUpdate(route, plan, sides, faults, options);
  const changes = await changesOf(arrangement, sides, options);
  if (options.dryRun === true) return { ...outcomeOf(arrangement, faults), plan: changes ?? plannedEntries(arrangement, options) };
  const attempt = new Attempt(`${route.sourceName}\0${from}`, options.resume === true);
  const copy = { route, from, faults, options, attempt };
  const outcome = present === 'absent' ? await makeFresh(copy, plan, sides, root) : await merge(copy, arrangement, to);
  await removeStale(copy, to);
  return changes === undefined ? outcome : { ...outcome, plan: changes };
}

interface Copy {
  readonly route: TreeRoute;
  readonly from: string;
  readonly faults: FaultList;
  readonly options: TreeOptions;
  readonly attempt: Attempt;
}

async function planOf(route: TreeRoute, from: string, options: TreeOptions, faults: FaultList): Promise<TreePlan> {
  const found = route.looked?.plan ?? (await planTree(route.source, from, options, route.check));
  const plan = route.isForeign && options.links !== 'copy-unsafe' ? checkLinks(found) : found;
  for (const { path: at, error } of plan.faults) faults.add(at, error);
  return plan;
}

async function arrangeUpdate(
  route: TreeRoute,
  plan: TreePlan,
  sides: Sides,
  faults: FaultList,
  options: TreeOptions,
): Promise<Arrangement> {
  const { to } = sides;
  const arrangement = await withoutSame(await arrangeMerge(plan, route.target.lister, to, faults), sides, options);
  if (options.delete !== true) return arrangement;
  return { ...arrangement, removals: await removalsOf(arrangement, plan, route.target, to, faults, options) };
}

async function changesOf(arrangement: Arrangement, sides: Sides, options: TreeOptions): Promise<PlannedEntry[] | undefined> {
  if (options.diff !== true) return undefined;
  return await withTexts(plannedEntries(arrangement, options), arrangement, sides, options.signal);
}

async function makeFresh(copy: Copy, plan: TreePlan, sides: Sides, root: FileAttributes): Promise<TreeOutcome> {
  const { route, options, attempt } = copy;
  const { to } = sides;
  const holder = attempt.nameFor(to, versionOf(plan));
  const isThere = attempt.resumes && (await isContinued(route.target, holder, to));
  const stage = { holder, isThere, keepsAfter: (error: unknown) => attempt.resumes && !isOfNoUse(error) };
  if (!isThere) return await new TreeCopy({ ...copy, work: arrangeFresh(plan), isStaged: true }).fresh(stage, to, root);
  const base = stagedBase(holder, to);
  const there = await arrangeMerge(plan, route.target.lister, base, copy.faults);
  const work = await withoutSame(there, { ...sides, to: base }, { ...options, diff: false, update: finishedBy(options) });
  const left = new Set(work.files);
  const finished = there.files.filter((entry) => !left.has(entry));
  return await new TreeCopy({ ...copy, work: { ...work, modes: [], unchanged: 0 }, finished, isStaged: false }).fresh(stage, to, root);
}

/** How to tell which files an attempt before has finished: it set times last, and wrote nothing of a small file but all of it. */
function finishedBy({ verify, preserve }: TreeOptions): NonNullable<Comparison['update']> {
  if (verify === true) return 'checksum';
  return preserve === true ? 'changed' : 'same size';
}

async function merge(copy: Copy, work: Arrangement, to: string): Promise<TreeOutcome> {
  return await new TreeCopy({ ...copy, work, isStaged: false }).merge(to);
}

/** What attempts with the same source, but other files, have left beside the target. */
async function removeStale({ route, attempt, faults }: Copy, to: string): Promise<void> {
  if (!attempt.resumes) return;
  const beside = path.posix.dirname(to);
  const own = `.${path.posix.basename(to)}.`;
  for await (const batch of route.target.lister.list(beside)) {
    for (const { name } of batch) {
      if (!name.startsWith(own) || !attempt.isStale(name)) continue;
      await faults.guard(name, async () => await route.target.removeTree(path.posix.join(beside, name)));
    }
  }
}

function outcomeOf({ directories, files, links, unchanged, removals }: Arrangement, faults: FaultList): TreeOutcome {
  const counts = { files: files.length, directories: directories.flat().length, links: links.length, bytes: totalBytes(files) };
  return { ...counts, unchanged, removed: removals.length, errors: faults.all };
}
