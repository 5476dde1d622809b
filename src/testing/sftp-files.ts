// The local file system in SFTP's terms: handles, attributes, answers to single requests. It does not know the channel they come by.
import { constants, type Stats } from 'node:fs';
import {
  chmod,
  chown,
  type FileHandle,
  lstat,
  mkdir,
  open,
  readdir,
  readlink,
  realpath,
  rename,
  rmdir,
  stat,
  statfs,
  symlink,
  truncate,
  unlink,
  utimes,
} from 'node:fs/promises';
import path from 'node:path';
import { decodeAttributes, encodeAttributes, type FileAttributes } from '../ssh/sftp/attributes.ts';
import { decodeName, encodeName } from '../ssh/sftp/names.ts';
import { type FieldReader, MAX_DATA_BYTES, MAX_PACKET_BYTES, OPEN_FLAG, PACKET, STATUS, string, uint32, uint64 } from '../ssh/sftp/wire.ts';

/** The type of an answer and its fields after the id. */
export interface Answer {
  readonly type: number;
  readonly fields: readonly Uint8Array[];
}

/** A refusal that is no error of the file system. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** What this server can beyond version 3. */
export const EXTENSIONS: Readonly<Record<string, string>> = {
  'posix-rename@openssh.com': '1',
  'statvfs@openssh.com': '2',
  'fsync@openssh.com': '1',
  'limits@openssh.com': '1',
};

const OK: Answer = { type: PACKET.STATUS, fields: [uint32(STATUS.OK), string('Success'), string('')] };
const NAMES_AT_ONCE = 100;
const MAX_HANDLES = 1_000;

type Handle =
  | { readonly kind: 'file'; readonly file: FileHandle; readonly append: boolean }
  | { readonly kind: 'directory'; readonly path: Buffer; readonly left: Buffer[] };

/** Everything one SFTP session has open, and how each request is answered. Relative paths start at its directory. */
export class SftpFiles {
  readonly #directory: string;
  readonly #handles = new Map<string, Handle>();
  #lastHandle = 0;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async close(): Promise<void> {
    const handles = [...this.#handles.values()];
    this.#handles.clear();
    await Promise.all(handles.map(async (handle) => (handle.kind === 'file' ? await handle.file.close() : undefined)));
  }

