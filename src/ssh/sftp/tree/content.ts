// What is in the files of one side of a copy: their hashes, and their bytes. It does not know which side it is.
import { open } from 'node:fs/promises';
import type { SFTPClient } from '../client.ts';
import { localFault } from '../errors.ts';
import { inLanes } from '../lanes.ts';
import { joined } from '../names.ts';
import { localSha256, remoteSha256s } from '../remote-host.ts';
import { LocalFiles, READING } from './local-file.ts';
import { localPath } from './local-path.ts';
import type { LocalManifest } from './manifest.ts';
import type { TreeEntry } from './plan.ts';

const HASHES_AT_ONCE = 4;

/** The files below `base`. Every method throws SftpError. */
export interface Content {
  /** The SHA-256 of each, by the path of its entry. */
  readonly hashes: (base: string, entries: readonly TreeEntry[]) => Promise<ReadonlyMap<string, string>>;
  /** All of a file that is known to be small enough. @returns Undefined when it has another size by now. */
  readonly read: (base: string, entry: TreeEntry) => Promise<Buffer | undefined>;
}

export function remoteContent(client: SFTPClient): Content {
  return {
    hashes: async (base, entries) => {
      const byPath = await remoteSha256s(
        client.host,
        entries.map(({ path }) => joined(base, path)),
      );
      return new Map(entries.map(({ path }) => [path, byPath.get(joined(base, path)) ?? '']));
    },
    read: async (base, { path, attributes: { sizeBytes = 0 } }) => {
      await using file = await client.file(joined(base, path));
      const bytes = await file.read(sizeBytes + 1);
      return bytes.length === sizeBytes ? bytes : undefined;
    },
  };
}

export function localContent(): Content {
  const files = new LocalFiles();
  return {
    hashes: async (base, entries) => await each(entries, async ({ path }) => await hashOf(joined(base, path))),
    read: async (base, { path, attributes: { sizeBytes = 0 } }) => await files.read(joined(base, path), sizeBytes),
  };
}

/** The content of a tree that is sent; its base is its own. */
export function manifestContent(manifest: LocalManifest): Content {
  return {
    hashes: async (_base, entries) => await each(entries, async (entry) => await manifest.hash(entry)),
    read: async (_base, entry) => await manifest.readAll(entry),
  };
}

async function each(entries: readonly TreeEntry[], hash: (entry: TreeEntry) => Promise<string>): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  await inLanes(entries, HASHES_AT_ONCE, async (entry) => void hashes.set(entry.path, await hash(entry)));
  return hashes;
}

async function hashOf(path: string): Promise<string> {
  try {
    const file = await open(localPath(path), READING);
    try {
      return await localSha256(file);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw localFault(error, path);
  }
}
