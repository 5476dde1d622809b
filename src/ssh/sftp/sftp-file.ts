// A file of the host with a position, as Python's files and paramiko's SFTPFile have one. It does not know how files are moved.
import type { FileAttributes } from './attributes.ts';
import { SftpError } from './errors.ts';
import type { RemoteFile } from './remote-file.ts';

/** What `seek` counts from. */
export type Whence = 'start' | 'current' | 'end';

/** Requests under way while a long piece is read. */
const READ_AHEAD = 16;

/**
 * An open file that remembers where it is. Calls wait for each other in order, as on a local file.
 *
 * @example
 * ```ts
 * await using log = await sftp.file('/var/log/syslog');
 * await log.seek(-4_096, 'end');
 * for await (const line of log.lines()) console.log(line);
 * ```
 */
export class SFTPFile implements AsyncDisposable {
  readonly #file: RemoteFile;
  readonly #appends: boolean;
  #position = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(file: RemoteFile, appends: boolean) {
    this.#file = file;
    this.#appends = appends;
  }

  get path(): string {
    return this.#file.path;
  }

  /** Where the next read or write begins. */
  tell(): number {
    return this.#position;
  }

  /**
   * Goes to another place, also beyond the end: what is written there leaves a hole.
   *
   * @returns The new position. @throws SftpError EINVAL before the beginning.
   */
  async seek(offset: number, whence: Whence = 'start'): Promise<number> {
    return await this.#inTurn(async () => {
      const base = whence === 'start' ? 0 : whence === 'current' ? this.#position : await this.#size();
      if (base + offset < 0)
        throw new SftpError('EINVAL', 'There is nothing before the beginning of a file', { where: this.path, fix: 'Seek forward' });
      this.#position = base + offset;
      return this.#position;
    });
  }

  /** @param size - Default: all that is left. @returns Fewer bytes only at the end of the file; none there. */
  async read(size = Number.POSITIVE_INFINITY): Promise<Buffer> {
    return await this.#inTurn(async () => {
      const data = await this.#readAt(this.#position, size);
      this.#position += data.length;
      return data;
    });
  }

  /** Everything that is left, as text. */
  async text(encoding: BufferEncoding = 'utf8'): Promise<string> {
    return (await this.read()).toString(encoding);
  }

  /** Writes all of it. A file opened to append writes at its end, wherever it is. */
  async write(data: Uint8Array | string): Promise<void> {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    await this.#inTurn(async () => {
      if (this.#appends) this.#position = await this.#size();
      await this.#file.write(bytes, this.#position);
      this.#position += bytes.length;
    });
  }

  /** The lines that are left, without their line ends. */
  async *lines(encoding: BufferEncoding = 'utf8'): AsyncGenerator<string> {
    let rest = Buffer.alloc(0);
    for (let chunk = await this.read(this.#file.readBytes); chunk.length > 0; chunk = await this.read(this.#file.readBytes)) {
      rest = Buffer.concat([rest, chunk]);
      let start = 0;
      for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10, start)) {
        yield rest.toString(encoding, start, end > start && rest[end - 1] === 13 ? end - 1 : end);
        start = end + 1;
      }
      rest = rest.subarray(start);
    }
    if (rest.length > 0) yield rest.toString(encoding);
  }

  /** Cuts it off, or makes it longer with zeros. The position stays. */
  async truncate(sizeBytes: number): Promise<void> {
    await this.#inTurn(async () => await this.#file.setstat({ sizeBytes }));
  }

  async stat(): Promise<FileAttributes> {
    return await this.#file.stat();
  }

  async setstat(attributes: FileAttributes): Promise<void> {
    await this.#file.setstat(attributes);
  }

  /** Brings what was written to the disk. @throws SftpError SFTP_UNSUPPORTED without fsync@openssh.com. */
  async flush(): Promise<void> {
    await this.#inTurn(async () => await this.#file.fsync());
  }

  /** Closes it; an error of a write may show only now. */
  async close(): Promise<void> {
    await this.#inTurn(async () => await this.#file.close());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #readAt(start: number, size: number): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for (let offset = start; offset - start < size; ) {
      const wanted = Math.min(size - (offset - start), this.#file.readBytes * READ_AHEAD);
      const batch = await this.#readBatch(offset, Number.isFinite(wanted) ? wanted : this.#file.readBytes * READ_AHEAD);
      if (batch.length > 0) chunks.push(batch);
      offset += batch.length;
      if (batch.length === 0) break;
    }
    return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
  }

  /** Several pieces at once, up to the first that came short: a short one may be the end, or the server's own limit. */
  async #readBatch(offset: number, bytes: number): Promise<Buffer> {
    const room = Buffer.allocUnsafe(bytes);
    const pieceBytes = this.#file.readBytes;
    const count = Math.ceil(bytes / pieceBytes);
    const got = await Promise.all(
      Array.from(
        { length: count },
        async (_, i) => await this.#file.readInto(room.subarray(i * pieceBytes, (i + 1) * pieceBytes), offset + i * pieceBytes),
      ),
    );
    let length = 0;
    for (const [i, piece] of got.entries()) {
      length += piece;
      if (piece < Math.min(pieceBytes, bytes - i * pieceBytes)) break;
    }
    return room.subarray(0, length);
  }

  async #size(): Promise<number> {
    const { sizeBytes } = await this.#file.stat();
    if (sizeBytes !== undefined) return sizeBytes;
    throw new SftpError('SFTP_UNSUPPORTED', 'The server does not tell the size of the file', {
      where: this.path,
      fix: 'Count from the start',
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work, work);
    this.#last = turn;
    return turn;
  }
}