  /** @throws Refusal, an error of node:fs, or SftpError SFTP_PROTOCOL on fields that do not fit. */
  async answer(type: number, fields: FieldReader): Promise<Answer> {
    switch (type) {
      case PACKET.OPEN:
        return await this.#open(fields);
      case PACKET.CLOSE:
        return await this.#closeHandle(fields);
      case PACKET.READ:
        return await this.#read(fields);
      case PACKET.WRITE:
        return await this.#write(fields);
      case PACKET.LSTAT:
        return attributesOf(await lstat(this.#path(fields)));
      case PACKET.STAT:
        return attributesOf(await stat(this.#path(fields)));
      case PACKET.FSTAT:
        return attributesOf(await this.#file(fields).file.stat());
      case PACKET.SETSTAT:
        return await setPath(this.#path(fields), decodeAttributes(fields));
      case PACKET.FSETSTAT:
        return await setFile(this.#file(fields).file, decodeAttributes(fields));
      case PACKET.OPENDIR:
        return await this.#openDirectory(fields);
      case PACKET.READDIR:
        return await this.#readDirectory(fields);
      case PACKET.REMOVE:
        return await done(unlink(this.#path(fields)));
      case PACKET.MKDIR:
        return await done(mkdir(this.#path(fields), decodeAttributes(fields).mode ?? 0o777));
      case PACKET.RMDIR:
        return await done(rmdir(this.#path(fields)));
      case PACKET.REALPATH:
        return justName(await resolve(this.#path(fields)));
      case PACKET.RENAME:
        return await renameNew(this.#path(fields), this.#path(fields));
      case PACKET.READLINK:
        return justName(await readlink(this.#path(fields), { encoding: 'buffer' }));
      case PACKET.SYMLINK: {
        const target = Buffer.from(fields.bytes());
        return await done(symlink(target, this.#path(fields)));
      }
      case PACKET.EXTENDED:
        return await this.#extension(fields);
      default:
        throw new Refusal(STATUS.OP_UNSUPPORTED, `There is no request of type ${type}`);
    }
  }

  async #extension(fields: FieldReader): Promise<Answer> {
    const name = fields.name();
    switch (name) {
      case 'posix-rename@openssh.com':
        return await done(rename(this.#path(fields), this.#path(fields)));
      case 'fsync@openssh.com':
        return await done(this.#file(fields).file.sync());
      case 'limits@openssh.com': {
        const limits = [MAX_PACKET_BYTES, MAX_DATA_BYTES, MAX_DATA_BYTES, MAX_HANDLES];
        return { type: PACKET.EXTENDED_REPLY, fields: limits.map(uint64) };
      }
      case 'statvfs@openssh.com': {
        const { bsize, blocks, bfree, bavail, files, ffree } = await statfs(this.#path(fields));
        // Ours has no free files of its own for root, no file system id, no flags; names are 255 bytes long wherever this runs.
        return { type: PACKET.EXTENDED_REPLY, fields: [bsize, bsize, blocks, bfree, bavail, files, ffree, ffree, 0, 0, 255].map(uint64) };
      }
      default:
        throw new Refusal(STATUS.OP_UNSUPPORTED, `There is no ${name} here`);
    }
  }

  async #open(fields: FieldReader): Promise<Answer> {
    const file = this.#path(fields);
    const flags = fields.uint32();
    const { mode = 0o666 } = decodeAttributes(fields);
    this.#checkRoom();
    return this.#keep({ kind: 'file', file: await open(file, localFlags(flags), mode), append: (flags & OPEN_FLAG.APPEND) !== 0 });
  }

  async #openDirectory(fields: FieldReader): Promise<Answer> {
    const directory = this.#path(fields);
    this.#checkRoom();
    const names = await readdir(directory, { encoding: 'buffer' });
    return this.#keep({ kind: 'directory', path: directory, left: [Buffer.from('.'), Buffer.from('..'), ...names] });
  }

  async #closeHandle(fields: FieldReader): Promise<Answer> {
    const id = fields.name();
    const handle = this.#handles.get(id);
    if (handle === undefined) throw new Refusal(STATUS.FAILURE, 'There is no such handle');
    this.#handles.delete(id);
    if (handle.kind === 'file') await handle.file.close();
    return OK;
  }

  async #read(fields: FieldReader): Promise<Answer> {
    const { file } = this.#file(fields);
    const offset = fields.uint64();
    const buffer = Buffer.allocUnsafe(Math.min(fields.uint32(), MAX_DATA_BYTES));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
    if (bytesRead === 0 && buffer.length > 0) throw new Refusal(STATUS.EOF, 'End of file');
    return { type: PACKET.DATA, fields: [string(buffer.subarray(0, bytesRead))] };
  }

  async #write(fields: FieldReader): Promise<Answer> {
    const { file, append } = this.#file(fields);
    const offset = fields.uint64();
    const data = fields.bytes();
    for (let at = 0; at < data.length; ) {
      at += (await file.write(data, at, data.length - at, append ? null : offset + at)).bytesWritten;
    }
    return OK;
  }

  async #readDirectory(fields: FieldReader): Promise<Answer> {
    const handle = this.#handles.get(fields.name());
    if (handle?.kind !== 'directory') throw new Refusal(STATUS.FAILURE, 'This handle is of no directory');
    const names = handle.left.splice(0, NAMES_AT_ONCE);
    if (names.length === 0) throw new Refusal(STATUS.EOF, 'End of the directory');
    const entries = await Promise.all(names.map((name) => describe(handle.path, name)));
    return { type: PACKET.NAME, fields: [uint32(entries.length), ...entries] };
  }

  #path(fields: FieldReader): Buffer {
    return encodeName(path.posix.resolve(this.#directory, fields.name()));
  }

  #file(fields: FieldReader): Handle & { readonly kind: 'file' } {
    const handle = this.#handles.get(fields.name());
    if (handle?.kind === 'file') return handle;
    throw new Refusal(STATUS.FAILURE, 'This handle is of no file');
  }

  #checkRoom(): void {
    if (this.#handles.size >= MAX_HANDLES) throw new Refusal(STATUS.FAILURE, `${MAX_HANDLES} files are open already`);
  }

  #keep(handle: Handle): Answer {
    const id = String(++this.#lastHandle);
    this.#handles.set(id, handle);
    return { type: PACKET.HANDLE, fields: [string(id)] };
  }
}

async function done(work: Promise<unknown>): Promise<Answer> {
  await work;
  return OK;
}

function attributesOf(stats: Stats): Answer {
  return { type: PACKET.ATTRS, fields: [encodeAttributes(described(stats))] };
}

function described({ size, uid, gid, mode, atimeMs, mtimeMs }: Stats): FileAttributes {
  return { sizeBytes: size, uid, gid, mode, atimeSeconds: Math.floor(atimeMs / 1000), mtimeSeconds: Math.floor(mtimeMs / 1000) };
}

function justName(name: Uint8Array): Answer {
  return { type: PACKET.NAME, fields: [uint32(1), string(name), string(name), encodeAttributes({})] };
}

/** One entry of a list; a name that vanished meanwhile is told without attributes. */
async function describe(directory: Buffer, name: Buffer): Promise<Buffer> {
  const attributes = await lstat(Buffer.concat([directory, Buffer.from('/'), name])).then(described, () => ({}));
  return Buffer.concat([string(name), string(longName(decodeName(name), attributes)), encodeAttributes(attributes)]);
}

/** A line in the manner of `ls -l`, which OpenSSH's client shows as it is. */
function longName(name: string, { mode = 0, uid = 0, gid = 0, sizeBytes = 0, mtimeSeconds = 0 }: FileAttributes): string {
  const type = { 4: 'd', 8: '-', 10: 'l' }[mode >> 12] ?? '?';
  const bits = Array.from('rwxrwxrwx', (bit, index) => (mode & (0o400 >> index) ? bit : '-')).join('');
  return `${type}${bits} 1 ${uid} ${gid} ${sizeBytes} ${new Date(mtimeSeconds * 1000).toISOString().slice(0, 16)} ${name}`;
}

/** As OpenSSH: the last part of a path need not exist. */
async function resolve(file: Buffer): Promise<Buffer> {
  try {
    return await realpath(file, { encoding: 'buffer' });
  } catch (error) {
    const text = decodeName(file);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || text === '/') throw error;
    const parent = await realpath(encodeName(path.posix.dirname(text)), { encoding: 'buffer' });
    return encodeName(path.posix.join(decodeName(parent), path.posix.basename(text)));
  }
}

/** Version 3 renames only to a name that is free. */
async function renameNew(from: Buffer, to: Buffer): Promise<Answer> {
  const taken = await lstat(to).then(
    () => true,
    () => false,
  );
  if (taken) throw new Refusal(STATUS.FAILURE, 'Failure');
  return await done(rename(from, to));
}

async function setPath(file: Buffer, { sizeBytes, mode, uid, gid, atimeSeconds, mtimeSeconds }: FileAttributes): Promise<Answer> {
  if (sizeBytes !== undefined) await truncate(file, sizeBytes);
  if (mode !== undefined) await chmod(file, mode & 0o7777);
  if (uid !== undefined && gid !== undefined) await chown(file, uid, gid);
  if (atimeSeconds !== undefined && mtimeSeconds !== undefined) await utimes(file, atimeSeconds, mtimeSeconds);
  return OK;
}

async function setFile(file: FileHandle, { sizeBytes, mode, uid, gid, atimeSeconds, mtimeSeconds }: FileAttributes): Promise<Answer> {
  if (sizeBytes !== undefined) await file.truncate(sizeBytes);
  if (mode !== undefined) await file.chmod(mode & 0o7777);
  if (uid !== undefined && gid !== undefined) await file.chown(uid, gid);
  if (atimeSeconds !== undefined && mtimeSeconds !== undefined) await file.utimes(atimeSeconds, mtimeSeconds);
  return OK;
}

function localFlags(flags: number): number {
  const both = OPEN_FLAG.READ | OPEN_FLAG.WRITE;
  const way = (flags & both) === both ? constants.O_RDWR : flags & OPEN_FLAG.WRITE ? constants.O_WRONLY : constants.O_RDONLY;
  return (
    way |
    (flags & OPEN_FLAG.APPEND ? constants.O_APPEND : 0) |
    (flags & OPEN_FLAG.CREATE ? constants.O_CREAT : 0) |
    (flags & OPEN_FLAG.TRUNCATE ? constants.O_TRUNC : 0) |
    (flags & OPEN_FLAG.EXCLUSIVE ? constants.O_EXCL : 0)
  );
}
