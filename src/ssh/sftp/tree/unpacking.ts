// A tree made here from an archive of a host, entry by entry. It believes nothing that the archive says of names and links.
import { constants } from 'node:fs';
import { copyFile, open } from 'node:fs/promises';
import { type FileAttributes, kindOf } from '../attributes.ts';
import { localFault, SftpError } from '../errors.ts';
import { componentOf, joined } from '../names.ts';
import { deepestFirst, notADirectory } from '../paths.ts';
import { allOf } from '../requests.ts';
import { notRegular, PLAIN_MODE_BITS } from '../transfer.ts';
import { WHOLE_FILE_BYTES } from '../whole-file.ts';
import { isBelow } from './arrange.ts';
import type { FaultList } from './faults.ts';
import { treeFilter } from './filter.ts';
import { leadsOut, unsafeLink } from './links.ts';
import { LocalFiles } from './local-file.ts';
import { checkLocal, localPath } from './local-path.ts';
import type { TreeOptions, TreeOutcome } from './options.ts';
import { placed } from './stage.ts';
import type { TarEntry, TarReader } from './tar-reader.ts';
import { localTarget } from './target.ts';
import { preserved } from './tree-copy.ts';

const FILES_AT_ONCE = 64;
const MAX_ENTRIES = 1_000_000;
const DIRECTORY_MODE = 0o777;

/** Something that waits until all files are there. */
interface Later {
  readonly path: string;
  readonly target: string;
}

export class Unpacking {
  readonly #isStaged: boolean;
  readonly #faults: FaultList;
  readonly #options: TreeOptions;
  readonly #isWanted: (path: string, isDirectory: boolean) => boolean;
  readonly #local = new LocalFiles();
  /** Real directories of the target, as we know: made by us, or looked at. */
  readonly #directories = new Map<string, FileAttributes | undefined>([['', undefined]]);
  readonly #lost = new Set<string>();
  readonly #written = new Set<string>();
  readonly #links: Later[] = [];
  readonly #hardLinks: Later[] = [];
  #writing: Promise<void>[] = [];
  #entries = 0;
  #bytes = 0;
  #made = { directories: 0, links: 0 };

  constructor(isStaged: boolean, faults: FaultList, options: TreeOptions) {
    this.#isStaged = isStaged;
    this.#faults = faults;
    this.#options = options;
    this.#isWanted = treeFilter(options);
  }

