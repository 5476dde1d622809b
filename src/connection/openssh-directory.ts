// The private directory of one connection of the system's ssh. It does not know what is put into it.
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** The longest path of a unix socket on macOS and the BSDs, which have the shortest. */
const SOCKET_PATH_BYTES = 103;
// A short name of ours and the socket's, and what ssh appends while it makes the socket.
const ROOM_BYTES = '/sshoal-XXXXXX/c.XXXXXXXXXXXXXXXX'.length;

/** Makes it, with mode 0700 from its first moment. */
export async function makeDirectory(temporary = os.tmpdir()): Promise<string> {
  const fits = Buffer.byteLength(temporary) + ROOM_BYTES <= SOCKET_PATH_BYTES;
  return await mkdtemp(path.join(fits ? temporary : '/tmp', 'sshoal-'));
}
