// The system calls on local files, in the way that costs least where they are made. It does not know what is read or written.
import {
  close,
  closeSync,
  fchmod,
  fchmodSync,
  fstat,
  fstatSync,
  futimes,
  futimesSync,
  lstat,
  lstatSync,
  open,
  openSync,
  read,
  readSync,
  type Stats,
  write,
  writeSync,
} from 'node:fs';
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { localPath } from './local-path.ts';

type Path = string | Buffer;
type Soon<T> = T | Promise<T>;

/** What copying small files needs; each throws or rejects with an error of node:fs. */
export interface FileCalls {
  readonly open: (path: Path, flags: number, mode: number) => Soon<number>;
  readonly close: (file: number) => Soon<void>;
  readonly read: (file: number, room: Buffer, offset: number, bytes: number) => Soon<number>;
  readonly write: (file: number, data: Buffer, offset: number, bytes: number) => Soon<number>;
  readonly chmod: (file: number, mode: number) => Soon<void>;
  readonly utimes: (file: number, atimeSeconds: number, mtimeSeconds: number) => Soon<void>;
  readonly lstat: (path: Path) => Soon<Stats>;
  readonly fstat: (file: number) => Soon<Stats>;
}

/** By a thread of node's pool: a call may take as long as it likes. */
const THREADED: FileCalls = {
  open: (file, flags, mode) => called<number>((done) => open(file, flags, mode, done)),
  close: (file) => called<void>((done) => close(file, done)),
  read: (file, room, offset, bytes) => called<number>((done) => read(file, room, offset, bytes, offset, done)),
  write: (file, data, offset, bytes) => called<number>((done) => write(file, data, offset, bytes, offset, done)),
  chmod: (file, mode) => called<void>((done) => fchmod(file, mode, done)),
  utimes: (file, atime, mtime) => called<void>((done) => futimes(file, atime, mtime, done)),
  lstat: (file) => called<Stats>((done) => lstat(file, done)),
  fstat: (file) => called<Stats>((done) => fstat(file, done)),
};

/** Here and now: some microseconds for each call, where handing it to a thread and back takes tens of them. */
const DIRECT: FileCalls = {
  open: openSync,
  close: closeSync,
  read: (file, room, offset, bytes) => readSync(file, room, offset, bytes, offset),
  write: (file, data, offset, bytes) => writeSync(file, data, offset, bytes, offset),
  chmod: fchmodSync,
  utimes: futimesSync,
  lstat: (file) => lstatSync(file),
  fstat: (file) => fstatSync(file),
};

// File systems of Linux that lie on a disk of this machine or in its memory (statfs(2)): ext, xfs, btrfs, tmpfs, overlayfs, f2fs, zfs.
// A call on any other may wait for a network, and would hold everything we do until a cable is plugged in again.
const OWN_DISKS: ReadonlySet<number> = new Set([0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x794c7630, 0xf2f52010, 0x2fc12fc1]);

/** {@link callsFor}, asked once for each directory. */
export class CallsByDirectory {
  readonly #known = new Map<string, Promise<FileCalls>>();

  async for(file: string): Promise<FileCalls> {
    const directory = path.dirname(file);
    const known = this.#known.get(directory) ?? callsFor(directory);
    this.#known.set(directory, known);
    return await known;
  }
}

/** Which way to call for what lies in a directory. */
export async function callsFor(directory: string): Promise<FileCalls> {
  if (process.platform !== 'linux') return THREADED;
  try {
    return OWN_DISKS.has((await statfs(localPath(directory))).type) ? DIRECT : THREADED;
  } catch {
    // Whatever is wrong with the directory, the calls themselves will tell.
    return THREADED;
  }
}

function called<T>(start: (done: (error: Error | null, value?: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, value) => {
      if (error === null || error === undefined) resolve(value as T);
      else reject(error);
    });
  });
}
