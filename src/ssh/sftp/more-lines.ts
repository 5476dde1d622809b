// More sessions for one large upload over a long line: the server lets each send no more than its window in one round trip.
import type { SFTPClient } from './client.ts';
import type { RemoteFile } from './remote-file.ts';

/** One more session, with the same file open. */
interface ExtraLine {
  readonly file: RemoteFile;
  readonly close: () => Promise<void>;
}

const LONG_ROUND_TRIP_MS = 15;
const LARGE_BYTES = 16 * 1024 * 1024;
/** Beside the first one; sshd allows ten sessions, and others want some. */
const EXTRA_LINES = 3;

/** @returns None on a short line, for a small file, or where the server gives no more sessions. */
export async function moreLines(client: SFTPClient, path: string, bytes: number, roundTripMs: number): Promise<ExtraLine[]> {
  const { host } = client;
  if (host === undefined || roundTripMs < LONG_ROUND_TRIP_MS || bytes < LARGE_BYTES) return [];
  const opened = await Promise.allSettled(
    Array.from({ length: EXTRA_LINES }, async () => {
      const line = await host.openSftp();
      try {
        const file = await line.open(path, 'r+');
        return { file, close: async () => await closed(file, line) };
      } catch (error) {
        await line.close();
        throw error;
      }
    }),
  );
  // One that was refused is only not there: the others carry the file.
  return opened.flatMap((line) => (line.status === 'fulfilled' ? [line.value] : []));
}

async function closed(file: RemoteFile, line: SFTPClient): Promise<void> {
  try {
    await file.close();
  } finally {
    await line.close();
  }
}
