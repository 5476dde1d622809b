// Sends a directory to the host. It does not know how the client reaches the host.
import type { FileHandle } from 'node:fs/promises';
import os from 'node:os';
import { Semaphore } from '../../../runtime/local/semaphore.ts';
import type { SFTPClient } from '../client.ts';
import { joined } from '../names.ts';
import { openTemporary } from '../put.ts';
import { send } from '../send.ts';
import { abortable, checkUnchanged, type Pace, resumeAt, targetPath, timed } from '../transfer.ts';
import { writeWhole } from '../whole-file.ts';
import { manifestContent, remoteContent } from './content.ts';
import { copyTree, type NewFile, type TreeRoute } from './copy-tree.ts';
import { attributesOf, localLister } from './local-lister.ts';
import { LocalManifest } from './manifest.ts';
import type { TreeOptions, TreeResult } from './options.ts';
import { remoteTarget } from './target.ts';

/** Each of them has several megabytes under way: more at once would only take memory. */
export const LARGE_FILES_AT_ONCE = 4;

/**
 * Sends a directory: what is in `localDirectory` will be in `remoteDirectory`.
 *
 * A directory that is not there yet appears complete, in one step. In one that is there, every file is replaced in one step; what is not
 * in the tree stays.
 *
 * @param remoteDirectory - The name of the tree; or, ending with `/`, the directory to put it into under its own name.
 * @throws SftpError ENOENT, ENOTDIR, EACCES, EISDIR, ENOSPC, EIO with `where` the path on its side; EINVAL on devices and pipes,
 *   SOURCE_CHANGED, LINK_LOOP, SFTP_LOST, SFTP_PROTOCOL; `signal.reason` on abort. With `onError: 'collect'` those of single entries are in
 *   the result instead.
 * @example
 * ```ts
 * await sftp.putTree('site', '/srv/', { preserve: true, exclude: ['.git/', '*.tmp'] });
 * ```
 */
export async function putTree(
  client: SFTPClient,
  localDirectory: string,
  remoteDirectory: string,
  options: TreeOptions = {},
): Promise<TreeResult> {
  const manifest = options.manifest ?? (await LocalManifest.of(localDirectory, options));
  const remotePath = targetPath(remoteDirectory, manifest.directory);
  const route = putRoute(client, manifest, options);
  const outcome = await abortable(client, options.signal, async () => await copyTree(route, manifest.directory, remotePath, options));
  return { ...outcome, localPath: localDirectory, remotePath };
}

function putRoute(client: SFTPClient, manifest: LocalManifest, { pace }: TreeOptions): TreeRoute {
  const large = new Semaphore(LARGE_FILES_AT_ONCE);
  return {
    source: localLister,
    target: remoteTarget(client),
    sourceContent: manifestContent(manifest),
    targetContent: remoteContent(client),
    sourceName: `${os.userInfo().username}@${os.hostname()}`,
    looked: manifest,
    isForeign: false,
    check: () => {},
    copyFile: async (_from, entry, to, file) => {
      const data = file.mayBeThere ? undefined : await manifest.read(entry);
      if (data !== undefined) {
        await pace?.(data.length, file.signal);
        await writeWhole(client.requests, to, data, file);
        file.onBytes(data.length);
        return;
      }
      using _permit = await large.acquire();
      await using source = await manifest.open(entry);
      await putLarge(client, { file: source.handle, path: joined(manifest.directory, entry.path) }, to, file, pace);
    },
  };
}

/** A file of any size, also of one that is not what it was when the tree was looked at. */
async function putLarge(
  client: SFTPClient,
  source: { readonly file: FileHandle; readonly path: string },
  to: string,
  { mode, attributes, mayBeThere, onBytes, signal }: NewFile,
  pace: Pace | undefined,
): Promise<void> {
  const before = await source.file.stat();
  const { result: target, tookMs } = await timed(async () =>
    mayBeThere ? await openTemporary(client, to, true) : await client.open(to, 'wx', mode),
  );
  try {
    const fromByte = mayBeThere ? resumeAt((await target.stat()).sizeBytes ?? 0, before.size) : 0;
    const what = { ...source, totalBytes: before.size, fromByte };
    const bytes = fromByte + (await send(what, [target], tookMs, { signal, pace, onProgress: onBytes }));
    const after = await source.file.stat();
    checkUnchanged(source.path, { size: before.size, changed: before.mtimeMs }, { size: after.size, changed: after.mtimeMs }, bytes);
    // What was there before may be longer, and may have the mode of a temporary file.
    if (mayBeThere) await target.setstat({ sizeBytes: bytes, mode });
    if (attributes !== undefined) await target.setstat({ ...attributes, ...timesOf(attributesOf(after)) });
  } finally {
    await target.close();
  }
}

function timesOf({ atimeSeconds, mtimeSeconds }: ReturnType<typeof attributesOf>) {
  return { atimeSeconds, mtimeSeconds };
}
