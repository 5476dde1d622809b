// The bytes of one open local file into a file of the host, many requests at once. It does not know what the file is called.
import type { FileHandle } from 'node:fs/promises';
import type { RemoteFile } from './remote-file.ts';
import { type FileTransferOptions, isHole, piecesInFlight, sourceChanged } from './transfer.ts';
import type { WritePacket } from './wire.ts';

interface Source {
  readonly file: FileHandle;
  /** For messages. */
  readonly path: string;
  /** 0: unknown, or empty; read to the end. */
  readonly totalBytes: number;
  /** Where to begin: what is before is there already. */
  readonly fromByte: number;
}

// Every read of the local file costs a turn of a thread: so several pieces are read at once.
const PIECES_PER_READ = 4;
// On a short line the server writes one piece while the next is on its way: large ones have both wait for each other. On a long line the
// number of requests is what is bounded.
const SHORT_LINE_MS = 5;
const SHORT_LINE_PIECE_BYTES = 64 * 1024;

/**
 * Copies in lanes, each of which reads a few pieces and sends them when its last ones have arrived.
 *
 * On an error or abort no lane takes more, and all are waited for: nobody writes into a file that is closed already.
 *
 * @param targets - The same file, opened over one session or several: on a long line each session has a window of its own.
 * @param roundTripMs - How long the host takes for an answer.
 * @returns How many bytes were sent.
 * @throws SftpError SOURCE_CHANGED when the source ends early; `signal.reason`; whatever reading and writing throw.
 */
export async function send(
  source: Source,
  targets: readonly [RemoteFile, ...RemoteFile[]],
  roundTripMs: number,
  options: FileTransferOptions,
): Promise<number> {
  const failures: unknown[] = [];
  const sender = new Sender(source, options, () => failures.length > 0);
  const guarded = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      failures.push(error);
    }
  };
  options.signal?.throwIfAborted();
  const [first] = targets;
  const pieceBytes = roundTripMs < SHORT_LINE_MS ? Math.min(SHORT_LINE_PIECE_BYTES, first.writeBytes) : first.writeBytes;
  const pieces = Math.ceil((source.totalBytes - source.fromByte) / pieceBytes);
  const inFlight = Math.min(piecesInFlight(pieceBytes, roundTripMs), pieces);
  const lanes = Math.ceil(inFlight / PIECES_PER_READ);
  await Promise.all(
    source.totalBytes === 0
      ? [guarded(async () => await sender.toEnd(first))]
      : Array.from({ length: lanes }, (_, lane) =>
          guarded(async () => await sender.lane(targets[lane % targets.length] ?? first, pieceBytes)),
        ),
  );
  if (failures.length > 0) throw failures[0];
  return sender.doneBytes;
}

class Sender {
  readonly #source: Source;
  readonly #options: FileTransferOptions;
  readonly #hasFailed: () => boolean;
  #next: number;
  #done = 0;

  constructor(source: Source, options: FileTransferOptions, hasFailed: () => boolean) {
    this.#source = source;
    this.#options = options;
    this.#hasFailed = hasFailed;
    this.#next = source.fromByte;
  }

  get doneBytes(): number {
    return this.#done;
  }

  async lane(target: RemoteFile, size: number): Promise<void> {
    const { path, totalBytes, file } = this.#source;
    const packets: WritePacket[] = [];
    while (this.#next < totalBytes && !this.#hasFailed()) {
      this.#options.signal?.throwIfAborted();
      const offset = this.#next;
      const end = Math.min(offset + size * PIECES_PER_READ, totalBytes);
      this.#next = end;
      const count = Math.ceil((end - offset) / size);
      while (packets.length < count) packets.push(target.newPacket(Math.min(size, end - offset)));
      const rooms = packets.slice(0, count).map((packet, i) => packet.data.subarray(0, Math.min(size, end - offset - i * size)));
      const got = await readFully(file, rooms, offset);
      if (got < end - offset) throw sourceChanged(path, `it ended at ${offset + got} of ${totalBytes} bytes`);
      await settled(rooms.map(async (room, i) => await this.#write(target, packets[i] as WritePacket, offset + i * size, room.length)));
    }
  }

  async toEnd(target: RemoteFile): Promise<void> {
    const packet = target.newPacket(target.writeBytes);
    for (let offset = this.#source.fromByte; ; ) {
      const got = await readFully(this.#source.file, [packet.data], offset);
      if (got === 0) return;
      await this.#write(target, packet, offset, got);
      offset += got;
      this.#options.signal?.throwIfAborted();
    }
  }

  async #write(target: RemoteFile, packet: WritePacket, offset: number, bytes: number): Promise<void> {
    const isGap = this.#options.sparse === true && isHole(packet.data.subarray(0, bytes));
    if (!isGap) {
      await this.#options.pace?.(bytes, this.#options.signal);
      await target.writePacket(packet, offset, bytes);
    }
    this.#done += bytes;
    const { totalBytes, fromByte } = this.#source;
    this.#options.onProgress?.(fromByte + this.#done, totalBytes === 0 ? undefined : totalBytes);
  }
}

/** Waits for all, even when one fails: their buffers are in use until then. */
async function settled(work: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(work)) if (result.status === 'rejected') throw result.reason;
}

/** @returns How much there was: less than there is room for only at the end of the file. */
async function readFully(file: FileHandle, rooms: readonly Buffer[], offset: number): Promise<number> {
  let done = 0;
  let left = [...rooms];
  while (left.length > 0) {
    const { bytesRead } = await file.readv(left, offset + done);
    if (bytesRead === 0) return done;
    done += bytesRead;
    let skip = bytesRead;
    while (left[0] !== undefined && left[0].length <= skip) skip -= left.shift()?.length ?? 0;
    if (left[0] !== undefined) left = [left[0].subarray(skip), ...left.slice(1)];
  }
  return done;
}
