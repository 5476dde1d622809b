// Open files of the host as the protocol names them, for verbs that send several requests on one at once. It moves no data.
import { encodeAttributes } from './attributes.ts';
import { type OpenFlags, openBits } from './remote-file.ts';
import { ask, type Requests } from './requests.ts';
import { PACKET, string, uint32 } from './wire.ts';

/** A handle, ready to stand in a packet. */
export type Handle = Uint8Array;

/** @param flags - As for `SFTPClient.open`. @throws SftpError. */
export async function openHandle(requests: Requests, path: string, flags: OpenFlags, mode?: number): Promise<Handle> {
  const doing = flags.includes('x') ? 'create' : 'open';
  const fields = [string(path), uint32(openBits(flags)), encodeAttributes({ mode })];
  return string((await ask(requests, { doing, path }, PACKET.HANDLE, PACKET.OPEN, ...fields)).bytes());
}

export async function closeHandle(requests: Requests, path: string, handle: Handle): Promise<void> {
  await ask(requests, { doing: 'close', path }, PACKET.STATUS, PACKET.CLOSE, handle);
}
