// A small file of the host, read or written in two round trips. It does not know what is done with many of them.
import { encodeAttributes, type FileAttributes } from './attributes.ts';
import { StatusError } from './errors.ts';
import { closeHandle, openHandle } from './handles.ts';
import { allOf, ask, type Requests } from './requests.ts';
import { PACKET, STATUS, uint32, uint64 } from './wire.ts';

/** The most that is moved this way: many files are under way at once, and each is in memory. */
export const WHOLE_FILE_BYTES = 32 * 1024;

interface NewFile {
  /** Permission bits at its creation; the server takes away its umask. */
  readonly mode: number;
  /** Set before it is closed. */
  readonly attributes?: FileAttributes | undefined;
}

/**
 * Creates a file with all its content: once it is open, everything else is sent without waiting for answers.
 *
 * @param data - At most {@link WHOLE_FILE_BYTES}.
 * @throws SftpError EEXIST and others; the file may be there then, and be incomplete.
 */
export async function writeWhole(requests: Requests, path: string, data: Uint8Array, { mode, attributes }: NewFile): Promise<void> {
  const handle = await openHandle(requests, path, 'wx', mode);
  const fields = [handle, uint64(0), uint32(data.length), data];
  const written =
    data.length === 0 ? [] : [ask(requests, { doing: 'write', path, bytes: data.length }, PACKET.STATUS, PACKET.WRITE, ...fields)];
  const changed =
    attributes === undefined
      ? []
      : [ask(requests, { doing: 'change', path }, PACKET.STATUS, PACKET.FSETSTAT, handle, encodeAttributes(attributes))];
  await allOf([...written, ...changed, closeHandle(requests, path, handle)]);
}

/**
 * Reads a file that should have `sizeBytes`.
 *
 * @returns Its bytes; or undefined when it has more or fewer of them by now.
 */
export async function readWhole(requests: Requests, path: string, sizeBytes: number): Promise<Buffer | undefined> {
  const handle = await openHandle(requests, path, 'r');
  // One more than it should have, to see that there is not more.
  const room = Buffer.allocUnsafe(sizeBytes + 1);
  const reading = requests.explained(
    { doing: 'read', path },
    requests.session.read(room, handle, uint64(0), uint32(room.length)).catch(endOfFile),
  );
  await allOf([reading, closeHandle(requests, path, handle)]);
  return (await reading) === sizeBytes ? room.subarray(0, sizeBytes) : undefined;
}

function endOfFile(error: unknown): number {
  if (error instanceof StatusError && error.status === STATUS.EOF) return 0;
  throw error;
}
