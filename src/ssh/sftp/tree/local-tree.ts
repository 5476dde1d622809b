// Copies a directory on this machine, in the way of trees that are sent and fetched. It knows no host.
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, rm, utimes } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { localFault } from '../errors.ts';
import { targetPath } from '../transfer.ts';
import { WHOLE_FILE_BYTES } from '../whole-file.ts';
import { localContent, manifestContent } from './content.ts';
import { copyTree, type NewFile, type TreeRoute } from './copy-tree.ts';
import { LocalFiles } from './local-file.ts';
import { localLister } from './local-lister.ts';
import { localPath, slashed } from './local-path.ts';
import type { TreeOptions, TreeOutcome } from './options.ts';
import { localTarget } from './target.ts';

/**
 * Copies a directory: what is in `from` will be in `to`.
 *
 * @param to - The name of the tree; or, ending with `/`, the directory to put it into under its own name.
 * @throws SftpError as {@link putTree}.
 */
export async function copyLocalTree(from: string, to: string, options: TreeOptions = {}): Promise<TreeOutcome & { readonly to: string }> {
  const source = slashed(from);
  const target = targetPath(/[/\\]$/.test(to) ? `${slashed(to)}/` : slashed(to), source);
  return { ...(await copyTree(localRoute(options), source, target, options)), to: target };
}

function localRoute({ pace, manifest }: TreeOptions): TreeRoute {
  const files = new LocalFiles();
  return {
    source: localLister,
    target: localTarget,
    sourceContent: manifest === undefined ? localContent() : manifestContent(manifest),
    targetContent: localContent(),
    sourceName: 'here',
    looked: manifest,
    isForeign: false,
    check: () => {},
    copyFile: async (from, { attributes: { sizeBytes = 0 } }, to, file) => {
      await pace?.(sizeBytes, file.signal);
      const data = sizeBytes > WHOLE_FILE_BYTES ? undefined : await files.read(from, sizeBytes);
      if (data === undefined) {
        await copyLarge(from, to, file);
        return;
      }
      await files.write(to, data, file.mode, file.attributes);
      file.onBytes(data.length);
    },
  };
}

async function copyLarge(from: string, to: string, { mode, attributes, mayBeThere, onBytes, signal }: NewFile): Promise<void> {
  try {
    // Nothing travels: to begin anew takes no longer than to look where it was.
    if (mayBeThere) await rm(localPath(to), { force: true });
    const source = createReadStream(localPath(from));
    const target = createWriteStream(localPath(to), { flags: 'wx', mode });
    source.on('data', () => onBytes(source.bytesRead));
    await pipeline(source, target, { signal });
    if (attributes?.mode !== undefined) await chmod(localPath(to), attributes.mode);
    if (attributes?.mtimeSeconds !== undefined) {
      await utimes(localPath(to), attributes.atimeSeconds ?? attributes.mtimeSeconds, attributes.mtimeSeconds);
    }
  } catch (error) {
    throw localFault(error, to);
  }
}
