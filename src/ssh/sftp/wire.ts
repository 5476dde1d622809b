// SFTP version 3 as bytes: packets cut out of a stream, fields cut out of packets. It does not know what a packet asks for.
//
// Every length comes from the other side, so none is believed before it is compared with the bytes that are really there.
import { neutralise } from '../../base/terminal.ts';
import { SftpError } from './errors.ts';
import { decodeName, encodeName } from './names.ts';

export const SFTP_VERSION = 3;

/** Packet types, as draft-ietf-secsh-filexfer-02 numbers them. */
export const PACKET = {
  INIT: 1,
  VERSION: 2,
  OPEN: 3,
  CLOSE: 4,
  READ: 5,
  WRITE: 6,
  LSTAT: 7,
  FSTAT: 8,
  SETSTAT: 9,
  FSETSTAT: 10,
  OPENDIR: 11,
  READDIR: 12,
  REMOVE: 13,
  MKDIR: 14,
  RMDIR: 15,
  REALPATH: 16,
  STAT: 17,
  RENAME: 18,
  READLINK: 19,
  SYMLINK: 20,
  STATUS: 101,
  HANDLE: 102,
  DATA: 103,
  NAME: 104,
  ATTRS: 105,
  EXTENDED: 200,
  EXTENDED_REPLY: 201,
} as const;

export const STATUS = {
  OK: 0,
  EOF: 1,
  NO_SUCH_FILE: 2,
  PERMISSION_DENIED: 3,
  FAILURE: 4,
  BAD_MESSAGE: 5,
  OP_UNSUPPORTED: 8,
} as const;

/** Flags of OPEN. */
export const OPEN_FLAG = { READ: 1, WRITE: 2, APPEND: 4, CREATE: 8, TRUNCATE: 16, EXCLUSIVE: 32 } as const;

/** OpenSSH's own limit for a packet, and ours for what we take: no length makes us allocate more. */
export const MAX_PACKET_BYTES = 256 * 1024;

/** The most data one READ or WRITE carries: a packet less its other fields. */
export const MAX_DATA_BYTES = 255 * 1024;

