// A tree copied from one place to another: planned, made, given its name. It does not know which machine either place is on.
import { type FileAttributes, kindOf } from '../attributes.ts';
import { inLanes } from '../lanes.ts';
import { joined } from '../names.ts';
import { deepestFirst, notADirectory } from '../paths.ts';
import { allOf } from '../requests.ts';
import { PLAIN_MODE_BITS } from '../transfer.ts';
import { type Arrangement, arrangeFresh, arrangeMerge, isBelow, plannedEntries } from './arrange.ts';
import { FaultList } from './faults.ts';
import { checkLinks } from './links.ts';
import type { TreeOptions, TreeOutcome } from './options.ts';
import { planTree, type TreeEntry } from './plan.ts';
import { kindOfTarget, placed, staged } from './stage.ts';
import type { TreeTarget } from './target.ts';

/** How a new file shall be. */
export interface NewFile {
  /** At its creation; the umask of its side is taken away. */
  readonly mode: number;
  /** What else is set. */
  readonly attributes: FileAttributes | undefined;
  readonly onBytes: (bytes: number) => void;
  readonly signal: AbortSignal | undefined;
}

/** From where to where: what is different between sending, fetching, and copying on one machine. */
export interface TreeRoute {
  /** Where the tree is now. */
  readonly source: TreeTarget['lister'];
  readonly target: TreeTarget;
  /** Whether another machine says what the tree is: its names and links are checked. */
  readonly isForeign: boolean;
  /** Refuses a relative path that the target cannot hold. */
  readonly check: (path: string) => void;
  /** Creates a file under a name that is free. After a failure part of it may be there. */
  readonly copyFile: (from: string, entry: TreeEntry, to: string, file: NewFile) => Promise<void>;
}

const FILES_AT_ONCE = 64;
const PRESERVED_MODE_BITS = 0o7777;
const PRIVATE_MODE = 0o700;

/**
 * Copies what is in the directory `from` into the directory `to`.
 *
 * A target that is not there is made complete under another name first, and appears in one step. Into one that is there every file goes
 * by a name of its own, and then to its place in one step; what is there and not in the tree stays.
 */
export async function copyTree(route: TreeRoute, from: string, to: string, options: TreeOptions): Promise<TreeOutcome> {
  const root = await route.source.stat(from);
  if (kindOf(root) !== 'directory') throw notADirectory(from);
  const present = await kindOfTarget(route.target, to);
  if (present === 'other') throw notADirectory(to);
  const found = await planTree(route.source, from, options, route.check);
  const plan = route.isForeign && options.links !== 'copy-unsafe' ? checkLinks(found) : found;
  const faults = new FaultList(options);
  for (const { path: at, error } of plan.faults) faults.add(at, error);
  const arrangement = present === 'absent' ? arrangeFresh(plan) : await arrangeMerge(plan, route.target.lister, to, faults, options);
  if (options.dryRun === true) return { ...outcomeOf(arrangement, faults), plan: plannedEntries(arrangement) };
  const copy = new TreeCopy(route, from, arrangement, faults, options);
  if (present === 'absent') await copy.fresh(to, root);
  else await copy.merge(to);
  return copy.outcome;
}

class TreeCopy {
  readonly #route: TreeRoute;
  readonly #from: string;
  readonly #work: Arrangement;
  readonly #faults: FaultList;
  readonly #options: TreeOptions;
  readonly #lost = new Set<string>();
  #files = 0;
  #bytes = 0;
  #directories = 0;
  #links = 0;
  #totalBytes: number | undefined;

  constructor(route: TreeRoute, from: string, work: Arrangement, faults: FaultList, options: TreeOptions) {
    this.#route = route;
    this.#from = from;
    this.#work = work;
    this.#faults = faults;
    this.#options = options;
  }

