// An SFTP client over any channel: paramiko's words, every answer a promise. It does not know what carries the channel.
import type { Duplex, Writable } from 'node:stream';
import { decodeAttributes, encodeAttributes, type FileAttributes } from './attributes.ts';
import { copy, type RemoteCopyOptions, type RemoteCopyResult } from './copy.ts';
import { type DirectoryEntry, onlyName, type ReaddirOptions, scan } from './directory.ts';
import { SftpError, StatusError } from './errors.ts';
import { type Attempt, explain, type FileSystemSpace } from './explain.ts';
import { get } from './get.ts';
import { type GlobOptions, glob } from './glob.ts';
import { remoteLister } from './lister.ts';
import { exists, makedirs, rmtree } from './paths.ts';
import { put } from './put.ts';
import { type OpenFlags, openBits, RemoteFile } from './remote-file.ts';
import { execOf, type RemoteHost } from './remote-host.ts';
import { askExtension, type Requests } from './requests.ts';
import { type SessionOptions, SftpSession } from './session.ts';
import { SFTPFile } from './sftp-file.ts';
import { getStream, putStream, type StreamTransferOptions } from './streams.ts';
import type { FileTransferOptions, FileTransferResult } from './transfer.ts';
import { getTreeByTar } from './tree/get-tar.ts';
import { getTree } from './tree/get-tree.ts';
import type { TreeOptions, TreeResult } from './tree/options.ts';
import { putTreeByTar } from './tree/put-tar.ts';
import { putTree } from './tree/put-tree.ts';
import { type Walked, type WalkOptions, walk } from './walk.ts';
import { type FieldReader, PACKET, string, uint32 } from './wire.ts';

const POSIX_RENAME = 'posix-rename@openssh.com';

/**
 * An open SFTP session. All methods may be called at once; nothing waits for anything else.
 *
 * Paths are the host's; relative ones start where the server starts, mostly the home directory. Bytes of a name that are no
 * UTF-8 become lone surrogates (Python's `surrogateescape`) and turn back into the same bytes.
 *
 * Every method rejects with an {@link SftpError}: ENOENT, EACCES, EEXIST, ENOSPC, EISDIR, ENOTDIR, ENOTEMPTY, EINVAL, EIO of the
 * file system; SFTP_LOST once the channel has ended, SFTP_PROTOCOL when the server breaks the protocol, SFTP_UNSUPPORTED when it
 * lacks the operation. No promise stays open when the channel ends.
 *
 * @example
 * ```ts
 * const sftp = await SFTPClient.open(channel);
 * await sftp.put('site.conf', '/etc/nginx/conf.d/site.conf', { mode: 0o644 });
 * await sftp.close();
 * ```
 */
export class SFTPClient {
  /** What it can ask of the host besides SFTP, when it was opened over a connection that is known. */
  readonly host: RemoteHost | undefined;
  /** For the verbs of this room that live in files of their own. */
  readonly requests: Requests;
  readonly #session: SftpSession;

