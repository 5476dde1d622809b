// Sends a directory as one tar archive, unpacked by the tar of the host: the quickest way for very many files. It knows no SFTP.
import { randomBytes } from 'node:crypto';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FileAttributes } from '../attributes.ts';
import { localFault, SftpError } from '../errors.ts';
import { joined } from '../names.ts';
import { deepestFirst } from '../paths.ts';
import { PLAIN_MODE_BITS, remoteTemporary, sourceChanged, targetPath } from '../transfer.ts';
import { FaultList } from './faults.ts';
import { attributesOf } from './local-lister.ts';
import { LocalManifest, type SharedFile } from './manifest.ts';
import type { TreeOptions, TreeOutcome, TreeResult } from './options.ts';
import type { TreeEntry } from './plan.ts';
import { END_OF_ARCHIVE, encodeEntry, padding, TAR } from './tar-format.ts';
import { abortedBy, type Exec, faultOfExit, type HostProcess, saidOn, tarFailed, unpackCommand } from './tar-host.ts';
import { preserved } from './tree-copy.ts';

// What is written to the channel at once: headers and small files by themselves would be many small packets.
const CHUNK_BYTES = 256 * 1024;
const DIRECTORY_BITS = 0o700;

/**
 * As {@link putTree}, through `tar -x` on the host. A new directory appears complete, in one step; in one that is there, files are
 * replaced as tar does it, so that a line that breaks may leave one of them half.
 *
 * @param exec - Starts a command on the host.
 * @throws SftpError as {@link putTree}; TAR_FAILED where the host has no tar or it fails; EINVAL with `update`, `resume`,
 *   `verify`, `delete` and `diff`.
 */
export async function putTreeByTar(
  exec: Exec,
  localDirectory: string,
  remoteDirectory: string,
  options: TreeOptions = {},
): Promise<TreeResult> {
  refuseByTar(options);
  const { signal } = options;
  signal?.throwIfAborted();
  const manifest = options.manifest ?? (await LocalManifest.of(localDirectory, options));
  const remotePath = targetPath(remoteDirectory, manifest.directory);
  const faults = new FaultList(options);
  for (const { path: at, error } of manifest.plan.faults) faults.add(at, error);
  const mark = `.sshoal-${randomBytes(6).toString('hex')}.mark`;
  const preserve = options.preserve === true;
  const mode = preserve ? preserved(manifest.root).mode : undefined;
  const tar = await exec(unpackCommand({ target: remotePath, beside: remoteTemporary(remotePath), mark, preserve, mode }));
  const archive = new Archive(manifest, mark, faults, options);
  await throughTar(tar, archive, remotePath, signal);
  return { ...archive.outcome, localPath: localDirectory, remotePath };
}

/** @throws SftpError EINVAL: tar can be asked neither what is there nor what has come. */
export function refuseByTar({ update = 'always', resume, verify, delete: removes, diff }: TreeOptions): void {
  const asked = { update: update !== 'always', resume, verify, delete: removes, diff };
  const [first] = Object.entries(asked).flatMap(([name, isAsked]) => (isAsked === true ? [name] : []));
  if (first === undefined) return;
  throw new SftpError('EINVAL', `Through tar everything is copied as it is: there is no \`${first}\``, {
    fix: `Leave via tar out, or ${first}`,
  });
}

async function throughTar(tar: HostProcess, archive: Archive, remotePath: string, signal: AbortSignal | undefined): Promise<void> {
  const said = saidOn(tar.stderr);
  // Heard only where it explains a bad end.
  said.catch(() => {});
  try {
    const greeting = await abortedBy(signal, firstLine(tar.stdout[Symbol.asyncIterator]()));
    const broken = greeting === undefined ? undefined : await send(archive.bytes(greeting), tar.stdin, signal);
    // Trouble of ours is told as it is; trouble with the pipe is explained by how tar ended.
    if (broken instanceof SftpError) throw broken;
    const fault = faultOfExit(await abortedBy(signal, tar.exit), await said, remotePath);
    if (fault !== undefined) throw fault;
    if (broken !== undefined) throw broken;
  } finally {
    // The end of its input without the mark tells the host that the rest will never come.
    tar.close();
  }
}

