// One SFTP conversation over one channel: requests out, each answer to its asker. It does not know what the requests mean.
import type { Duplex, Readable } from 'node:stream';
import { neutralise } from '../../base/terminal.ts';
import { Semaphore } from '../../runtime/local/semaphore.ts';
import { SftpError, StatusError } from './errors.ts';
import {
  FieldReader,
  frame,
  MAX_DATA_BYTES,
  MAX_PACKET_BYTES,
  PACKET,
  PacketSplitter,
  SFTP_VERSION,
  STATUS,
  string,
  uint32,
  type WritePacket,
} from './wire.ts';

export interface SessionOptions {
  /** While requests wait, this long without any answer ends the session. Default 60 s. */
  readonly stallTimeoutMs?: number | undefined;
  /** Ends the channel if the session is not open yet. */
  readonly signal?: AbortSignal | undefined;
}

/** How much data one request may carry, as server and client both bear it. */
export interface DataLimits {
  readonly readBytes: number;
  readonly writeBytes: number;
}

interface Pending {
  /** Where the bytes of a DATA answer go. */
  readonly room: Buffer | undefined;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}
interface Reply {
  readonly type: number;
  readonly fields: FieldReader;
}

const STALL_TIMEOUT_MS = 60_000;
const HURRIED_TIMEOUT_MS = 5_000;
const CLOSE_TIMEOUT_MS = 5_000;
// What every server of version 3 must take.
const MODEST_DATA_BYTES = 32 * 1024;
// 64 requests of 255 KiB: what all transfers of a session together may hold in memory, however many they are.
const DATA_REQUESTS = 64;
// The greeting has no id; ids are unsigned, so this is nobody's.
const GREETING = -1;

/** A channel on which the other side has greeted. */
export class SftpSession {
  /** READs and WRITEs under way; the server decides how fast they end, so they are counted. */
  readonly dataRequests = new Semaphore(DATA_REQUESTS);
  readonly #channel: Duplex;
  readonly #splitter = new PacketSplitter((id, bytes) => this.#roomFor(id, bytes));
  readonly #pending = new Map<number, Pending>();
  readonly #stallTimeoutMs: number;
  #hurried = false;
  #extensions: ReadonlyMap<string, string> = new Map();
  #limits: DataLimits = { readBytes: MODEST_DATA_BYTES, writeBytes: MODEST_DATA_BYTES };
  #lastId = 0;
  #stall: NodeJS.Timeout | undefined;
  #lost: Error | undefined;

