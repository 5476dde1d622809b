// Fetches a directory from the host. It does not know how the client reaches the host.
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Semaphore } from '../../../runtime/local/semaphore.ts';
import type { FileAttributes } from '../attributes.ts';
import type { SFTPClient } from '../client.ts';
import { localFault } from '../errors.ts';
import { remoteLister } from '../lister.ts';
import { receive } from '../receive.ts';
import { abortable, checkUnchanged, type Pace, resumeAt, TEMPORARY_MODE, targetPath, timed } from '../transfer.ts';
import { readWhole, WHOLE_FILE_BYTES } from '../whole-file.ts';
import { localContent, remoteContent } from './content.ts';
import { copyTree, type NewFile, type TreeRoute } from './copy-tree.ts';
import { LocalFiles } from './local-file.ts';
import { checkLocal, localPath, slashed } from './local-path.ts';
import type { TreeOptions, TreeResult } from './options.ts';
import { LARGE_FILES_AT_ONCE } from './put-tree.ts';
import { localTarget } from './target.ts';

// A link there would lead elsewhere.
const CONTINUING = constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0);

/**
 * Fetches a directory: what is in `remoteDirectory` will be in `localDirectory`, in the way of {@link putTree}.
 *
 * What the host says is checked: no name leads out of the tree, nothing is written through a link that came with it or was there below
 * the target, no link leads out of it (see `links`), and a target directory that is there keeps its mode.
 *
 * @param localDirectory - The name of the tree; or, ending with `/`, the directory to put it into under its own name.
 * @throws as {@link putTree}; besides UNSAFE_NAME, UNSAFE_LINK.
 */
export async function getTree(
  client: SFTPClient,
  remoteDirectory: string,
  localDirectory: string,
  options: TreeOptions = {},
): Promise<TreeResult> {
  const localTo = localTreePath(localDirectory, remoteDirectory);
  const outcome = await abortable(
    client,
    options.signal,
    async () => await copyTree(getRoute(client, options), remoteDirectory, localTo, options),
  );
  return { ...outcome, localPath: localTo, remotePath: remoteDirectory };
}

/** Where a fetched tree goes. */
export function localTreePath(localDirectory: string, remoteDirectory: string): string {
  const into = /[/\\]$/.test(localDirectory) ? `${slashed(localDirectory)}/` : slashed(localDirectory);
  return targetPath(into, remoteDirectory.replace(/\/+$/, ''));
}

function getRoute(client: SFTPClient, { pace }: TreeOptions): TreeRoute {
  const files = new LocalFiles();
  const large = new Semaphore(LARGE_FILES_AT_ONCE);
  return {
    source: remoteLister(client),
    target: localTarget,
    sourceContent: remoteContent(client),
    targetContent: localContent(),
    sourceName: 'host',
    isForeign: true,
    check: checkLocal,
    copyFile: async (from, { attributes: { sizeBytes = 0 } }, to, file) => {
      const isSmall = sizeBytes <= WHOLE_FILE_BYTES;
      if (isSmall) await pace?.(sizeBytes, file.signal);
      const data = isSmall ? await readWhole(client.requests, from, sizeBytes) : undefined;
      if (data !== undefined) {
        await files.write(to, data, file.mode, file.attributes);
        file.onBytes(data.length);
        return;
      }
      using _permit = await large.acquire();
      await getLarge(client, from, to, file, pace);
    },
  };
}

/** A file of any size, also of one that is not what it was when the tree was looked at. */
async function getLarge(client: SFTPClient, from: string, to: string, file: NewFile, pace: Pace | undefined): Promise<void> {
  const source = await client.open(from);
  try {
    const { result: before, tookMs } = await timed(async () => await source.stat());
    const target = await createLocal(to, file);
    try {
      const totalBytes = before.sizeBytes ?? 0;
      const fromByte = file.mayBeThere ? resumeAt((await target.stat()).size, totalBytes) : 0;
      const options = { signal: file.signal, pace, onProgress: file.onBytes };
      const bytes = fromByte + (await receive(source, target, { totalBytes, fromByte, roundTripMs: tookMs }, options));
      checkUnchanged(from, fingerprint(before), fingerprint(await source.stat()), bytes);
      // What was there before may be longer, and has the mode of a temporary file.
      if (file.mayBeThere) await target.truncate(bytes);
      if (file.mayBeThere) await target.chmod(file.mode);
      const { mode, atimeSeconds, mtimeSeconds } = file.attributes ?? {};
      if (mode !== undefined) await target.chmod(mode);
      if (mtimeSeconds !== undefined) await target.utimes(atimeSeconds ?? mtimeSeconds, mtimeSeconds);
    } catch (error) {
      throw localFault(error, to);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function createLocal(to: string, { mode, mayBeThere }: NewFile): Promise<FileHandle> {
  try {
    return await open(localPath(to), mayBeThere ? CONTINUING : 'wx', mayBeThere ? TEMPORARY_MODE : mode);
  } catch (error) {
    throw localFault(error, to);
  }
}

function fingerprint({ sizeBytes, mtimeSeconds }: FileAttributes) {
  return { size: sizeBytes, changed: mtimeSeconds };
}