export function uint32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function uint64(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

/** A length, then the bytes: how names, handles and data travel. */
export function string(value: string | Uint8Array): Buffer {
  const bytes = typeof value === 'string' ? encodeName(value) : value;
  return Buffer.concat([uint32(bytes.length), bytes]);
}

/** A whole packet: length, type, fields. */
export function frame(type: number, ...fields: readonly Uint8Array[]): Buffer {
  const length = fields.reduce((sum, field) => sum + field.length, 1);
  const head = Buffer.allocUnsafe(5);
  head.writeUInt32BE(length);
  head.writeUInt8(type, 4);
  return Buffer.concat([head, ...fields], length + 4);
}

/** A whole packet without its length: type and fields; of a DATA packet that went elsewhere, the fields before its bytes. */
export type Packet = Buffer;

/** Where the bytes of a DATA answer go, and how many there are; undefined where they stay in the packet. */
export type DataRoom = (id: number, dataBytes: number) => Buffer | undefined;

// A DATA packet up to its bytes: type, id, length.
const DATA_HEAD_BYTES = 9;

/**
 * Cuts a stream of bytes into packets, holding no more than one unfinished packet.
 *
 * The bytes of a large answer can go straight to where they belong: collecting them first would have the memory of the whole transfer
 * grow old and be thrown away piece by piece.
 */
export class PacketSplitter {
  readonly #roomFor: DataRoom;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #length: number | undefined;
  #room: { readonly head: Buffer; readonly buffer: Buffer; filled: number } | undefined;
  #asked = false;
  #first = true;

  constructor(roomFor: DataRoom = () => undefined) {
    this.#roomFor = roomFor;
  }

  /**
   * @returns The packets that are now complete.
   * @throws {@link SftpError} SFTP_PROTOCOL on a length no packet has, which is mostly text of a login script.
   */
  push(chunk: Buffer): Packet[] {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    const packets: Packet[] = [];
    for (;;) {
      if (this.#length === undefined) {
        if (this.#bytes < 4) return packets;
        this.#length = this.#checked(this.#take(4));
      }
      if (!this.#asked) this.#askForRoom(this.#length);
      const packet = this.#room === undefined ? this.#whole(this.#length) : this.#fill(this.#room);
      if (packet === undefined) return packets;
      packets.push(packet);
      this.#length = undefined;
      this.#room = undefined;
      this.#asked = false;
      this.#first = false;
    }
  }

  #askForRoom(length: number): void {
    if (length < DATA_HEAD_BYTES) {
      this.#asked = true;
      return;
    }
    if (this.#bytes < DATA_HEAD_BYTES) return;
    this.#asked = true;
    const [first] = this.#chunks;
    if (first !== undefined && first[0] !== PACKET.DATA) return;
    const head = this.#take(DATA_HEAD_BYTES);
    const dataBytes = head.readUInt32BE(5);
    const buffer = dataBytes === length - DATA_HEAD_BYTES ? this.#roomFor(head.readUInt32BE(1), dataBytes) : undefined;
    if (buffer === undefined) this.#putBack(head);
    else this.#room = { head, buffer, filled: 0 };
  }

  #whole(length: number): Buffer | undefined {
    return this.#bytes < length ? undefined : this.#take(length);
  }

  #fill(room: { readonly head: Buffer; readonly buffer: Buffer; filled: number }): Buffer | undefined {
    while (room.filled < room.buffer.length) {
      const chunk = this.#chunks.shift();
      if (chunk === undefined) return undefined;
      const copied = chunk.copy(room.buffer, room.filled);
      room.filled += copied;
      this.#bytes -= copied;
      if (copied < chunk.length) this.#chunks.unshift(chunk.subarray(copied));
    }
    return room.head;
  }

  #take(length: number): Buffer {
    const [first = Buffer.alloc(0)] = this.#chunks;
    const whole = first.length >= length ? first : Buffer.concat(this.#chunks);
    const rest = whole.subarray(length);
    if (whole !== first) this.#chunks = [];
    else this.#chunks.shift();
    if (rest.length > 0) this.#chunks.unshift(rest);
    this.#bytes -= length;
    return whole.subarray(0, length);
  }

  #putBack(bytes: Buffer): void {
    this.#chunks.unshift(bytes);
    this.#bytes += bytes.length;
  }

  #checked(word: Buffer): number {
    const length = word.readUInt32BE();
    if (length > 0 && length <= MAX_PACKET_BYTES) return length;
    const text = Buffer.concat([word, ...this.#chunks])
      .subarray(0, 60)
      .toString('latin1');
    if (this.#first && /^[\t\r\n -~]{4}/.test(text)) {
      throw new SftpError('SFTP_PROTOCOL', `The server sent text where SFTP should begin: ${JSON.stringify(neutralise(text))}`, {
        fix: 'Let no login script of the user (.bashrc, .profile) print anything when there is no terminal',
      });
    }
    throw new SftpError('SFTP_PROTOCOL', `The server sent a packet of ${length} bytes; 1 to ${MAX_PACKET_BYTES} are allowed`, {
      fix: "Check the server's Subsystem sftp line, and that nothing between here and there changes bytes",
    });
  }
}

/** Reads the fields of one packet in order; never beyond its end. */
export class FieldReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  uint8(): number {
    return this.#cut(1).readUInt8();
  }

  uint32(): number {
    return this.#cut(4).readUInt32BE();
  }

  /** Exact up to 2^53; a larger one loses its last digits, which no size of a file that exists does. */
  uint64(): number {
    return Number(this.#cut(8).readBigUInt64BE());
  }

  /** The bytes themselves, not a copy. */
  bytes(): Buffer {
    return this.#cut(this.uint32());
  }

  name(): string {
    return decodeName(this.bytes());
  }

  #cut(length: number): Buffer {
    if (length > this.left) {
      throw new SftpError('SFTP_PROTOCOL', `A field of ${length} bytes does not fit into the ${this.left} that are left of its packet`, {
        fix: 'Try another SFTP server on the host: this one does not keep to the protocol',
      });
    }
    const start = this.#at;
    this.#at += length;
    return this.#bytes.subarray(start, this.#at);
  }
}

/** A WRITE that is filled piece by piece: its fields, then room for the data, in one buffer that can be used again. */
export class WritePacket {
  readonly #packet: Buffer;
  readonly #dataAt: number;

  /** @param roomBytes - The most data it will carry. */
  constructor(handle: Buffer, roomBytes: number) {
    this.#dataAt = 4 + 1 + 4 + 4 + handle.length + 8 + 4;
    this.#packet = Buffer.allocUnsafe(this.#dataAt + roomBytes);
    this.#packet.writeUInt8(PACKET.WRITE, 4);
    this.#packet.writeUInt32BE(handle.length, 9);
    handle.copy(this.#packet, 13);
  }

  /** Where the data goes. */
  get data(): Buffer {
    return this.#packet.subarray(this.#dataAt);
  }

  /** The finished packet, once its data is there. */
  finish(id: number, offset: number, dataBytes: number): Buffer {
    const packet = this.#packet;
    packet.writeUInt32BE(this.#dataAt + dataBytes - 4, 0);
    packet.writeUInt32BE(id, 5);
    packet.writeBigUInt64BE(BigInt(offset), this.#dataAt - 12);
    packet.writeUInt32BE(dataBytes, this.#dataAt - 4);
    return packet.subarray(0, this.#dataAt + dataBytes);
  }
}