  get outcome(): TreeOutcome {
    return { files: this.#written.size, ...this.#made, bytes: this.#bytes, unchanged: 0, removed: 0, errors: this.#faults.all };
  }

  /** @throws SftpError TAR_FAILED; those of single entries, where they are not collected. */
  async unpack(reader: TarReader, base: string): Promise<void> {
    const { maxEntries = MAX_ENTRIES, signal, links: policy = 'copy' } = this.#options;
    try {
      for (let entry = await reader.next(); entry !== undefined; entry = await reader.next()) {
        signal?.throwIfAborted();
        if (++this.#entries > maxEntries) throw tooMany(maxEntries);
        const one = entry;
        await this.#faults.guard(one.path, async () => await this.#take(reader, base, one));
      }
    } finally {
      await this.#settle();
    }
    for (const { path, target } of this.#hardLinks) await this.#faults.guard(path, async () => await this.#hardLink(base, path, target));
    if (policy === 'skip') return;
    // Last, so that nothing is ever written through a link that came with the tree.
    for (const link of this.#links) await this.#faults.guard(link.path, async () => await this.#link(base, link));
    if (this.#options.preserve === true) await this.#finishDirectories(base);
  }

  /** What the archive says of the tree itself, for one that is new. */
  async finishRoot(to: string): Promise<void> {
    const attributes = this.#directories.get('');
    if (this.#options.preserve === true && attributes !== undefined) await localTarget.setAttributes(to, preserved(attributes));
  }

  async #take(reader: TarReader, base: string, entry: TarEntry): Promise<void> {
    const path = relativePath(entry.path);
    const isDirectory = entry.kind === 'directory';
    const attributes = { mode: entry.mode, mtimeSeconds: entry.mtimeSeconds, sizeBytes: entry.sizeBytes };
    if (path === '') {
      if (isDirectory) this.#directories.set('', attributes);
      return;
    }
    if (!this.#isMeant(path, isDirectory)) return;
    checkLocal(path);
    if (isDirectory) {
      if (await this.#directory(base, path, attributes.mode)) this.#directories.set(path, attributes);
      return;
    }
    if (entry.kind === 'special') throw notRegular(path);
    if (!(await this.#directory(base, parentOf(path)))) return;
    if (entry.kind === 'file') await this.#file(reader, base, path, attributes);
    else (entry.kind === 'link' ? this.#links : this.#hardLinks).push({ path, target: entry.target });
  }

  async #file(reader: TarReader, base: string, path: string, attributes: FileAttributes & { readonly sizeBytes: number }): Promise<void> {
    const { mode = 0, sizeBytes } = attributes;
    const kept = this.#options.preserve === true ? preserved(attributes) : undefined;
    const place = joined(base, path);
    if (sizeBytes > WHOLE_FILE_BYTES) {
      await placed(localTarget, place, this.#isStaged, async (at) => await writeLarge(reader, at, mode & PLAIN_MODE_BITS, kept));
      this.#count(path, sizeBytes);
      return;
    }
    const data = await reader.content();
    const writing = this.#faults.guard(path, async () => {
      await placed(localTarget, place, this.#isStaged, async (at) => await this.#local.write(at, data, mode & PLAIN_MODE_BITS, kept));
      this.#count(path, sizeBytes);
    });
    const heard = writing.then(() => {});
    // Told when all that is under way is waited for.
    heard.catch(() => {});
    this.#writing.push(heard);
    if (this.#writing.length >= FILES_AT_ONCE) await this.#settle();
  }

  /** A further name of a file is a copy of it: what is written to one later shall not change the other. */
  async #hardLink(base: string, path: string, target: string): Promise<void> {
    const original = relativePath(target);
    if (!this.#written.has(original)) {
      const fix = 'Fetch it over SFTP, which knows no such links';
      throw new SftpError('ENOENT', `${path} is another name of ${target}, which was not fetched`, { where: path, fix });
    }
    const from = joined(base, original);
    await placed(localTarget, joined(base, path), this.#isStaged, async (at) => {
      await copyFile(localPath(from), localPath(at), constants.COPYFILE_EXCL).catch((error: unknown) => {
        throw localFault(error, at);
      });
    });
    this.#count(path, 0);
  }

  async #link(base: string, link: Later): Promise<void> {
    if (this.#options.links !== 'copy-unsafe' && leadsOut(link)) throw unsafeLink(link);
    await placed(localTarget, joined(base, link.path), this.#isStaged, async (at) => await localTarget.makeLink(link.target, at));
    this.#made.links++;
  }

  /** Makes a directory and those above it. @returns Whether it is there, and is one itself. */
  async #directory(base: string, path: string, mode?: number): Promise<boolean> {
    if (this.#directories.has(path)) return true;
    if (isBelow(path, this.#lost) || !(await this.#directory(base, parentOf(path)))) return false;
    const isThere = await this.#faults.guard(path, async () => {
      const place = joined(base, path);
      const found = this.#isStaged ? undefined : await localTarget.lister.lstat(place).catch(unlessAbsent);
      if (found !== undefined && kindOf(found) !== 'directory') throw notADirectory(place);
      if (found !== undefined) return;
      const wanted = this.#options.preserve === true ? 0o700 : ((mode ?? DIRECTORY_MODE) & PLAIN_MODE_BITS) | 0o700;
      await localTarget.makeDirectory(place, wanted);
      this.#made.directories++;
    });
    if (isThere) this.#directories.set(path, undefined);
    else this.#lost.add(path);
    return isThere;
  }

  async #finishDirectories(base: string): Promise<void> {
    for (const level of deepestFirst([...this.#directories.keys()].filter((path) => path !== ''))) {
      for (const path of level) {
        const attributes = this.#directories.get(path);
        if (attributes === undefined) continue;
        await this.#faults.guard(path, async () => await localTarget.setAttributes(joined(base, path), preserved(attributes)));
      }
    }
  }

  /** Whether the filter wants it, and every directory it is in. */
  #isMeant(path: string, isDirectory: boolean): boolean {
    for (let end = path.indexOf('/'); end > 0; end = path.indexOf('/', end + 1))
      if (!this.#isWanted(path.slice(0, end), true)) return false;
    return this.#isWanted(path, isDirectory);
  }

  #count(path: string, bytes: number): void {
    this.#written.add(path);
    this.#bytes += bytes;
    this.#options.onProgress?.({
      doneFiles: this.#written.size,
      totalFiles: undefined,
      doneBytes: this.#bytes,
      totalBytes: undefined,
    });
  }

  async #settle(): Promise<void> {
    const writing = this.#writing;
    this.#writing = [];
    await allOf(writing);
  }
}

async function writeLarge(reader: TarReader, to: string, mode: number, kept: FileAttributes | undefined): Promise<void> {
  try {
    const file = await open(localPath(to), 'wx', mode);
    try {
      for await (const piece of reader.pieces()) await file.writeFile(piece);
      if (kept?.mode !== undefined) await file.chmod(kept.mode);
      if (kept?.mtimeSeconds !== undefined) await file.utimes(kept.mtimeSeconds, kept.mtimeSeconds);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw localFault(error, to);
  }
}

/** @returns The path below the root of the tree; empty for the root. @throws SftpError UNSAFE_NAME. */
function relativePath(path: string): string {
  const names = path.replace(/^(\.\/+)+/, '').replace(/\/+$/, '');
  if (names === '' || names === '.') return '';
  for (const name of names.split('/')) componentOf(name, path);
  return names;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0));
}

function unlessAbsent(error: unknown): undefined {
  if (error instanceof SftpError && error.code === 'ENOENT') return undefined;
  throw error;
}

function tooMany(maxEntries: number): SftpError {
  return new SftpError('EINVAL', `The archive has more than ${maxEntries} entries`, { fix: 'Fetch parts of it, or raise maxEntries' });
}
