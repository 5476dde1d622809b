// The bytes of one file from the host into an open local file, many requests at once. It does not know what the file is called.
import type { FileHandle } from 'node:fs/promises';
import { SftpError } from './errors.ts';
import type { RemoteFile } from './remote-file.ts';
import { type FileTransferOptions, isHole, piecesInFlight, sourceChanged } from './transfer.ts';

/** Bytes that have come, where they go, and the memory to give back when they are there. */
interface Arrival {
  readonly offset: number;
  readonly bytes: Buffer;
  readonly slab: Buffer;
}

interface Range {
  /** 0: unknown, or empty; read to the end. */
  readonly totalBytes: number;
  /** Where to begin: what is before is there already. */
  readonly fromByte: number;
  /** How long the host takes for an answer. */
  readonly roundTripMs: number;
}

// As many as writev(2) takes at once.
const MAX_PIECES = 1_000;
// A file of unknown length is asked for in pieces that may all be short.
const MIN_SLAB_BYTES = 1_024;

/**
 * Copies in lanes, each of which asks for the next piece when it has its last.
 *
 * On an error or abort no lane asks for another piece, and all are waited for: nobody writes into a file that is closed already.
 *
 * @returns How many bytes came.
 * @throws SftpError SOURCE_CHANGED when the source ends early; `signal.reason`; whatever reading and writing throw.
 */
export async function receive(source: RemoteFile, target: FileHandle, range: Range, options: FileTransferOptions): Promise<number> {
  return await new Receiver(source, target, range, options).all();
}

class Receiver {
  readonly #source: RemoteFile;
  readonly #target: FileHandle;
  readonly #writer: ArrivalWriter;
  readonly #range: Range;
  readonly #options: FileTransferOptions;
  readonly #failures: unknown[] = [];
  /** Memory that is free: the same few buffers carry the whole file. */
  readonly #slabs: Buffer[] = [];
  #next: number;

