// What a walk needs of a file system, and the host's as one. It does not know who walks.
import type { FileAttributes } from './attributes.ts';
import type { SFTPClient } from './client.ts';
import { type DirectoryEntry, scan } from './directory.ts';

/** A file system that can be looked at. Names are as those of SFTP: bytes that are no UTF-8 are lone surrogates. */
export interface Lister {
  /** The names in a directory, some at a time. */
  readonly list: (directory: string) => AsyncGenerator<readonly DirectoryEntry[], void, undefined>;
  /** A link is followed. */
  readonly stat: (path: string) => Promise<FileAttributes>;
  readonly lstat: (path: string) => Promise<FileAttributes>;
  readonly realpath: (path: string) => Promise<string>;
  readonly readlink: (path: string) => Promise<string>;
}

export function remoteLister(client: SFTPClient): Lister {
  return {
    list: (directory) => scan(client.requests, directory),
    stat: async (path) => await client.stat(path),
    lstat: async (path) => await client.lstat(path),
    realpath: async (path) => await client.realpath(path),
    readlink: async (path) => await client.readlink(path),
  };
}
