// An arranged tree made at its target: directories, files, links, modes, and what goes away. It does not know how it was arranged.
import path from 'node:path';
import type { FileAttributes } from '../attributes.ts';
import { SftpError } from '../errors.ts';
import { inLanes } from '../lanes.ts';
import { joined } from '../names.ts';
import { deepestFirst } from '../paths.ts';
import { allOf } from '../requests.ts';
import { checkSame, PLAIN_MODE_BITS } from '../transfer.ts';
import { WHOLE_FILE_BYTES } from '../whole-file.ts';
import { type Arrangement, isBelow } from './arrange.ts';
import { type Attempt, fileVersion } from './attempt.ts';
import type { TreeRoute } from './copy-tree.ts';
import type { FaultList } from './faults.ts';
import type { TreeOptions, TreeOutcome } from './options.ts';
import type { TreeEntry } from './plan.ts';
import { remove } from './removals.ts';
import { type Stage, staged } from './stage.ts';

export interface TreeWork {
  readonly route: TreeRoute;
  readonly from: string;
  readonly work: Arrangement;
  /** Files that an attempt before has finished; they count as copied. */
  readonly finished?: readonly TreeEntry[] | undefined;
  /** Whether nobody sees the target yet, and nothing is in it: files need no name for the time they are incomplete. */
  readonly isStaged: boolean;
  readonly faults: FaultList;
  readonly options: TreeOptions;
  readonly attempt: Attempt;
}

/** A file or link that is complete, and waits for its name. */
interface Waiting {
  readonly path: string;
  readonly first: string;
  readonly place: string;
}

const FILES_AT_ONCE = 64;
const PRESERVED_MODE_BITS = 0o7777;
const PRIVATE_MODE = 0o700;

export class TreeCopy {
  readonly #work: TreeWork;
  readonly #lost = new Set<string>();
  readonly #waiting: Waiting[] = [];
  readonly #copied: TreeEntry[] = [];
  readonly #totals: { readonly files: number; readonly bytes: number };
  #files: number;
  #bytes: number;
  #directories = 0;
  #links = 0;
  #removed = 0;

  constructor(work: TreeWork) {
    const { finished = [] } = work;
    this.#work = work;
    this.#files = finished.length;
    this.#bytes = totalBytes(finished);
    this.#totals = { files: this.#files + work.work.files.length, bytes: this.#bytes + totalBytes(work.work.files) };
  }

