// A local tree as it is sent, looked at once: its entries, its small files in memory, its large ones open. It knows no host.
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Semaphore } from '../../../runtime/local/semaphore.ts';
import { type FileAttributes, kindOf } from '../attributes.ts';
import { localFault } from '../errors.ts';
import { joined } from '../names.ts';
import { notADirectory } from '../paths.ts';
import { localSha256 } from '../remote-host.ts';
import { notRegular, sourceChanged } from '../transfer.ts';
import { WHOLE_FILE_BYTES } from '../whole-file.ts';
import { ByteCache } from './byte-cache.ts';
import { LocalFiles, READING } from './local-file.ts';
import { attributesOf, localLister } from './local-lister.ts';
import { localPath, slashed } from './local-path.ts';
import type { TreeOptions } from './options.ts';
import { planTree, type TreeEntry, type TreePlan } from './plan.ts';

export interface ManifestOptions extends Pick<TreeOptions, 'links' | 'include' | 'exclude' | 'maxEntries' | 'signal'> {
  /** Whether it is sent to many hosts: all of them get the files as they were at first, or SOURCE_CHANGED. Default false. */
  readonly isShared?: boolean | undefined;
}

/** An open file of a manifest; let go of by disposing of it. */
export interface SharedFile extends AsyncDisposable {
  readonly handle: FileHandle;
}

interface OpenFile {
  readonly opening: Promise<{ readonly handle: FileHandle; readonly permit: Disposable }>;
  users: number;
}

/** All hosts go through the tree at about the same pace: what the first one reads, the others need soon. */
const CACHE_BYTES = 64 * 1024 * 1024;
const OPEN_FILES = 64;

/**
 * A local tree that is sent to one host or to many.
 *
 * @example
 * ```ts
 * const manifest = await LocalManifest.of('site', { isShared: true, exclude: ['.git/'] });
 * await Promise.all(clients.map((sftp) => sftp.putTree('site', '/srv/site', { manifest })));
 * ```
 */
export class LocalManifest {
  /** Absolute, with slashes. */
  readonly directory: string;
  readonly root: FileAttributes;
  readonly plan: TreePlan;
  readonly #isShared: boolean;
  /** A link that takes the place of a file between our look and our open shall not lead anywhere. */
  readonly #flags: number;
  readonly #files = new LocalFiles();
  readonly #small = new ByteCache<Buffer | undefined>(CACHE_BYTES);
  readonly #permits = new Semaphore(OPEN_FILES);
  readonly #open = new Map<string, OpenFile>();
  readonly #hashes = new Map<string, Promise<string>>();

  private constructor(directory: string, root: FileAttributes, plan: TreePlan, { links, isShared }: ManifestOptions) {
    this.directory = directory;
    this.root = root;
    this.plan = plan;
    this.#isShared = isShared === true;
    this.#flags = links === 'follow' ? 0 : (constants.O_NOFOLLOW ?? 0);
  }

  /** Walks a directory. @throws SftpError ENOENT, ENOTDIR, EACCES; EINVAL on more than `maxEntries`; `signal.reason`. */
  static async of(directory: string, options: ManifestOptions = {}): Promise<LocalManifest> {
    const from = slashed(directory);
    const root = await localLister.stat(from);
    if (kindOf(root) !== 'directory') throw notADirectory(from);
    return new LocalManifest(from, root, await planTree(localLister, from, options, () => {}), options);
  }

  /**
   * The bytes of a small file; they belong to everybody, and are not written to.
   *
   * @returns Undefined for a large file; and, unless the manifest is shared, for one that has another size by now.
   * @throws SftpError SOURCE_CHANGED where the manifest is shared.
   */
  async read(entry: TreeEntry): Promise<Buffer | undefined> {
    const { sizeBytes = 0 } = entry.attributes;
    if (sizeBytes > WHOLE_FILE_BYTES) return undefined;
    if (!this.#isShared) return await this.#files.read(this.#pathOf(entry), sizeBytes, this.#flags);
    return await this.#small.get(entry.path, sizeBytes, async () => await this.#readChecked(entry, sizeBytes));
  }

  /** All bytes of a file of any size. @returns Undefined when it is another one by now. */
  async readAll(entry: TreeEntry): Promise<Buffer | undefined> {
    const { sizeBytes = 0, version } = entry.attributes;
    return await this.#files.read(this.#pathOf(entry), sizeBytes, this.#flags, version);
  }

  /** Opens a file; everybody who has it open at the same time shares one handle. @throws SftpError SOURCE_CHANGED as {@link read}. */
  async open(entry: TreeEntry): Promise<SharedFile> {
    // Counted at once: whoever lets go meanwhile must not close it under us.
    const file = this.#open.get(entry.path) ?? { opening: this.#openOne(entry), users: 0 };
    this.#open.set(entry.path, file);
    file.users++;
    try {
      const { handle } = await file.opening;
      return { handle, [Symbol.asyncDispose]: async () => await this.#letGo(entry.path, file) };
    } catch (error) {
      if (this.#open.get(entry.path) === file) this.#open.delete(entry.path);
      throw error;
    }
  }

  /** The SHA-256 of a file, computed once. @throws SftpError SOURCE_CHANGED as {@link read}. */
  async hash(entry: TreeEntry): Promise<string> {
    const known = this.#hashes.get(entry.path) ?? this.#computeHash(entry);
    this.#hashes.set(entry.path, known);
    return await known;
  }

  async #computeHash(entry: TreeEntry): Promise<string> {
    await using file = await this.open(entry);
    return await localSha256(file.handle);
  }

  async #readChecked(entry: TreeEntry, sizeBytes: number): Promise<Buffer> {
    const path = this.#pathOf(entry);
    const bytes = await this.#files.read(path, sizeBytes, this.#flags, entry.attributes.version);
    if (bytes === undefined) throw sourceChanged(path, 'it is not what it was when the first host got it');
    return bytes;
  }

  async #openOne(entry: TreeEntry): Promise<{ handle: FileHandle; permit: Disposable }> {
    const permit = await this.#permits.acquire();
    try {
      return { handle: await this.#openChecked(entry), permit };
    } catch (error) {
      permit[Symbol.dispose]();
      throw error;
    }
  }

  async #openChecked(entry: TreeEntry): Promise<FileHandle> {
    const path = this.#pathOf(entry);
    const handle = await open(localPath(path), READING | this.#flags).catch((error: unknown) => {
      throw localFault(error, path);
    });
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) throw notRegular(path);
      if (this.#isShared && attributesOf(stats).version !== entry.attributes.version) {
        throw sourceChanged(path, 'it is not what it was when the first host got it');
      }
      return handle;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async #letGo(path: string, file: OpenFile): Promise<void> {
    file.users--;
    if (file.users > 0) return;
    this.#open.delete(path);
    const { handle, permit } = await file.opening;
    try {
      await handle.close();
    } finally {
      permit[Symbol.dispose]();
    }
  }

  #pathOf({ path }: TreeEntry): string {
    return joined(this.directory, path);
  }
}
