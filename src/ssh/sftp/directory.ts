// The names in a directory of the host, as they come. It does not know what they are wanted for.
import { decodeAttributes, type FileAttributes } from './attributes.ts';
import { SftpError, StatusError } from './errors.ts';
import { ask, type Requests } from './requests.ts';
import { type FieldReader, PACKET, STATUS, string } from './wire.ts';

/** One name in a directory. It comes from the host: check it before it becomes part of a path here. */
export interface DirectoryEntry {
  readonly name: string;
  /** Of the name itself: a link is not followed. */
  readonly attributes: FileAttributes;
}

export interface ReaddirOptions {
  /** A directory with more names is refused, so that a host cannot fill our memory. Default 1 000 000. */
  readonly maxEntries?: number | undefined;
}

const MAX_ENTRIES = 1_000_000;
// A large directory is asked for ahead, so that a long line carries more than one answer for each round trip.
const MAX_AHEAD = 8;

/**
 * Lists a directory, some hundred names at a time, in the server's order and without `.` and `..`; memory holds only what is on its way.
 *
 * @throws SftpError as for `SFTPClient.readdir`.
 */
export async function* scan(
  requests: Requests,
  path: string,
  { maxEntries = MAX_ENTRIES }: ReaddirOptions = {},
): AsyncGenerator<DirectoryEntry[], void, undefined> {
  const handle = string((await ask(requests, { doing: 'list', path }, PACKET.HANDLE, PACKET.OPENDIR, string(path))).bytes());
  const coming: Promise<DirectoryEntry[] | undefined>[] = [];
  try {
    let count = 0;
    for (let ahead = 2; ; ahead = Math.min(ahead + 1, MAX_AHEAD)) {
      while (coming.length < ahead) coming.push(nextNames(requests, path, handle));
      const batch = await coming.shift();
      if (batch === undefined) return;
      count += batch.length;
      if (count > maxEntries) {
        throw new SftpError('SFTP_PROTOCOL', `The host lists more than ${maxEntries} names`, { where: path, fix: 'Raise maxEntries' });
      }
      yield batch;
    }
  } finally {
    const closed = ask(requests, { doing: 'close', path }, PACKET.STATUS, PACKET.CLOSE, handle);
    await Promise.allSettled(coming);
    await closed;
  }
}

/** The names of a NAME packet. A lying count ends at the packet's end. */
export function decodeNames(fields: FieldReader): DirectoryEntry[] {
  const entries: DirectoryEntry[] = [];
  for (let count = fields.uint32(); count > 0; count--) {
    const name = fields.name();
    fields.bytes(); // the line `ls -l` would show, which nothing can rely on
    entries.push({ name, attributes: decodeAttributes(fields) });
  }
  return entries;
}

/** The one name of an answer that should hold one. */
export function onlyName(fields: FieldReader): string {
  const [entry] = decodeNames(fields);
  if (entry !== undefined) return entry.name;
  throw new SftpError('SFTP_PROTOCOL', 'The server answered with no name where one belongs', {
    fix: 'Try another SFTP server on the host',
  });
}

/** @returns Undefined at the end. */
function nextNames(requests: Requests, path: string, handle: Uint8Array): Promise<DirectoryEntry[] | undefined> {
  const names = requests.session.ask(PACKET.NAME, PACKET.READDIR, handle).then(
    (fields) => {
      const batch = decodeNames(fields);
      if (batch.length > 0) return batch.filter(({ name }) => name !== '.' && name !== '..');
      throw new SftpError('SFTP_PROTOCOL', 'The host lists nothing without saying that this is the end', { where: path });
    },
    (error: unknown) => {
      if (error instanceof StatusError && error.status === STATUS.EOF) return undefined;
      throw error;
    },
  );
  const explained = requests.explained({ doing: 'list', path }, names);
  // One that was asked for ahead may fail before anybody waits for it, or after nobody does any more.
  explained.catch(() => {});
  return explained;
}