  /** Makes a target that is not there. */
  async fresh(stage: Stage, to: string, root: FileAttributes): Promise<TreeOutcome> {
    const { route, options } = this.#work;
    const make = async (base: string): Promise<void> => {
      await this.#make(base);
      options.signal?.throwIfAborted();
    };
    await staged(route.target, to, this.#directoryMode(root), make, stage);
    // Only now: a directory that may not be written to cannot be moved. One that was there keeps its own.
    await this.#finish(to, { path: '', attributes: root });
    return this.#outcome;
  }

  /** Goes into a target that is there. */
  async merge(to: string): Promise<TreeOutcome> {
    const { route, options, work, faults } = this.#work;
    await this.#make(to);
    await inLanes(work.modes, FILES_AT_ONCE, async (entry) => await this.#changeMode(to, entry));
    await this.#removeStale(to);
    this.#removed = await remove(work.removals, route.target, to, faults, options.signal);
    return this.#outcome;
  }

  get #outcome(): TreeOutcome {
    const { work, faults } = this.#work;
    const counts = { files: this.#files, directories: this.#directories, links: this.#links, bytes: this.#bytes };
    return { ...counts, unchanged: work.unchanged, removed: this.#removed, errors: faults.all };
  }

  async #make(base: string): Promise<void> {
    const { work, options } = this.#work;
    const { directories, files, links } = work;
    const concurrency = options.concurrency ?? FILES_AT_ONCE;
    for (const level of directories) await inLanes(level, concurrency, async (entry) => await this.#makeDirectory(base, entry));
    try {
      await inLanes(files, concurrency, async (entry) => await this.#copyFile(base, entry));
      // Last, so that nothing is ever written through a link that came with the tree.
      await inLanes(links, concurrency, async (link) => await this.#makeLink(base, link.path, link.target));
      if (options.verify === true) await this.#verify(base);
      await inLanes(this.#waiting.splice(0), concurrency, async (waiting) => await this.#name(waiting));
    } finally {
      // What has no name by now gets none.
      if (!this.#work.attempt.resumes) await Promise.allSettled(this.#waiting.map(async ({ first }) => await this.#target.remove(first)));
    }
    if (options.preserve === true) await this.#finishDirectories(base);
  }

  async #makeDirectory(base: string, { path: at, attributes }: TreeEntry): Promise<void> {
    this.#work.options.signal?.throwIfAborted();
    if (isBelow(at, this.#lost)) return;
    const mode = this.#directoryMode(attributes);
    const isMade = await this.#work.faults.guard(at, async () => await this.#target.makeDirectory(joined(base, at), mode));
    if (isMade) this.#directories++;
    else this.#lost.add(at);
  }

  async #copyFile(base: string, entry: TreeEntry): Promise<void> {
    const { options, route, from, attempt, isStaged } = this.#work;
    const { signal, preserve } = options;
    signal?.throwIfAborted();
    if (isBelow(entry.path, this.#lost)) return;
    const { mode = 0o666, sizeBytes = 0 } = entry.attributes;
    const before = this.#bytes;
    let told = 0;
    const onBytes = (bytes: number): void => {
      this.#bytes += bytes - told;
      told = bytes;
      this.#tell();
    };
    // A small one is quicker sent again than looked at.
    const mayBeThere = attempt.resumes && sizeBytes > WHOLE_FILE_BYTES;
    const attributes = preserve === true ? preserved(entry.attributes) : undefined;
    const file = { mode: mode & PLAIN_MODE_BITS, attributes, mayBeThere, onBytes, signal };
    const version = mayBeThere ? fileVersion(entry.attributes) : undefined;
    const isCopied = await this.#place(base, entry.path, { version, isDirect: isStaged && !mayBeThere }, async (at) => {
      await route.copyFile(joined(from, entry.path), entry, at, file);
    });
    if (isCopied) {
      this.#files++;
      if (options.verify === true) this.#copied.push(entry);
    } else this.#bytes = Math.max(before, this.#bytes - told);
    this.#tell();
  }

  async #makeLink(base: string, at: string, target: string): Promise<void> {
    this.#work.options.signal?.throwIfAborted();
    if (isBelow(at, this.#lost)) return;
    const how = { version: undefined, isDirect: this.#work.isStaged };
    if (await this.#place(base, at, how, async (place) => await this.#target.makeLink(target, place))) this.#links++;
  }

  /** Makes something beside its place and moves it there; at its place at once where nobody sees it yet. */
  async #place(
    base: string,
    at: string,
    { version, isDirect }: { readonly version: string | undefined; readonly isDirect: boolean },
    make: (at: string) => Promise<void>,
  ): Promise<boolean> {
    const { attempt, faults, options } = this.#work;
    const place = joined(base, at);
    const first = isDirect ? place : attempt.nameFor(place, version);
    return await faults.guard(at, async () => {
      try {
        await make(first);
        if (isDirect) return;
        if (options.verify === true) this.#waiting.push({ path: at, first, place });
        else await this.#target.replace(first, place);
      } catch (error) {
        const isKept = version !== undefined && !isOfNoUse(error);
        // It may never have come about, and a lost line removes nothing: the first failure is the one to tell.
        if (!isKept) await Promise.allSettled([this.#target.remove(first)]);
        throw error;
      }
    });
  }

  /** Compares what was copied, before it gets its names. */
  async #verify(base: string): Promise<void> {
    const { route, from, faults, options } = this.#work;
    options.signal?.throwIfAborted();
    const firsts = new Map(this.#waiting.map((waiting) => [waiting.path, path.posix.relative(base, waiting.first)]));
    const asCopied = this.#copied.map((entry) => ({ ...entry, path: firsts.get(entry.path) ?? entry.path }));
    const [here, there] = await Promise.all([route.sourceContent.hashes(from, this.#copied), route.targetContent.hashes(base, asCopied)]);
    for (const [i, { path: at, attributes }] of this.#copied.entries()) {
      const copied = asCopied[i]?.path ?? at;
      const isSame = await faults.guard(at, async () => {
        try {
          checkSame(joined(from, at), here.get(at) ?? '', there.get(copied) ?? '');
        } catch (error) {
          await this.#target.remove(joined(base, copied));
          throw error;
        }
      });
      if (isSame) continue;
      this.#files--;
      this.#bytes -= attributes.sizeBytes ?? 0;
      const waiting = this.#waiting.findIndex((one) => one.path === at);
      if (waiting >= 0) this.#waiting.splice(waiting, 1);
    }
  }

  async #name({ path: at, first, place }: Waiting): Promise<void> {
    await this.#work.faults.guard(at, async () => {
      this.#work.options.signal?.throwIfAborted();
      await this.#target.replace(first, place);
    });
  }

  async #changeMode(base: string, { path: at, attributes }: TreeEntry): Promise<void> {
    this.#work.options.signal?.throwIfAborted();
    await this.#work.faults.guard(at, async () => await this.#target.setAttributes(joined(base, at), preserved(attributes)));
  }

  /** What attempts before have left, of other versions of files or of files that are no more. */
  async #removeStale(base: string): Promise<void> {
    const { work, attempt, faults } = this.#work;
    const stale = [...work.existing.keys()].filter((at) => attempt.isStale(path.posix.basename(at)));
    await inLanes(stale, FILES_AT_ONCE, async (at) => {
      await faults.guard(at, async () => await this.#target.remove(joined(base, at)));
    });
  }

  async #finishDirectories(base: string): Promise<void> {
    const { present, directories } = this.#work.work;
    const byPath = new Map([...present, ...directories.flat()].map((entry) => [entry.path, entry]));
    for (const level of deepestFirst([...byPath.keys()])) {
      await allOf(level.map(async (at) => await this.#finish(base, byPath.get(at) as TreeEntry)));
    }
  }

  /** The mode and times of a directory, when nothing in it changes any more. */
  async #finish(base: string, { path: at, attributes }: TreeEntry): Promise<void> {
    if (this.#work.options.preserve !== true || isBelow(at, this.#lost)) return;
    await this.#work.faults.guard(at, async () => await this.#target.setAttributes(joined(base, at), preserved(attributes)));
  }

  get #target(): TreeRoute['target'] {
    return this.#work.route.target;
  }

  // Whatever it was, we must be able to write into it.
  #directoryMode({ mode = 0o777 }: FileAttributes): number {
    return this.#work.options.preserve === true ? PRIVATE_MODE : (mode & PLAIN_MODE_BITS) | PRIVATE_MODE;
  }

  #tell(): void {
    this.#work.options.onProgress?.({
      doneFiles: this.#files,
      totalFiles: this.#totals.files,
      doneBytes: this.#bytes,
      totalBytes: this.#totals.bytes,
    });
  }
}

/** What of its attributes a copy keeps. */
export function preserved({ mode, atimeSeconds, mtimeSeconds }: FileAttributes): FileAttributes {
  return { mode: mode === undefined ? undefined : mode & PRESERVED_MODE_BITS, atimeSeconds: atimeSeconds ?? mtimeSeconds, mtimeSeconds };
}

export function totalBytes(files: readonly TreeEntry[]): number {
  return files.reduce((sum, { attributes }) => sum + (attributes.sizeBytes ?? 0), 0);
}

/** Whether an error says that what has come is no beginning of the tree: to go on from there would lead nowhere. */
export function isOfNoUse(error: unknown): boolean {
  return error instanceof SftpError && (error.code === 'VERIFY_FAILED' || error.code === 'SOURCE_CHANGED');
}
