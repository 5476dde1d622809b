// What SFTP says about a file: its attributes on the wire and in words. It does not know which file.
import { type FieldReader, uint32, uint64 } from './wire.ts';

/** What is known, or to be set, about a file; a server leaves out what it cannot tell. */
export interface FileAttributes {
  readonly sizeBytes?: number | undefined;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  /** File type and permission bits, as st_mode; to set, the permission bits alone. */
  readonly mode?: number | undefined;
  /** Seconds since 1970. SFTP version 3 has no fractions; both times are there, or neither. */
  readonly atimeSeconds?: number | undefined;
  readonly mtimeSeconds?: number | undefined;
  /** Of a local file: becomes another one when it is written to or replaced. It never travels. */
  readonly version?: string | undefined;
}

export type FileKind = 'file' | 'directory' | 'link' | 'special' | 'unknown';

const FLAG = { SIZE: 1, OWNER: 2, MODE: 4, TIMES: 8, EXTENDED: 0x80000000 } as const;
const TYPE_MASK = 0o170000;
const KINDS: ReadonlyMap<number, FileKind> = new Map([
  [0o100000, 'file'],
  [0o040000, 'directory'],
  [0o120000, 'link'],
]);

/** What the type bits of the mode say; `special` is a device, a pipe or a socket. */
export function kindOf(attributes: FileAttributes): FileKind {
  const type = (attributes.mode ?? 0) & TYPE_MASK;
  return type === 0 ? 'unknown' : (KINDS.get(type) ?? 'special');
}

export function encodeAttributes({ sizeBytes, uid, gid, mode, atimeSeconds, mtimeSeconds }: FileAttributes): Buffer {
  const fields: Buffer[] = [];
  let flags = 0;
  if (sizeBytes !== undefined) {
    flags |= FLAG.SIZE;
    fields.push(uint64(sizeBytes));
  }
  if (uid !== undefined && gid !== undefined) {
    flags |= FLAG.OWNER;
    fields.push(uint32(uid), uint32(gid));
  }
  if (mode !== undefined) {
    flags |= FLAG.MODE;
    fields.push(uint32(mode));
  }
  if (atimeSeconds !== undefined && mtimeSeconds !== undefined) {
    flags |= FLAG.TIMES;
    fields.push(uint32(atimeSeconds), uint32(mtimeSeconds));
  }
  return Buffer.concat([uint32(flags), ...fields]);
}

/** @throws SftpError SFTP_PROTOCOL when the packet is too short for what its flags promise. */
export function decodeAttributes(fields: FieldReader): FileAttributes {
  const flags = fields.uint32();
  const attributes: FileAttributes = {
    ...(flags & FLAG.SIZE ? { sizeBytes: fields.uint64() } : {}),
    ...(flags & FLAG.OWNER ? { uid: fields.uint32(), gid: fields.uint32() } : {}),
    ...(flags & FLAG.MODE ? { mode: fields.uint32() } : {}),
    ...(flags & FLAG.TIMES ? { atimeSeconds: fields.uint32(), mtimeSeconds: fields.uint32() } : {}),
  };
  if (flags & FLAG.EXTENDED) {
    // A lying count ends at the packet's end: each pair takes eight bytes at least.
    for (let count = fields.uint32(); count > 0; count--) {
      fields.bytes();
      fields.bytes();
    }
  }
  return attributes;
}
