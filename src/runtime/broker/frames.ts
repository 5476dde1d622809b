// Messages over a socket: a length, then a batch of them. It does not know what they say.
import type { Socket } from 'node:net';
import { decode, encode } from '../wire/codec.ts';

/** Four bytes of length before each frame. */
const HEADER_BYTES = 4;
/** More than any honest frame: a length beyond it is no length. */
const LONGEST_FRAME_BYTES = 1 << 30;
const LARGEST_BATCH = 1_024;
const COPIED_BYTES = 4_096;

/** Both ends of a line between two programs: what is sent in one go travels in one frame. */
export class Frames {
  readonly #socket: Socket;
  #batch: unknown[] = [];
  #hurried = false;
  #chunks: Buffer[] = [];
  #length = 0;
  /** How many bytes make the next frame whole, as far as it is known. */
  #needed = HEADER_BYTES;
  #onMessage: (message: unknown) => void = () => undefined;
  #onUnsendable: (message: unknown, error: unknown) => void = (_, error) => {
    throw error;
  };

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
  }

  get socket(): Socket {
    return this.#socket;
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#onMessage = listener;
  }

  /** What happens to a message that cannot be made bytes; the others go on. */
  onUnsendable(listener: (message: unknown, error: unknown) => void): void {
    this.#onUnsendable = listener;
  }

  /**
   * Sends it with whatever else is sent before the caller awaits. Order is kept.
   *
   * @param patient - Nobody waits for an answer: it may leave with what is sent until the loop turns.
   */
  send(message: unknown, patient = false): void {
    this.#batch.push(message);
    if (this.#batch.length >= LARGEST_BATCH) this.flush();
    else if (patient) setImmediate(() => this.flush());
    else if (!this.#hurried) {
      this.#hurried = true;
      queueMicrotask(() => this.flush());
    }
  }

  /** Writes what was sent. */
  flush(): void {
    this.#hurried = false;
    if (this.#batch.length === 0) return;
    const batch = this.#batch;
    this.#batch = [];
    for (const bytes of this.#encode(batch)) this.#write(bytes);
  }

  /** The message sent last, as long as it has not left. */
  get last(): unknown {
    return this.#batch.at(-1);
  }

  /** Whether the other side reads more slowly than we write. */
  get congested(): boolean {
    return this.#socket.writableNeedDrain;
  }

  #encode(batch: readonly unknown[]): Buffer[] {
    try {
      return [encode(batch)];
    } catch (error) {
      if (batch.length > 1) return batch.flatMap((message) => this.#encode([message]));
      this.#onUnsendable(batch[0], error);
      return [];
    }
  }

  #write(bytes: Buffer): void {
    const header = Buffer.allocUnsafe(HEADER_BYTES);
    header.writeUInt32BE(bytes.length);
    // One write where copying costs less than a second one.
    if (bytes.length < COPIED_BYTES) {
      this.#socket.write(Buffer.concat([header, bytes]));
      return;
    }
    this.#socket.cork();
    this.#socket.write(header);
    this.#socket.write(bytes);
    this.#socket.uncork();
  }

  #read(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    // Joined only when a whole frame is there: at every chunk, a long one would be copied again and again.
    if (this.#length < this.#needed) return;
    let rest = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    for (;;) {
      this.#needed = rest.length < HEADER_BYTES ? HEADER_BYTES : HEADER_BYTES + rest.readUInt32BE();
      if (this.#needed > LONGEST_FRAME_BYTES) {
        this.#socket.destroy(new Error('a frame longer than any'));
        return;
      }
      if (rest.length < this.#needed) break;
      const messages = this.#decode(rest.subarray(HEADER_BYTES, this.#needed));
      rest = rest.subarray(this.#needed);
      for (const message of messages) this.#onMessage(message);
    }
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#length = rest.length;
  }

  // Whoever sends what is no frame is not heard any more.
  #decode(bytes: Buffer): readonly unknown[] {
    try {
      const messages = decode(bytes);
      if (Array.isArray(messages)) return messages;
      this.#socket.destroy(new Error('a frame without messages'));
    } catch (error) {
      this.#socket.destroy(error as Error);
    }
    return [];
  }
}
