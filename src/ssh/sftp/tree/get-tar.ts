// Fetches a directory as one tar archive, packed by the tar of the host. It knows no SFTP.
import { SftpError } from '../errors.ts';
import { notADirectory } from '../paths.ts';
import type { Pace } from '../transfer.ts';
import { FaultList } from './faults.ts';
import { localTreePath } from './get-tree.ts';
import type { TreeOptions, TreeResult } from './options.ts';
import { refuseByTar } from './put-tar.ts';
import { kindOfTarget, staged } from './stage.ts';
import { abortedBy, type Exec, faultOfExit, type HostProcess, packCommand, saidOn } from './tar-host.ts';
import { TarReader } from './tar-reader.ts';
import { localTarget } from './target.ts';
import { Unpacking } from './unpacking.ts';

// Our umask is taken away.
const NEW_DIRECTORY_MODE = 0o777;

/**
 * As {@link getTree}, through `tar -c` on the host, with the same checks.
 *
 * @param exec - Starts a command on the host.
 * @throws SftpError as {@link getTree}; TAR_FAILED where the host has no tar or it fails, or sends no archive; EINVAL with
 *   `update`, `resume`, `verify`, `delete`, `diff` and `dryRun`, for which nobody can be asked before.
 */
export async function getTreeByTar(
  exec: Exec,
  remoteDirectory: string,
  localDirectory: string,
  options: TreeOptions = {},
): Promise<TreeResult> {
  refuseByTar(options);
  if (options.dryRun === true) throw new SftpError('EINVAL', 'tar has no dry run', { fix: 'Make the dry run over SFTP' });
  options.signal?.throwIfAborted();
  const localPath = localTreePath(localDirectory, remoteDirectory);
  const present = await kindOfTarget(localTarget, localPath);
  if (present === 'other') throw notADirectory(localPath);
  const faults = new FaultList(options);
  const unpacking = new Unpacking(present === 'absent', faults, options);
  const fill = async (base: string): Promise<void> => {
    const tar = await exec(packCommand(remoteDirectory, options.links === 'follow'));
    try {
      await fromTar(tar, unpacking, base, remoteDirectory, faults, options);
    } finally {
      tar.close();
    }
  };
  if (present === 'absent') await staged(localTarget, localPath, NEW_DIRECTORY_MODE, fill);
  else await fill(localPath);
  if (present === 'absent') await unpacking.finishRoot(localPath);
  return { ...unpacking.outcome, localPath, remotePath: remoteDirectory };
}

/** What is not read holds the host back, as soon as the window of the channel is full. */
async function* paced(bytes: AsyncIterable<Uint8Array>, pace: Pace | undefined, signal: AbortSignal | undefined) {
  for await (const chunk of bytes) {
    await pace?.(chunk.length, signal);
    yield chunk;
  }
}

async function fromTar(
  tar: HostProcess,
  unpacking: Unpacking,
  base: string,
  remotePath: string,
  faults: FaultList,
  { signal, pace }: TreeOptions,
): Promise<void> {
  const said = saidOn(tar.stderr);
  // Heard only where it explains a bad end.
  said.catch(() => {});
  const ended = async (): Promise<SftpError | undefined> =>
    faultOfExit(await abortedBy(signal, tar.exit), await abortedBy(signal, said), remotePath);
  // The archive then stops in the middle.
  signal?.addEventListener('abort', tar.close, { once: true });
  const reader = new TarReader(paced(tar.stdout, pace, signal));
  try {
    await unpacking.unpack(reader, base);
    await reader.drain();
  } catch (error) {
    signal?.throwIfAborted();
    // An archive that stops is explained by how tar ended; other trouble explains itself.
    throw reader.isAtEnd ? ((await ended()) ?? error) : error;
  } finally {
    signal?.removeEventListener('abort', tar.close);
  }
  // tar goes on after a file it may not read, and says so at its end only.
  const fault = await ended();
  if (fault !== undefined) faults.add('', fault);
}
