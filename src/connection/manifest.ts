// A local tree looked at once, for all the connections it is sent over. It does not know who they are.
import { SftpError } from '../ssh/sftp/errors.ts';
import type { LocalManifest, ManifestOptions } from '../ssh/sftp/tree/manifest.ts';
import { CancelledError, TransferError } from './errors.ts';

export type { LocalManifest };

/** @throws TransferError ENOENT, ENOTDIR, EACCES, EINVAL; CancelledError. */
export async function readManifest(directory: string, options: ManifestOptions): Promise<LocalManifest> {
  // Only who sends a directory waits for what can walk one.
  const { LocalManifest: Manifest } = await import('../ssh/sftp/tree/manifest.ts');
  try {
    return await Manifest.of(directory, options);
  } catch (error) {
    if (options.signal?.aborted === true) throw new CancelledError();
    if (!(error instanceof SftpError)) throw error;
    throw new TransferError(error.code, error.message, { where: error.where, fix: error.fix, cause: error });
  }
}