/** @returns What went wrong, if anything did. @throws `signal.reason`. */
async function send(bytes: AsyncIterable<Buffer>, stdin: Writable, signal: AbortSignal | undefined): Promise<unknown> {
  try {
    await pipeline(Readable.from(bytes, { objectMode: false, highWaterMark: CHUNK_BYTES }), stdin, { signal });
    return undefined;
  } catch (error) {
    signal?.throwIfAborted();
    return error;
  }
}

interface Greeting {
  readonly isFresh: boolean;
  readonly umask: number;
}

/** @returns Undefined where the host says nothing: its exit code says why. */
async function firstLine(output: AsyncIterator<Uint8Array>): Promise<Greeting | undefined> {
  let text = '';
  while (!text.includes('\n') && text.length < 1_000) {
    const { done, value } = await output.next();
    if (done === true) return undefined;
    text += Buffer.from(value).toString('latin1');
  }
  const found = /^(fresh|merge) ([0-7]+)\n/.exec(text);
  if (found !== null) return { isFresh: found[1] === 'fresh', umask: Number.parseInt(found[2] ?? '', 8) };
  throw tarFailed(
    `The host says ${JSON.stringify(text.slice(0, 100))} where tar should be ready`,
    'Let no login script of the user print anything',
  );
}

/** The archive of a plan, made while it is sent. */
class Archive {
  readonly #manifest: LocalManifest;
  readonly #mark: string;
  readonly #faults: FaultList;
  readonly #options: TreeOptions;
  #doneFiles = 0;
  #doneBytes = 0;

  constructor(manifest: LocalManifest, mark: string, faults: FaultList, options: TreeOptions) {
    this.#manifest = manifest;
    this.#mark = mark;
    this.#faults = faults;
    this.#options = options;
  }

