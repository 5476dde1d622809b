// Giving a finished file of the host its name. It does not know how the file came there.
import type { SFTPClient } from './client.ts';
import { SftpError } from './errors.ts';

/** In one step where the server can; else the target is gone for a moment, which version 3 has no way round. */
export async function replace(client: SFTPClient, temporary: string, target: string): Promise<void> {
  if (client.canReplace) return await client.posixRename(temporary, target);
  try {
    await client.remove(target);
  } catch (error) {
    if (!(error instanceof SftpError) || error.code !== 'ENOENT') throw error;
  }
  await client.rename(temporary, target);
}
