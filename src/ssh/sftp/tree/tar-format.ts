// The header block of a tar archive: fields to bytes and back. It does not know what comes before or after the block.
//
// Archives are ustar; what does not fit into it is said as GNU tar does, which every tar of today reads: GNU's, BSD's, busybox's.
import { SftpError } from '../errors.ts';
import { encodeName } from '../names.ts';

export const BLOCK_BYTES = 512;

/** Type flags. */
export const TAR = {
  FILE: '0',
  OLD_FILE: '\0',
  HARD_LINK: '1',
  LINK: '2',
  DIRECTORY: '5',
  CONTIGUOUS: '7',
  LONG_NAME: 'L',
  LONG_TARGET: 'K',
  PAX: 'x',
  PAX_GLOBAL: 'g',
} as const;

export interface TarHeader {
  readonly type: string;
  readonly name: Buffer;
  /** Of a link. */
  readonly target: Buffer;
  readonly mode: number;
  readonly mtimeSeconds: number;
  /** Of what follows the header. */
  readonly sizeBytes: number;
}

const NAME_BYTES = 100;
const PREFIX_BYTES = 155;
const LARGEST_OCTAL = 0o77777777777;

/** What an entry begins with: its header, and, where name or target are long, what says them. */
export function encodeEntry(entry: {
  readonly type: string;
  readonly path: string;
  readonly target?: string | undefined;
  readonly mode: number;
  readonly mtimeSeconds: number;
  readonly sizeBytes: number;
}): Buffer {
  const { type, mode, mtimeSeconds, sizeBytes } = entry;
  const name = encodeName(entry.path);
  const target = encodeName(entry.target ?? '');
  const header = encodeHeader({ type, name, target, mode, mtimeSeconds, sizeBytes });
  const before = [...(name.length > NAME_BYTES ? [longOne(TAR.LONG_NAME, name)] : [])];
  if (target.length > NAME_BYTES) before.push(longOne(TAR.LONG_TARGET, target));
  return before.length === 0 ? header : Buffer.concat([...before, header]);
}

/** Zeros up to the next block. */
export function padding(sizeBytes: number): Buffer {
  return Buffer.alloc((BLOCK_BYTES - (sizeBytes % BLOCK_BYTES)) % BLOCK_BYTES);
}

/** How an archive ends. */
export const END_OF_ARCHIVE = Buffer.alloc(2 * BLOCK_BYTES);

/** @returns Undefined for a block of zeros, with which an archive ends. @throws SftpError TAR_FAILED on what is no header. */
export function decodeHeader(block: Buffer): TarHeader | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  if (number(block, 148, 8) !== checksum(block)) throw damaged('a header has the wrong sum');
  const isUstar = block.subarray(257, 263).equals(Buffer.from('ustar\0'));
  const prefix = isUstar ? text(block, 345, PREFIX_BYTES) : Buffer.alloc(0);
  const name = text(block, 0, NAME_BYTES);
  return {
    type: String.fromCharCode(block[156] ?? 0),
    name: prefix.length === 0 ? name : Buffer.concat([prefix, Buffer.from('/'), name]),
    target: text(block, 157, NAME_BYTES),
    mode: number(block, 100, 8) & 0o7777,
    sizeBytes: number(block, 124, 12),
    mtimeSeconds: Math.max(number(block, 136, 12), 0),
  };
}

/** The records of a pax header: `30 path=...\n`. @throws SftpError TAR_FAILED. */
export function decodePax(bytes: Buffer): Map<string, Buffer> {
  const records = new Map<string, Buffer>();
  for (let at = 0; at < bytes.length; ) {
    const blank = bytes.indexOf(0x20, at);
    const length = Number(bytes.subarray(at, blank).toString('latin1'));
    const record = bytes.subarray(blank + 1, at + length - 1);
    const equals = record.indexOf(0x3d);
    if (blank < 0 || !Number.isInteger(length) || length < 5 || at + length > bytes.length || equals < 1)
      throw damaged('a pax record is broken');
    records.set(record.subarray(0, equals).toString('utf8'), record.subarray(equals + 1));
    at += length;
  }
  return records;
}

/** An archive that is none. */
export function damaged(how: string): SftpError {
  return new SftpError('TAR_FAILED', `The archive is damaged: ${how}`, { fix: 'Fetch the directory over SFTP instead' });
}

function encodeHeader({ type, name, target, mode, mtimeSeconds, sizeBytes }: TarHeader): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES);
  name.copy(block, 0, 0, NAME_BYTES);
  block.write(octal(mode, 7), 100);
  // Nobody's numbers: who unpacks owns what comes of it.
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  if (sizeBytes <= LARGEST_OCTAL) block.write(octal(sizeBytes, 11), 124);
  else {
    block[124] = 0x80;
    block.writeBigUInt64BE(BigInt(sizeBytes), 128);
  }
  block.write(octal(Math.min(mtimeSeconds, LARGEST_OCTAL), 11), 136);
  block.write(type, 156);
  target.copy(block, 157, 0, NAME_BYTES);
  block.write('ustar\x0000', 257);
  block.write(`${octal(checksum(block), 6)}\0 `, 148);
  return block;
}

function longOne(type: string, bytes: Buffer): Buffer {
  const data = Buffer.concat([bytes, Buffer.of(0)]);
  const name = Buffer.from('././@LongLink');
  const header = encodeHeader({ type, name, target: Buffer.alloc(0), mode: 0, mtimeSeconds: 0, sizeBytes: data.length });
  return Buffer.concat([header, data, padding(data.length)]);
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}

/** With the field of the sum itself as blanks. */
function checksum(block: Buffer): number {
  let sum = 8 * 0x20;
  for (let at = 0; at < BLOCK_BYTES; at++) if (at < 148 || at >= 156) sum += block[at] ?? 0;
  return sum;
}

function text(block: Buffer, at: number, bytes: number): Buffer {
  const field = block.subarray(at, at + bytes);
  const end = field.indexOf(0);
  return end < 0 ? field : field.subarray(0, end);
}

/** Octal digits; or, where they would not do, the number itself with its first bit set (GNU). */
function number(block: Buffer, at: number, bytes: number): number {
  const field = block.subarray(at, at + bytes);
  if (((field[0] ?? 0) & 0x80) !== 0) {
    const isNegative = ((field[0] ?? 0) & 0x40) !== 0;
    return isNegative ? 0 : Number(BigInt(`0x${Buffer.concat([Buffer.of((field[0] ?? 0) & 0x3f), field.subarray(1)]).toString('hex')}`));
  }
  const digits = field.toString('latin1').replace(/[\0 ].*$/s, (rest) => rest.replace(/[\0 ]/g, ''));
  const trimmed = digits.trim();
  if (!/^[0-7]*$/.test(trimmed)) throw damaged('a number is none');
  return trimmed === '' ? 0 : Number.parseInt(trimmed, 8);
}