  private constructor(session: SftpSession, host: RemoteHost | undefined) {
    this.#session = session;
    this.host = host;
    this.requests = { session, explained: (attempt, answer) => this.#explained(attempt, answer) };
  }

  /**
   * Greets the server on a channel whose other end is an SFTP subsystem. The channel is the client's from then on.
   *
   * @throws SftpError SFTP_LOST, SFTP_PROTOCOL; `signal.reason` on abort.
   */
  static async open(channel: Duplex, options: SessionOptions & { readonly host?: RemoteHost } = {}): Promise<SFTPClient> {
    return new SFTPClient(await SftpSession.open(channel, options), options.host);
  }

  /** As paramiko's `from_transport`: a session over a connection that is open. @throws as {@link open}. */
  static async fromTransport(transport: { openSftp(): Promise<SFTPClient> }): Promise<SFTPClient> {
    return await transport.openSftp();
  }

  /** @param path - A link is followed. */
  async stat(path: string): Promise<FileAttributes> {
    return decodeAttributes(await this.#ask({ doing: 'look at', path }, PACKET.ATTRS, PACKET.STAT, string(path)));
  }

  /** As {@link stat}, of the link itself. */
  async lstat(path: string): Promise<FileAttributes> {
    return decodeAttributes(await this.#ask({ doing: 'look at', path }, PACKET.ATTRS, PACKET.LSTAT, string(path)));
  }

  /** Sets what is given, and leaves the rest: mode, owner (uid and gid together), times (both together), size. */
  async setstat(path: string, attributes: FileAttributes): Promise<void> {
    await this.#ask({ doing: 'change', path }, PACKET.STATUS, PACKET.SETSTAT, string(path), encodeAttributes(attributes));
  }

  async chmod(path: string, mode: number): Promise<void> {
    await this.setstat(path, { mode });
  }

  /** Sets both times; whole seconds since 1970. */
  async utimes(path: string, atimeSeconds: number, mtimeSeconds: number): Promise<void> {
    await this.setstat(path, { atimeSeconds, mtimeSeconds });
  }

  /** Sets owner and group. */
  async chown(path: string, uid: number, gid: number): Promise<void> {
    await this.setstat(path, { uid, gid });
  }

  /** Cuts a file, or lengthens it with zeros. */
  async truncate(path: string, sizeBytes: number): Promise<void> {
    await this.setstat(path, { sizeBytes });
  }

  /** As {@link setstat}, of a link itself: owner and times. @throws SftpError SFTP_UNSUPPORTED without lsetstat@openssh.com. */
  async lsetstat(path: string, attributes: FileAttributes): Promise<void> {
    const fields = [string(path), encodeAttributes(attributes)];
    await askExtension(this.requests, { doing: 'change', path }, 'lsetstat@openssh.com', ...fields);
  }

  /** As os.path.exists; see {@link exists}. */
  async exists(path: string): Promise<boolean> {
    return await exists(this, path);
  }

  /** @param mode - Permission bits, from which the server takes away its umask. Default 0o777. */
  async mkdir(path: string, mode = 0o777): Promise<void> {
    await this.#ask({ doing: 'make the directory', path }, PACKET.STATUS, PACKET.MKDIR, string(path), encodeAttributes({ mode }));
  }

  /** Makes a directory and those above it that are missing; see {@link makedirs}. */
  async makedirs(path: string, mode?: number): Promise<void> {
    await makedirs(this, path, mode);
  }

  /** Removes a directory with everything below it; see {@link rmtree}. */
  async rmtree(path: string, options?: { readonly signal?: AbortSignal }): Promise<void> {
    await rmtree(this, path, options);
  }

  async rmdir(path: string): Promise<void> {
    await this.#ask({ doing: 'remove the directory', path }, PACKET.STATUS, PACKET.RMDIR, string(path));
  }

  async remove(path: string): Promise<void> {
    await this.#ask({ doing: 'remove', path }, PACKET.STATUS, PACKET.REMOVE, string(path));
  }

  /** Renames, but never onto a name that is taken: EEXIST. */
  async rename(from: string, to: string): Promise<void> {
    await this.#ask({ doing: 'rename', path: from, to }, PACKET.STATUS, PACKET.RENAME, string(from), string(to));
  }

  /** Whether it can still be asked; once it cannot, everything rejects with SFTP_LOST. */
  get isOpen(): boolean {
    return this.#session.isOpen;
  }

  /** Whether {@link posixRename} will work. */
  get canReplace(): boolean {
    return this.#session.extensions.has(POSIX_RENAME);
  }

  /** Renames as rename(2): what had the new name is replaced in one step. */
  async posixRename(from: string, to: string): Promise<void> {
    const attempt: Attempt = { doing: 'rename', path: from, to };
    await this.#explained(attempt, this.#session.askExtension(PACKET.STATUS, POSIX_RENAME, string(from), string(to)));
  }

  async readlink(path: string): Promise<string> {
    return onlyName(await this.#ask({ doing: 'read the link', path }, PACKET.NAME, PACKET.READLINK, string(path)));
  }

  /**
   * Makes `link` point to `target`.
   *
   * The target goes first on the wire: OpenSSH turned the draft's order round long ago, and nearly every server followed it.
   */
  async symlink(target: string, link: string): Promise<void> {
    await this.#ask({ doing: 'link', path: link }, PACKET.STATUS, PACKET.SYMLINK, string(target), string(link));
  }

  /** Gives a file one more name. @throws SftpError EEXIST; SFTP_UNSUPPORTED without hardlink@openssh.com. */
  async hardlink(path: string, name: string): Promise<void> {
    await askExtension(this.requests, { doing: 'link', path, to: name }, 'hardlink@openssh.com', string(path), string(name));
  }

  /** Copies a file of the host, on the host where the server can do that; see {@link copy}. */
  async copy(from: string, to: string, options?: RemoteCopyOptions): Promise<RemoteCopyResult> {
    return await copy(this, from, to, options);
  }

  /** `~user`, `~` (where relative paths start) and relative paths as absolute ones. @throws SftpError SFTP_UNSUPPORTED without expand-path@openssh.com. */
  async expandPath(path: string): Promise<string> {
    const answer = this.#session.askExtension(PACKET.NAME, 'expand-path@openssh.com', string(path));
    return onlyName(await this.#explained({ doing: 'resolve', path }, answer));
  }

  /** The home directory of a user. @throws SftpError SFTP_UNSUPPORTED without home-directory. */
  async homeDirectory(user: string): Promise<string> {
    const answer = this.#session.askExtension(PACKET.NAME, 'home-directory', string(user));
    return onlyName(await this.#explained({ doing: 'resolve', path: `~${user}` }, answer));
  }

  /** The absolute path without links; `.` is where relative paths start. */
  async realpath(path: string): Promise<string> {
    return onlyName(await this.#ask({ doing: 'resolve', path }, PACKET.NAME, PACKET.REALPATH, string(path)));
  }

  /** The names in a directory, without `.` and `..`, in the server's order. */
  async readdir(path: string, options?: ReaddirOptions): Promise<DirectoryEntry[]> {
    const entries: DirectoryEntry[] = [];
    for await (const batch of scan(this.requests, path, options)) entries.push(...batch);
    return entries;
  }

  /** As {@link readdir}, name by name while they come: a directory of any size, in little memory. */
  async *scandir(path: string, options?: ReaddirOptions): AsyncGenerator<DirectoryEntry, void, undefined> {
    for await (const batch of scan(this.requests, path, options)) yield* batch;
  }

  /** Everything below a directory, as it is found; see {@link walk}. */
  walk(path: string, options?: WalkOptions): AsyncGenerator<Walked, void, undefined> {
    return walk(remoteLister(this), path, options);
  }

  /** The paths that a pattern means; see {@link glob}. */
  async glob(pattern: string, options?: GlobOptions): Promise<string[]> {
    return await glob(remoteLister(this), pattern, options);
  }

  /**
   * Opens a file.
   *
   * @param flags - As fopen(3): `r` reads, `w` creates or empties, `wx` creates and refuses a taken name, `a` appends, `+` does both.
   * @param mode - Permission bits of a file that is created, there from its first moment. Default 0o666 less the server's umask.
   */
  async open(path: string, flags: OpenFlags = 'r', mode?: number): Promise<RemoteFile> {
    const attempt: Attempt = { doing: flags.includes('x') ? 'create' : 'open', path };
    const fields = [string(path), uint32(openBits(flags)), encodeAttributes({ mode })];
    const handle = (await this.#ask(attempt, PACKET.HANDLE, PACKET.OPEN, ...fields)).bytes();
    return new RemoteFile(path, handle, this.#session, (tried, answer) => this.#explained(tried, answer));
  }

  /** Opens a file with a position: to read, write and seek as in a local one. @param flags - As for {@link open}. */
  async file(path: string, flags: OpenFlags = 'r', mode?: number): Promise<SFTPFile> {
    return new SFTPFile(await this.open(path, flags, mode), flags.startsWith('a'));
  }

  /** Room on the file system that holds `path`. @throws SftpError SFTP_UNSUPPORTED without statvfs@openssh.com. */
  async statvfs(path: string): Promise<FileSystemSpace> {
    const attempt: Attempt = { doing: 'measure the space of', path };
    const answer = this.#session.askExtension(PACKET.EXTENDED_REPLY, 'statvfs@openssh.com', string(path));
    return decodeSpace(await this.#explained(attempt, answer));
  }

  /** Sends one file; see {@link put}. */
  async put(localPath: string, remotePath: string, options?: FileTransferOptions): Promise<FileTransferResult> {
    return await put(this, localPath, remotePath, options);
  }

  /** Sends a directory; see {@link putTree} and, for `via: 'tar'`, {@link putTreeByTar}. */
  async putTree(localDirectory: string, remoteDirectory: string, options?: TreeOptions): Promise<TreeResult> {
    if (options?.via === 'tar' && options.dryRun !== true) {
      return await putTreeByTar(execOf(this.host), localDirectory, remoteDirectory, options);
    }
    return await putTree(this, localDirectory, remoteDirectory, options);
  }

  /** Fetches a directory; see {@link getTree} and, for `via: 'tar'`, {@link getTreeByTar}. */
  async getTree(remoteDirectory: string, localDirectory: string, options?: TreeOptions): Promise<TreeResult> {
    if (options?.via === 'tar' && options.dryRun !== true) {
      return await getTreeByTar(execOf(this.host), remoteDirectory, localDirectory, options);
    }
    return await getTree(this, remoteDirectory, localDirectory, options);
  }

  /** Sends what a stream brings; see {@link putStream}. */
  async putfo(source: AsyncIterable<Uint8Array>, remotePath: string, options?: StreamTransferOptions): Promise<number> {
    return await putStream(this, source, remotePath, options);
  }

  /** Fetches a file into a stream; see {@link getStream}. */
  async getfo(remotePath: string, target: Writable, options?: StreamTransferOptions): Promise<number> {
    return await getStream(this, remotePath, target, options);
  }

  /** Fetches one file; see {@link get}. */
  async get(remotePath: string, localPath: string, options?: FileTransferOptions): Promise<FileTransferResult> {
    return await get(this, remotePath, localPath, options);
  }

  /** After an abort: a server that is silent for 5 s ends the session, so that tidying up cannot wait long. */
  hurry(): void {
    this.#session.hurry();
  }

  /** Ends the session and its channel. Whatever is under way rejects with SFTP_LOST. */
  async close(): Promise<void> {
    await this.#session.close();
  }

  async #ask(attempt: Attempt, expected: number, type: number, ...fields: readonly Uint8Array[]): Promise<FieldReader> {
    return await this.#explained(attempt, this.#session.ask(expected, type, ...fields));
  }

  async #explained<T>(attempt: Attempt, answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      throw await this.#explanation(attempt, error);
    }
  }

  async #explanation(attempt: Attempt, error: unknown): Promise<unknown> {
    if (!(error instanceof StatusError)) return error;
    const look = async (type: number, path: string): Promise<FileAttributes | undefined> =>
      await unlessRefused(this.#session.ask(PACKET.ATTRS, type, string(path)).then(decodeAttributes));
    return await explain(error, attempt, {
      stat: (path) => look(PACKET.STAT, path),
      lstat: (path) => look(PACKET.LSTAT, path),
      space: (path) =>
        unlessRefused(this.#session.askExtension(PACKET.EXTENDED_REPLY, 'statvfs@openssh.com', string(path)).then(decodeSpace)),
    });
  }
}

/** Looking around after a failure must not fail itself: what cannot be seen is not known, and the first failure counts. */
async function unlessRefused<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof SftpError) return undefined;
    throw error;
  }
}

function decodeSpace(fields: FieldReader): FileSystemSpace {
  fields.uint64(); // the preferred size of a request; blocks below are counted in fragments
  const fragment = fields.uint64();
  const total = fields.uint64();
  fields.uint64(); // free for root
  const available = fields.uint64();
  const totalFiles = fields.uint64();
  fields.uint64();
  return { totalBytes: total * fragment, availableBytes: available * fragment, totalFiles, availableFiles: fields.uint64() };
}
