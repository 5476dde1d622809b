// One open file on the host. It does not know how files are moved, only single reads and writes.
import { decodeAttributes, encodeAttributes, type FileAttributes } from './attributes.ts';
import { StatusError } from './errors.ts';
import type { Attempt } from './explain.ts';
import type { SftpSession } from './session.ts';
import { type FieldReader, OPEN_FLAG, PACKET, STATUS, string, uint32, uint64, WritePacket } from './wire.ts';

/** How to open a file, as fopen(3) writes it. */
export type OpenFlags = 'r' | 'r+' | 'w' | 'w+' | 'wx' | 'wx+' | 'a' | 'a+' | 'ax' | 'ax+';

/** The protocol's flags for those of fopen(3). */
export function openBits(flags: OpenFlags): number {
  const both = flags.includes('+');
  if (flags.startsWith('r')) return OPEN_FLAG.READ | (both ? OPEN_FLAG.WRITE : 0);
  const exclusive = flags.includes('x');
  const base = OPEN_FLAG.WRITE | OPEN_FLAG.CREATE | (both ? OPEN_FLAG.READ : 0) | (exclusive ? OPEN_FLAG.EXCLUSIVE : 0);
  if (flags.startsWith('a')) return base | OPEN_FLAG.APPEND;
  return exclusive ? base : base | OPEN_FLAG.TRUNCATE;
}

/** A file opened by `SFTPClient.open`. Close it; an error of a write may show only then. */
export class RemoteFile {
  readonly path: string;
  readonly #handle: Buffer;
  readonly #session: SftpSession;
  readonly #explained: <T>(attempt: Attempt, answer: Promise<T>) => Promise<T>;

  constructor(path: string, handle: Buffer, session: SftpSession, explained: <T>(attempt: Attempt, answer: Promise<T>) => Promise<T>) {
    this.path = path;
    this.#handle = handle;
    this.#session = session;
    this.#explained = explained;
  }

  /** The most bytes one {@link read} brings. */
  get readBytes(): number {
    return this.#session.limits.readBytes;
  }

  /** The most bytes one request of {@link write} carries. */
  get writeBytes(): number {
    return this.#session.limits.writeBytes;
  }

  /** As fstat(2): of this very file, even when its name is another's by now. */
  async stat(): Promise<FileAttributes> {
    return decodeAttributes(await this.#ask('look at', PACKET.ATTRS, PACKET.FSTAT));
  }

  async setstat(attributes: FileAttributes): Promise<void> {
    await this.#ask('change', PACKET.STATUS, PACKET.FSETSTAT, encodeAttributes(attributes));
  }

  /**
   * Reads at a place.
   *
   * @returns Up to `length` bytes, and never more than {@link readBytes}; none at the end of the file.
   */
  async read(offset: number, length: number): Promise<Buffer> {
    const room = Buffer.allocUnsafe(Math.min(length, this.readBytes));
    return room.subarray(0, await this.readInto(room, offset));
  }

  /**
   * As {@link read}, into memory that is there already.
   *
   * @param room - As much as is asked for; at most {@link readBytes} are filled.
   * @returns How many bytes came; 0 at the end of the file.
   */
  async readInto(room: Buffer, offset: number): Promise<number> {
    using _permit = await this.#session.dataRequests.acquire();
    const asked = room.subarray(0, this.readBytes);
    const answer = this.#session.read(asked, string(this.#handle), uint64(offset), uint32(asked.length));
    return await this.#explained({ doing: 'read', path: this.path }, answer.catch(endOfFile));
  }

  /** A packet for {@link writePacket}. @param roomBytes - At most {@link writeBytes}. */
  newPacket(roomBytes: number): WritePacket {
    return new WritePacket(this.#handle, roomBytes);
  }

  /** Writes the first bytes of what was put into a packet; it can be filled again afterwards. */
  async writePacket(packet: WritePacket, offset: number, dataBytes: number): Promise<void> {
    using _permit = await this.#session.dataRequests.acquire();
    await this.#explained({ doing: 'write', path: this.path, bytes: dataBytes }, this.#session.write(packet, offset, dataBytes));
  }

  /** Writes all of `data` at a place. */
  async write(data: Uint8Array, offset: number): Promise<void> {
    for (let done = 0; done < data.length; done += this.writeBytes) {
      const part = data.subarray(done, done + this.writeBytes);
      using _permit = await this.#session.dataRequests.acquire();
      // The length and the bytes as fields of their own: the data is copied once, into the packet.
      const fields = [string(this.#handle), uint64(offset + done), uint32(part.length), part];
      const answer = this.#session.ask(PACKET.STATUS, PACKET.WRITE, ...fields);
      await this.#explained({ doing: 'write', path: this.path, bytes: part.length }, answer);
    }
  }

  /** Brings what was written to the disk. @throws SftpError SFTP_UNSUPPORTED without fsync@openssh.com. */
  async fsync(): Promise<void> {
    const answer = this.#session.askExtension(PACKET.STATUS, 'fsync@openssh.com', string(this.#handle));
    await this.#explained({ doing: 'write', path: this.path }, answer);
  }

  async close(): Promise<void> {
    await this.#ask('close', PACKET.STATUS, PACKET.CLOSE);
  }

  async #ask(doing: Attempt['doing'], expected: number, type: number, ...fields: readonly Uint8Array[]): Promise<FieldReader> {
    return await this.#explained({ doing, path: this.path }, this.#session.ask(expected, type, string(this.#handle), ...fields));
  }
}

function endOfFile(error: unknown): number {
  if (error instanceof StatusError && error.status === STATUS.EOF) return 0;
  throw error;
}
