// The entries of a tar archive, one after the other, as its bytes come. It checks their form, not where they lead.
import { decodeName } from '../names.ts';
import { BLOCK_BYTES, damaged, decodeHeader, decodePax, TAR, type TarHeader } from './tar-format.ts';

/** An entry; its content, where it has one, is to be taken before the next is asked for. */
export interface TarEntry {
  readonly kind: 'file' | 'directory' | 'link' | 'hard link' | 'special';
  readonly path: string;
  /** Of both kinds of links. */
  readonly target: string;
  readonly mode: number;
  readonly mtimeSeconds: number;
  /** Of a file. */
  readonly sizeBytes: number;
}

// Names and pax records; no file system has longer ones, and a host shall not fill our memory with them.
const MAX_META_BYTES = 1024 * 1024;

/** What was said before the header it belongs to. */
interface Meta {
  name?: Buffer | undefined;
  target?: Buffer | undefined;
  sizeBytes?: number | undefined;
  mtimeSeconds?: number | undefined;
}

export class TarReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #left = 0;
  #padding = 0;
  #atEnd = false;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Whether the bytes have come to their end. */
  get isAtEnd(): boolean {
    return this.#atEnd;
  }

  /**
   * The next entry; undefined at the end of the archive.
   *
   * @throws SftpError TAR_FAILED on anything that is no archive, and on one that stops in the middle.
   */
  async next(): Promise<TarEntry | undefined> {
    await this.#skip(this.#left + this.#padding);
    this.#left = 0;
    this.#padding = 0;
    const meta: Meta = {};
    for (;;) {
      const header = decodeHeader(await this.#exactly(BLOCK_BYTES));
      if (header === undefined) return undefined;
      if (await this.#isMeta(header, meta)) continue;
      const entry = entryOf(header, meta);
      const bytes = entry.kind === 'file' || entry.kind === 'special' ? entry.sizeBytes : 0;
      this.#left = bytes;
      this.#padding = (BLOCK_BYTES - (bytes % BLOCK_BYTES)) % BLOCK_BYTES;
      return entry;
    }
  }

  /** All that is left of the entry's content. */
  async content(): Promise<Buffer> {
    const bytes = this.#left;
    this.#left = 0;
    return await this.#exactly(bytes);
  }

  /** As {@link content}, piece by piece. */
  async *pieces(): AsyncGenerator<Buffer, void, undefined> {
    while (this.#left > 0) {
      if (this.#heldBytes === 0) await this.#more();
      const piece = this.#take(Math.min(this.#left, this.#held[0]?.length ?? 0));
      this.#left -= piece.length;
      yield piece;
    }
  }

  /** Takes what still comes after the archive, so that whoever sends it can end. */
  async drain(): Promise<void> {
    this.#held = [];
    this.#heldBytes = 0;
    while ((await this.#source.next()).done !== true);
  }

  async #isMeta(header: TarHeader, meta: Meta): Promise<boolean> {
    const { type, sizeBytes } = header;
    if (type !== TAR.LONG_NAME && type !== TAR.LONG_TARGET && type !== TAR.PAX && type !== TAR.PAX_GLOBAL) return false;
    if (sizeBytes > MAX_META_BYTES) throw damaged(`a name of ${sizeBytes} bytes`);
    const bytes = await this.#exactly(sizeBytes);
    await this.#skip((BLOCK_BYTES - (sizeBytes % BLOCK_BYTES)) % BLOCK_BYTES);
    if (type === TAR.LONG_NAME) meta.name = untilZero(bytes);
    else if (type === TAR.LONG_TARGET) meta.target = untilZero(bytes);
    else if (type === TAR.PAX) {
      const records = decodePax(bytes);
      meta.name = records.get('path') ?? meta.name;
      meta.target = records.get('linkpath') ?? meta.target;
      meta.sizeBytes = numberOf(records.get('size')) ?? meta.sizeBytes;
      meta.mtimeSeconds = numberOf(records.get('mtime')) ?? meta.mtimeSeconds;
    }
    return true;
  }

  async #exactly(bytes: number): Promise<Buffer> {
    while (this.#heldBytes < bytes) await this.#more();
    return this.#take(bytes);
  }

  async #skip(bytes: number): Promise<void> {
    for (let left = bytes; left > 0; ) {
      if (this.#heldBytes === 0) await this.#more();
      left -= this.#take(Math.min(left, this.#held[0]?.length ?? 0)).length;
    }
  }

  async #more(): Promise<void> {
    const { done, value } = await this.#source.next();
    this.#atEnd = done === true;
    if (done === true) throw damaged('it stops in the middle');
    this.#held.push(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
    this.#heldBytes += value.byteLength;
  }

  #take(bytes: number): Buffer {
    const [first = Buffer.alloc(0)] = this.#held;
    const whole = first.length >= bytes ? first : Buffer.concat(this.#held);
    if (whole === first) this.#held.shift();
    else this.#held = [];
    if (whole.length > bytes) this.#held.unshift(whole.subarray(bytes));
    this.#heldBytes -= bytes;
    return whole.subarray(0, bytes);
  }
}

function entryOf(header: TarHeader, meta: Meta): TarEntry {
  const path = decodeName(meta.name ?? header.name);
  const { mode } = header;
  const sizeBytes = meta.sizeBytes ?? header.sizeBytes;
  const mtimeSeconds = Math.floor(meta.mtimeSeconds ?? header.mtimeSeconds);
  return { kind: kindOf(header.type, path), path, target: decodeName(meta.target ?? header.target), mode, mtimeSeconds, sizeBytes };
}

function kindOf(type: string, path: string): TarEntry['kind'] {
  switch (type) {
    case TAR.FILE:
    case TAR.OLD_FILE:
    case TAR.CONTIGUOUS:
      // As archives before ustar say it.
      return path.endsWith('/') ? 'directory' : 'file';
    case TAR.DIRECTORY:
      return 'directory';
    case TAR.LINK:
      return 'link';
    case TAR.HARD_LINK:
      return 'hard link';
    default:
      return 'special';
  }
}

function untilZero(bytes: Buffer): Buffer {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}

function numberOf(digits: Buffer | undefined): number | undefined {
  if (digits === undefined) return undefined;
  const value = Number(digits.toString('latin1'));
  if (Number.isFinite(value)) return Math.max(value, 0);
  throw damaged('a pax number is none');
}