  private constructor(channel: Duplex, stallTimeoutMs: number) {
    this.#channel = channel;
    this.#stallTimeoutMs = stallTimeoutMs;
    channel.on('data', (chunk: Buffer) => this.#receive(chunk));
    channel.on('end', () => this.#lose(lost('The server ended the SFTP session')));
    channel.on('close', () => this.#lose(lost('The SFTP channel was closed')));
    channel.on('error', (cause: Error) => this.#lose(lost(`The SFTP channel broke: ${cause.message}`, cause)));
    drainErrors(channel);
  }

  /**
   * Greets, and learns what the server can do.
   *
   * @throws SftpError SFTP_LOST, SFTP_PROTOCOL; `signal.reason` on abort. The channel is closed then.
   */
  static async open(channel: Duplex, { stallTimeoutMs = STALL_TIMEOUT_MS, signal }: SessionOptions = {}): Promise<SftpSession> {
    const session = new SftpSession(channel, stallTimeoutMs);
    const onAbort = (): void => session.#lose(signal?.reason as Error);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      if (signal?.aborted) onAbort();
      await session.#greet();
      return session;
    } catch (error) {
      session.#lose(error as Error);
      throw error;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Whether it can still be asked. */
  get isOpen(): boolean {
    return this.#lost === undefined;
  }

  /** What the server offers beyond version 3, with its version: `posix-rename@openssh.com` is `1`. */
  get extensions(): ReadonlyMap<string, string> {
    return this.#extensions;
  }

  get limits(): DataLimits {
    return this.#limits;
  }

  /**
   * Asks, and waits for an answer of the expected type.
   *
   * @param expected - `PACKET.STATUS` where success brings nothing but "OK".
   * @throws StatusError when the server says no; SftpError SFTP_LOST, SFTP_PROTOCOL.
   */
  async ask(expected: number, type: number, ...fields: readonly Uint8Array[]): Promise<FieldReader> {
    const id = this.#freshId();
    return await this.#answer(expected, type, this.#send(id, frame(type, uint32(id), ...fields)));
  }

  /**
   * Asks for bytes, and has them put into `room`.
   *
   * @returns How many came. @throws as {@link ask}.
   */
  async read(room: Buffer, ...fields: readonly Uint8Array[]): Promise<number> {
    const id = this.#freshId();
    const answer = await this.#answer(PACKET.DATA, PACKET.READ, this.#send(id, frame(PACKET.READ, uint32(id), ...fields), room));
    const bytes = answer.uint32();
    // More than there is room for stays in the packet, and is the server's fault.
    if (bytes > room.length) throw protocolFault(`The server sent ${bytes} bytes where ${room.length} were asked for`);
    return bytes;
  }

  /** Sends a WRITE that is ready but for its number. @throws as {@link ask}. */
  async write(packet: WritePacket, offset: number, dataBytes: number): Promise<void> {
    const id = this.#freshId();
    await this.#answer(PACKET.STATUS, PACKET.WRITE, this.#send(id, packet.finish(id, offset, dataBytes)));
  }

  async #answer(expected: number, type: number, answer: Promise<Reply>): Promise<FieldReader> {
    const reply = await answer;
    if (reply.type === PACKET.STATUS) {
      const status = reply.fields.uint32();
      const said = reply.fields.left >= 4 ? neutralise(reply.fields.name()).slice(0, 200) : '';
      if (status !== STATUS.OK) throw new StatusError(status, said || `status ${status}`);
      if (expected === PACKET.STATUS) return reply.fields;
    } else if (reply.type === expected) {
      return reply.fields;
    }
    const error = protocolFault(`A request of type ${type} was answered by a packet of type ${reply.type}`);
    this.#lose(error);
    throw error;
  }

  /**
   * Asks for an operation of an extension.
   *
   * @throws SftpError SFTP_UNSUPPORTED when the server does not offer it; else as {@link ask}.
   */
  async askExtension(expected: number, name: string, ...fields: readonly Uint8Array[]): Promise<FieldReader> {
    if (!this.#extensions.has(name)) {
      throw new SftpError('SFTP_UNSUPPORTED', `The server does not offer ${name}`, { fix: "Use OpenSSH's sftp-server on the host" });
    }
    return await this.ask(expected, PACKET.EXTENDED, string(name), ...fields);
  }

  /** After an abort: somebody waits, so a silent server gets 5 s, until all that is under way has ended. */
  hurry(): void {
    this.#hurried = true;
    this.#watch();
  }

  /** Ends the conversation. Requests under way are rejected; a server that does not end its side is left after 5 s. */
  async close(): Promise<void> {
    const channel = this.#channel;
    if (this.#lost !== undefined) {
      channel.destroy();
      return;
    }
    this.#lose(lost('The SFTP session was closed here'));
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        channel.destroy();
        done();
      }, CLOSE_TIMEOUT_MS);
      channel.once('close', done);
    });
  }