  constructor(source: RemoteFile, target: FileHandle, range: Range, options: FileTransferOptions) {
    this.#source = source;
    this.#target = target;
    this.#range = range;
    this.#options = options;
    this.#next = range.fromByte;
    const { totalBytes, fromByte } = range;
    const lanes = piecesInFlight(source.readBytes, range.roundTripMs);
    this.#writer = new ArrivalWriter(target, lanes * source.readBytes, options.sparse === true, (slab, doneBytes) => {
      this.#slabs.push(slab);
      options.onProgress?.(fromByte + doneBytes, totalBytes === 0 ? undefined : totalBytes);
    });
  }

  async all(): Promise<number> {
    const { totalBytes, fromByte, roundTripMs } = this.#range;
    this.#options.signal?.throwIfAborted();
    const pieces = Math.ceil((totalBytes - fromByte) / this.#source.readBytes);
    const lanes = Math.min(piecesInFlight(this.#source.readBytes, roundTripMs), pieces);
    const work = totalBytes === 0 ? [() => this.#toEnd()] : Array.from({ length: lanes }, () => () => this.#lane());
    await Promise.all(work.map((one) => this.#guarded(one)));
    await this.#guarded(async () => await this.#writer.finish());
    // A hole at the end is nothing but a size.
    if (this.#options.sparse === true && this.#failures.length === 0)
      await this.#guarded(async () => await this.#target.truncate(totalBytes || fromByte + this.#writer.doneBytes));
    if (this.#failures.length > 0) throw this.#failures[0];
    return this.#writer.doneBytes;
  }

  async #lane(): Promise<void> {
    const { totalBytes } = this.#range;
    const size = this.#source.readBytes;
    while (this.#next < totalBytes && this.#failures.length === 0) {
      this.#options.signal?.throwIfAborted();
      let offset = this.#next;
      const end = Math.min(offset + size, totalBytes);
      this.#next = end;
      while (offset < end) {
        const bytes = await this.#piece(offset, end - offset);
        if (bytes === 0) throw sourceChanged(this.#source.path, `it ended at ${offset} of ${totalBytes} bytes`);
        offset += bytes;
      }
    }
  }

  async #toEnd(): Promise<void> {
    let offset = this.#range.fromByte;
    for (
      let bytes = await this.#piece(offset, this.#source.readBytes);
      bytes > 0;
      bytes = await this.#piece(offset, this.#source.readBytes)
    ) {
      offset += bytes;
      this.#options.signal?.throwIfAborted();
    }
  }

  async #piece(offset: number, length: number): Promise<number> {
    await this.#options.pace?.(length, this.#options.signal);
    const slab = this.#slabs.pop() ?? Buffer.allocUnsafeSlow(Math.min(this.#source.readBytes, Math.max(length, MIN_SLAB_BYTES)));
    const count = await this.#source.readInto(slab.subarray(0, length), offset);
    if (count > 0) await this.#writer.add({ offset, bytes: slab.subarray(0, count), slab });
    return count;
  }

  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#failures.push(error);
    }
  }
}

/** Writes what has come, neighbours together: one call of the system for many pieces. */
class ArrivalWriter {
  readonly #file: FileHandle;
  readonly #maxBytes: number;
  readonly #sparse: boolean;
  readonly #onWritten: (slab: Buffer, doneBytes: number) => void;
  #arrived: Arrival[] = [];
  #waitingBytes = 0;
  #writing: Promise<void> | undefined;
  #done = 0;

  /** @param maxBytes - What may wait to be written before {@link add} makes its caller wait. */
  constructor(file: FileHandle, maxBytes: number, sparse: boolean, onWritten: (slab: Buffer, doneBytes: number) => void) {
    this.#file = file;
    this.#maxBytes = maxBytes;
    this.#sparse = sparse;
    this.#onWritten = onWritten;
  }

  get doneBytes(): number {
    return this.#done;
  }

  /** Takes an arrival. @throws what an earlier write threw. */
  async add(arrival: Arrival): Promise<void> {
    this.#arrived.push(arrival);
    this.#waitingBytes += arrival.bytes.length;
    if (this.#writing === undefined) {
      this.#writing = this.#writeAll();
      // It may fail while everybody waits for the host: whoever adds next, or finishes, learns of it.
      this.#writing.catch(() => {});
    }
    if (this.#waitingBytes > this.#maxBytes) await this.#writing;
  }

  /** Waits until everything is written. */
  async finish(): Promise<void> {
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    while (this.#arrived.length > 0) {
      const arrived = this.#arrived.sort((a, b) => a.offset - b.offset);
      this.#arrived = [];
      for (const run of neighbours(arrived)) await this.#write(run);
    }
    this.#writing = undefined;
  }

  async #write(run: readonly Arrival[]): Promise<void> {
    let pieces = run.map((arrival) => arrival.bytes);
    let offset = run[0]?.offset ?? 0;
    const isGap = this.#sparse && pieces.every((piece) => isHole(piece));
    for (let left = isGap ? 0 : pieces.reduce((sum, { length }) => sum + length, 0); left > 0; ) {
      const { bytesWritten } = await this.#file.writev(pieces.slice(0, MAX_PIECES), offset);
      // A file system may take less than it is given, and say why only to the next call.
      if (bytesWritten === 0) throw new SftpError('EIO', 'The local file system takes no more data, and does not say why');
      left -= bytesWritten;
      offset += bytesWritten;
      pieces = without(pieces, bytesWritten);
    }
    for (const arrival of run) {
      this.#waitingBytes -= arrival.bytes.length;
      this.#done += arrival.bytes.length;
      this.#onWritten(arrival.slab, this.#done);
    }
  }
}

function neighbours(sorted: readonly Arrival[]): Arrival[][] {
  const runs: Arrival[][] = [];
  let end: number | undefined;
  for (const arrival of sorted) {
    if (arrival.offset === end) runs.at(-1)?.push(arrival);
    else runs.push([arrival]);
    end = arrival.offset + arrival.bytes.length;
  }
  return runs;
}

/** What is left of some pieces without their first bytes. */
function without(pieces: readonly Buffer[], bytes: number): Buffer[] {
  let skipped = 0;
  let first = 0;
  while (first < pieces.length && skipped + (pieces[first] as Buffer).length <= bytes) {
    skipped += (pieces[first] as Buffer).length;
    first++;
  }
  const rest = pieces.slice(first);
  if (rest[0] !== undefined) rest[0] = rest[0].subarray(bytes - skipped);
  return rest;
}