  get outcome(): TreeOutcome {
    const { directories, links } = this.#manifest.plan;
    const counts = {
      files: this.#doneFiles,
      directories: directories.length,
      links: links.length,
      bytes: this.#doneBytes,
      unchanged: 0,
      removed: 0,
    };
    return { ...counts, errors: this.#faults.all };
  }

  /** In large pieces. */
  async *bytes(greeting: Greeting): AsyncGenerator<Buffer, void, undefined> {
    let held: Buffer[] = [];
    let bytes = 0;
    for await (const piece of this.#pieces(greeting)) {
      held.push(piece);
      bytes += piece.length;
      if (bytes < CHUNK_BYTES) continue;
      await this.#options.pace?.(bytes, this.#options.signal);
      yield Buffer.concat(held, bytes);
      held = [];
      bytes = 0;
    }
    await this.#options.pace?.(bytes, this.#options.signal);
    yield Buffer.concat(held, bytes);
  }

  async *#pieces({ isFresh, umask }: Greeting): AsyncGenerator<Buffer, void, undefined> {
    const { root, plan } = this.#manifest;
    const { directories, files, links } = plan;
    const preserve = this.#options.preserve === true;
    const name = (at: string): string => `${isFresh ? 'tree' : '.'}/${at}`;
    const modeOf = ({ mode = 0o666 }: FileAttributes): number => (preserve ? mode & 0o7777 : mode & PLAIN_MODE_BITS & ~umask);
    const directory = (entry: TreeEntry, extra: number): Buffer =>
      header(TAR.DIRECTORY, `${name(entry.path)}/`, entry.attributes, modeOf({ mode: 0o777, ...entry.attributes }) | extra);
    if (isFresh) yield directory({ path: '', attributes: root }, DIRECTORY_BITS);
    for (const entry of directories) yield directory(entry, DIRECTORY_BITS);
    for (const entry of files) yield* this.#file(entry, name(entry.path), modeOf(entry.attributes));
    for (const { path: at, target } of links) {
      yield encodeEntry({ type: TAR.LINK, path: name(at), target, mode: 0o777, mtimeSeconds: 0, sizeBytes: 0 });
    }
    // Once more, when nothing in them changes any more: a directory that may not be written to would hold nothing.
    if (preserve) {
      const byPath = new Map(directories.map((entry) => [entry.path, entry]));
      for (const level of deepestFirst([...byPath.keys()])) for (const at of level) yield directory(byPath.get(at) as TreeEntry, 0);
      if (isFresh) yield directory({ path: '', attributes: root }, DIRECTORY_BITS);
    }
    yield encodeEntry({ type: TAR.FILE, path: this.#mark, mode: 0o600, mtimeSeconds: 0, sizeBytes: 0 });
    yield END_OF_ARCHIVE;
  }

  async *#file(entry: TreeEntry, name: string, mode: number): AsyncGenerator<Buffer, void, undefined> {
    this.#options.signal?.throwIfAborted();
    const local = joined(this.#manifest.directory, entry.path);
    await using content = await this.#opened(entry, local);
    if (content === undefined) return;
    yield header(TAR.FILE, name, content.attributes, mode, content.attributes.sizeBytes);
    let sent = 0;
    for await (const piece of content.pieces) {
      sent += piece.length;
      this.#doneBytes += piece.length;
      yield piece;
    }
    const size = content.attributes.sizeBytes ?? 0;
    // The header has promised so many bytes: there is no way back.
    if (sent !== size) throw sourceChanged(local, `it ended at ${sent} of ${size} bytes`);
    yield padding(size);
    this.#doneFiles++;
    this.#options.onProgress?.({
      doneFiles: this.#doneFiles,
      totalFiles: this.#manifest.plan.files.length,
      doneBytes: this.#doneBytes,
      totalBytes: undefined,
    });
  }

  /** What an entry's content is; undefined for a fault that was collected. */
  async #opened(entry: TreeEntry, local: string): Promise<Content | undefined> {
    try {
      const small = await this.#manifest.read(entry);
      if (small !== undefined) return { attributes: entry.attributes, pieces: [small], [Symbol.asyncDispose]: async () => {} };
      return await largeFile(await this.#manifest.open(entry), local);
    } catch (error) {
      this.#faults.add(entry.path, error);
      return undefined;
    }
  }
}

interface Content extends AsyncDisposable {
  readonly attributes: FileAttributes;
  readonly pieces: Iterable<Buffer> | AsyncIterable<Buffer>;
}

async function largeFile(file: SharedFile, local: string): Promise<Content> {
  try {
    const attributes = attributesOf(await file.handle.stat());
    const { sizeBytes = 0 } = attributes;
    if (sizeBytes > 0) return { attributes, pieces: piecesOf(file, sizeBytes), [Symbol.asyncDispose]: file[Symbol.asyncDispose] };
    throw new SftpError('EINVAL', `${local} does not tell its size, which an archive needs`, {
      where: local,
      fix: 'Leave it out (exclude)',
    });
  } catch (error) {
    await file[Symbol.asyncDispose]();
    throw localFault(error, local);
  }
}

/** By place, since others may read the same file. */
async function* piecesOf({ handle }: SharedFile, sizeBytes: number): AsyncGenerator<Buffer, void, undefined> {
  for (let offset = 0; offset < sizeBytes; ) {
    const room = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, sizeBytes - offset));
    const { bytesRead } = await handle.read(room, 0, room.length, offset);
    if (bytesRead === 0) return;
    yield room.subarray(0, bytesRead);
    offset += bytesRead;
  }
}

function header(type: string, name: string, { mtimeSeconds = 0 }: FileAttributes, mode: number, sizeBytes = 0): Buffer {
  return encodeEntry({ type, path: name, mode, mtimeSeconds, sizeBytes });
}