  async #greet(): Promise<void> {
    const hello = await this.#send(GREETING, frame(PACKET.INIT, uint32(SFTP_VERSION)));
    const version = hello.fields.uint32();
    if (version !== SFTP_VERSION) throw protocolFault(`The server speaks SFTP version ${version} instead of ${SFTP_VERSION}`);
    const extensions = new Map<string, string>();
    while (hello.fields.left > 0) extensions.set(hello.fields.name(), hello.fields.name());
    this.#extensions = extensions;
    if (!extensions.has('limits@openssh.com')) return;
    const limits = await this.askExtension(PACKET.EXTENDED_REPLY, 'limits@openssh.com');
    limits.uint64(); // whole packets: the two below say it more exactly
    this.#limits = { readBytes: bearable(limits.uint64()), writeBytes: bearable(limits.uint64()) };
  }

  #send(id: number, packet: Buffer, room?: Buffer): Promise<Reply> {
    if (this.#lost !== undefined) return Promise.reject(this.#lost);
    if (packet.length - 4 > MAX_PACKET_BYTES) {
      return Promise.reject(
        new SftpError('EINVAL', `A request of ${packet.length} bytes is longer than SFTP can carry`, { fix: 'Use a shorter path' }),
      );
    }
    return new Promise<Reply>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject, room });
      this.#channel.write(packet);
      if (this.#pending.size === 1) this.#watch();
    });
  }

  /** Ids are 32 bits wide: after 2^32 requests they come round, and one may still be waiting. */
  #freshId(): number {
    do this.#lastId = (this.#lastId + 1) >>> 0;
    while (this.#pending.has(this.#lastId));
    return this.#lastId;
  }

  #receive(chunk: Buffer): void {
    if (this.#lost !== undefined) return;
    try {
      for (const packet of this.#splitter.push(chunk)) this.#dispatch(new FieldReader(packet));
    } catch (error) {
      this.#lose(error as Error);
    }
  }

  #roomFor(id: number, bytes: number): Buffer | undefined {
    const room = this.#pending.get(id)?.room;
    return room === undefined || bytes > room.length ? undefined : room.subarray(0, bytes);
  }

  #dispatch(fields: FieldReader): void {
    const type = fields.uint8();
    const id = type === PACKET.VERSION ? GREETING : fields.uint32();
    const pending = this.#pending.get(id);
    if (pending === undefined) throw protocolFault(`The server sent a packet of type ${type} that nobody asked for`);
    this.#pending.delete(id);
    if (this.#pending.size > 0) this.#stall?.refresh();
    else this.#unwatch();
    pending.resolve({ type, fields });
  }

  #watch(): void {
    if (this.#pending.size === 0) return;
    clearTimeout(this.#stall);
    const timeoutMs = this.#hurried ? Math.min(HURRIED_TIMEOUT_MS, this.#stallTimeoutMs) : this.#stallTimeoutMs;
    this.#stall = setTimeout(() => {
      this.#lose(lost(`The SFTP server answered nothing for ${timeoutMs} ms`));
      this.#channel.destroy();
    }, timeoutMs);
  }

  #unwatch(): void {
    clearTimeout(this.#stall);
    this.#stall = undefined;
    this.#hurried = false;
  }

  /** The one end of a session. The first reason stays; every request under way and every later one is rejected with it. */
  #lose(reason: Error): void {
    if (this.#lost !== undefined) return;
    this.#lost = reason;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    this.#unwatch();
    // Ending our side lets an orderly server end its own, and an SSH channel give back its slot.
    this.#channel.end();
    this.#channel.resume();
    if (!(reason instanceof SftpError) || reason.code === 'SFTP_PROTOCOL') this.#channel.destroy();
    for (const { reject } of pending) reject(reason);
  }
}

function lost(message: string, cause?: Error): SftpError {
  return new SftpError('SFTP_LOST', message, {
    fix: 'Open a new session and look at the host: its sftp-server or the connection ended',
    cause,
  });
}

function protocolFault(message: string): SftpError {
  return new SftpError('SFTP_PROTOCOL', message, { fix: "Check the server's Subsystem sftp line" });
}

/** A limit of 0 means none; one under 4 KiB is no limit anybody means. */
function bearable(limitBytes: number): number {
  return limitBytes === 0 ? MAX_DATA_BYTES : Math.min(Math.max(limitBytes, 4_096), MAX_DATA_BYTES);
}

/** An SSH channel has one window for both streams: errors that nobody reads would stop the data too. */
function drainErrors(channel: Duplex & { readonly stderr?: Readable | undefined }): void {
  channel.stderr?.on('error', () => {
    // It shares its fate with the channel, which tells.
  });
  channel.stderr?.resume();
}
