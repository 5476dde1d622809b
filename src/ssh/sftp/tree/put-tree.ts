// Sends a directory to the host. It does not know how the client reaches the host.
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Semaphore } from '../../../runtime/local/semaphore.ts';
import type { SFTPClient } from '../client.ts';
import { localFault } from '../errors.ts';
import { send } from '../send.ts';
import { abortable, checkUnchanged, notRegular, targetPath, timed } from '../transfer.ts';
import { WHOLE_FILE_BYTES, writeWhole } from '../whole-file.ts';
import { copyTree, type NewFile, type TreeRoute } from './copy-tree.ts';
import { LocalFiles, READING } from './local-file.ts';
import { attributesOf, localLister } from './local-lister.ts';
import { localPath, slashed } from './local-path.ts';
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
  const from = slashed(localDirectory);
  const remotePath = targetPath(remoteDirectory, from);
  const route = putRoute(client, options);
  const outcome = await abortable(client, options.signal, async () => await copyTree(route, from, remotePath, options));
  return { ...outcome, localPath: localDirectory, remotePath };
}

function putRoute(client: SFTPClient, { links }: TreeOptions): TreeRoute {
  // A link that takes the place of a file between our look and our open shall not lead anywhere.
  const flags = links === 'follow' ? 0 : (constants.O_NOFOLLOW ?? 0);
  const files = new LocalFiles();
  const large = new Semaphore(LARGE_FILES_AT_ONCE);
  return {
    source: localLister,
    target: remoteTarget(client),
    isForeign: false,
    check: () => {},
    copyFile: async (from, { attributes: { sizeBytes = 0 } }, to, file) => {
      const data = sizeBytes > WHOLE_FILE_BYTES ? undefined : await files.read(from, sizeBytes, flags);
      if (data !== undefined) {
        await writeWhole(client.requests, to, data, file);
        file.onBytes(data.length);
        return;
      }
      using _permit = await large.acquire();
      await putLarge(client, from, flags, to, file);
    },
  };
}

/** A file of any size, also of one that is not what it was when the tree was looked at. */
async function putLarge(client: SFTPClient, from: string, flags: number, to: string, file: NewFile): Promise<void> {
  const source = await openLocal(from, flags);
  try {
    const before = await source.stat();
    if (!before.isFile()) throw notRegular(from);
    const { result: target, tookMs } = await timed(async () => await client.open(to, 'wx', file.mode));
    try {
      const what = { file: source, path: from, totalBytes: before.size, fromByte: 0 };
      const bytes = await send(what, [target], tookMs, { signal: file.signal, onProgress: file.onBytes });
      const after = await source.stat();
      checkUnchanged(from, { size: before.size, changed: before.mtimeMs }, { size: after.size, changed: after.mtimeMs }, bytes);
      if (file.attributes !== undefined) await target.setstat({ ...file.attributes, ...timesOf(attributesOf(after)) });
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

function timesOf({ atimeSeconds, mtimeSeconds }: ReturnType<typeof attributesOf>) {
  return { atimeSeconds, mtimeSeconds };
}

async function openLocal(from: string, flags: number): Promise<FileHandle> {
  try {
    return await open(localPath(from), READING | flags);
  } catch (error) {
    throw localFault(error, from);
  }
}