  get outcome(): TreeOutcome {
    const counts = { files: this.#files, directories: this.#directories, links: this.#links, bytes: this.#bytes };
    return { ...counts, unchanged: this.#work.unchanged, errors: this.#faults.all };
  }

  async fresh(to: string, root: FileAttributes): Promise<void> {
    await staged(this.#route.target, to, this.#directoryMode(root), async (base) => {
      await this.#make(base, true);
      this.#options.signal?.throwIfAborted();
    });
    // Only now: a directory that may not be written to cannot be moved. One that was there keeps its own.
    await this.#finish(to, { path: '', attributes: root });
  }

  async merge(to: string): Promise<void> {
    await this.#make(to, false);
  }

  async #make(base: string, isStaged: boolean): Promise<void> {
    const { directories, files, links, present } = this.#work;
    const concurrency = this.#options.concurrency ?? FILES_AT_ONCE;
    for (const level of directories) {
      await inLanes(level, concurrency, async (entry) => await this.#makeDirectory(base, entry));
    }
    await inLanes(files, concurrency, async (entry) => await this.#copyFile(base, entry, isStaged));
    // Last, so that nothing is ever written through a link that came with the tree.
    await inLanes(links, concurrency, async (link) => await this.#makeLink(base, link.path, link.target, isStaged));
    if (this.#options.preserve !== true) return;
    const byPath = new Map([...present, ...directories.flat()].map((entry) => [entry.path, entry]));
    for (const level of deepestFirst([...byPath.keys()])) {
      await allOf(level.map(async (at) => await this.#finish(base, byPath.get(at) as TreeEntry)));
    }
  }

  async #makeDirectory(base: string, { path: at, attributes }: TreeEntry): Promise<void> {
    this.#options.signal?.throwIfAborted();
    if (isBelow(at, this.#lost)) return;
    const mode = this.#directoryMode(attributes);
    const isMade = await this.#faults.guard(at, async () => await this.#route.target.makeDirectory(joined(base, at), mode));
    if (isMade) this.#directories++;
    else this.#lost.add(at);
  }

  async #copyFile(base: string, entry: TreeEntry, isStaged: boolean): Promise<void> {
    const { signal, preserve } = this.#options;
    signal?.throwIfAborted();
    if (isBelow(entry.path, this.#lost)) return;
    const { mode = 0o666 } = entry.attributes;
    const before = this.#bytes;
    let told = 0;
    const onBytes = (bytes: number): void => {
      this.#bytes += bytes - told;
      told = bytes;
      this.#tell();
    };
    const file = { mode: mode & PLAIN_MODE_BITS, attributes: preserve === true ? preserved(entry.attributes) : undefined, onBytes, signal };
    const isCopied = await this.#place(base, entry.path, isStaged, async (at) => {
      await this.#route.copyFile(joined(this.#from, entry.path), entry, at, file);
    });
    if (isCopied) this.#files++;
    else this.#bytes = Math.max(before, this.#bytes - told);
    this.#tell();
  }

  async #makeLink(base: string, at: string, target: string, isStaged: boolean): Promise<void> {
    this.#options.signal?.throwIfAborted();
    if (isBelow(at, this.#lost)) return;
    const isMade = await this.#place(base, at, isStaged, async (place) => await this.#route.target.makeLink(target, place));
    if (isMade) this.#links++;
  }

  async #place(base: string, at: string, isStaged: boolean, make: (place: string) => Promise<void>): Promise<boolean> {
    return await this.#faults.guard(at, async () => await placed(this.#route.target, joined(base, at), isStaged, make));
  }

  /** The mode and times of a directory, when nothing in it changes any more. */
  async #finish(base: string, { path: at, attributes }: TreeEntry): Promise<void> {
    if (this.#options.preserve !== true || isBelow(at, this.#lost)) return;
    await this.#faults.guard(at, async () => await this.#route.target.setAttributes(joined(base, at), preserved(attributes)));
  }

  // Whatever it was, we must be able to write into it.
  #directoryMode({ mode = 0o777 }: FileAttributes): number {
    return this.#options.preserve === true ? PRIVATE_MODE : (mode & PLAIN_MODE_BITS) | PRIVATE_MODE;
  }

  #tell(): void {
    const { onProgress } = this.#options;
    if (onProgress === undefined) return;
    const { files } = this.#work;
    this.#totalBytes ??= files.reduce((sum, { attributes }) => sum + (attributes.sizeBytes ?? 0), 0);
    onProgress({ doneFiles: this.#files, totalFiles: files.length, doneBytes: this.#bytes, totalBytes: this.#totalBytes });
  }
}

/** What of its attributes a copy keeps. */
export function preserved({ mode, atimeSeconds, mtimeSeconds }: FileAttributes): FileAttributes {
  return { mode: mode === undefined ? undefined : mode & PRESERVED_MODE_BITS, atimeSeconds: atimeSeconds ?? mtimeSeconds, mtimeSeconds };
}

function outcomeOf({ directories, files, links, unchanged }: Arrangement, faults: FaultList): TreeOutcome {
  const bytes = files.reduce((sum, { attributes }) => sum + (attributes.sizeBytes ?? 0), 0);
  return { files: files.length, directories: directories.flat().length, links: links.length, bytes, unchanged, errors: faults.all };
}
