// Items as lines of bytes in shared memory, in one of three orders. It knows no threads: whoever calls it is alone.
import { deserialize, serialize } from 'node:v8';
import { NotSerializableError } from '../errors.ts';
import type { Compare } from '../local/priority-queue.ts';
import { isJson } from '../wire/codec.ts';
import { fromWire, toWire } from '../wire/convert.ts';
import type { Arena, Place } from './arena.ts';

/** A line ends here: JSON has no such byte inside. */
const NEWLINE = 0x0a;
/** Nothing more follows before the end of the buffer: go on at its beginning. */
const WRAP = 0x00;
/** A line that is no JSON, but base64 of V8's own format. */
const V8_MARK = '!';
const FIRST_BYTES = 1 << 16;
const MOST_BYTES = 1 << 28;

// Fields of the queue's record in the arena.
const HEAD = 2;
const TAIL = 3;
const COUNT = 4;

/** One line, with its newline. @throws NotSerializableError. */
export function lineOf(item: unknown): string {
  if (isJson(item)) return `${JSON.stringify(item)}\n`;
  const data = toWire(item);
  try {
    return `${V8_MARK}${serialize(data).toString('base64')}\n`;
  } catch (cause) {
    throw new NotSerializableError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** The item of a line. */
export function itemOf(line: string): unknown {
  return line.startsWith(V8_MARK) ? fromWire(deserialize(Buffer.from(line.slice(1), 'base64'))) : (JSON.parse(line) as unknown);
}

/** The items of some lines. */
export function itemsOf(lines: string): unknown[] {
  const text = lines.slice(0, -1);
  // One parse for many is far quicker than many; and what is JSON here needs no help.
  if (!text.startsWith(V8_MARK) && !text.includes(`\n${V8_MARK}`)) return JSON.parse(`[${text.replaceAll('\n', ',')}]`) as unknown[];
  return text.split('\n').map(itemOf);
}

/** Where the lines are: it grows. All methods are called inside a section, and undone with it. */
export abstract class Store {
  readonly memory: SharedArrayBuffer;
  protected readonly arena: Arena;
  protected readonly place: Place;
  #bytes: Buffer;

  constructor(arena: Arena, place: Place, memory?: SharedArrayBuffer) {
    this.arena = arena;
    this.place = place;
    this.memory = memory ?? makeMemory();
    this.#bytes = Buffer.from(this.memory);
  }

  get count(): number {
    return this.arena.read(this.place, COUNT);
  }

  /** Puts lines in. @param count - How many they are. @throws NotSerializableError when there is no room for them in any memory. */
  abstract push(lines: string, count: number): void;
  /** Takes up to `most` lines out; there is one at least. */
  abstract take(most: number): { readonly lines: string; readonly count: number };

  protected get bytes(): Buffer {
    if (this.#bytes.length !== this.memory.byteLength) this.#bytes = Buffer.from(this.memory);
    return this.#bytes;
  }

  protected get head(): number {
    return this.arena.read(this.place, HEAD);
  }

  protected get tail(): number {
    return this.arena.read(this.place, TAIL);
  }

  protected commit(head: number, tail: number, count: number): void {
    this.arena.write(this.place, HEAD, head);
    this.arena.write(this.place, TAIL, tail);
    this.arena.write(this.place, COUNT, count);
  }

  /** Makes the buffer at least so long. */
  protected grow(length: number): void {
    growMemory(this.memory, length);
  }
}

/** As every engine this runs on has it, and TypeScript's library of ES2023 does not. */
type GrowableMemory = SharedArrayBuffer & { grow(length: number): void };

export function makeMemory(): SharedArrayBuffer {
  const Memory = SharedArrayBuffer as new (length: number, options: { readonly maxByteLength: number }) => SharedArrayBuffer;
  return new Memory(FIRST_BYTES, { maxByteLength: MOST_BYTES });
}

/** Makes it at least so long, at once and for all threads. @throws NotSerializableError beyond 256 MiB. */
export function growMemory(memory: SharedArrayBuffer, length: number): void {
  if (length <= memory.byteLength) return;
  if (length > MOST_BYTES)
    throw new NotSerializableError(`A shared queue holds at most ${MOST_BYTES} bytes`, {
      fix: 'Take items out more quickly, or put smaller ones in',
    });
  (memory as GrowableMemory).grow(Math.min(MOST_BYTES, Math.max(length, 2 * memory.byteLength)));
}

/** First in, first out: a ring. */
export class RingStore extends Store {
  override push(lines: string, count: number): void {
    const length = Buffer.byteLength(lines);
    const start = this.#room(length);
    this.bytes.write(lines, start);
    this.commit(this.head, start + length, this.count + count);
  }

  override take(most: number): { lines: string; count: number } {
    const { bytes, tail } = this;
    let { head } = this;
    if (head >= bytes.length || bytes[head] === WRAP) head = 0;
    const stop = tail > head ? tail : this.#wrapAt(head);
    let end = stop;
    let count = 0;
    if (most >= this.count && tail > head) count = this.count;
    else for (end = head; end < stop && count < most; count++) end = bytes.indexOf(NEWLINE, end) + 1;
    const lines = bytes.toString('utf8', head, end);
    const left = this.count - count;
    this.commit(left === 0 ? 0 : end, left === 0 ? 0 : tail, left);
    return { lines, count };
  }

  /** Where so many bytes fit, in one piece. */
  #room(length: number): number {
    const { head, tail, bytes } = this;
    if (this.count === 0) {
      if (length > bytes.length) this.grow(length);
      this.arena.write(this.place, HEAD, 0);
      return 0;
    }
    if (tail > head) {
      if (length <= bytes.length - tail) return tail;
      if (length < head) {
        if (tail < bytes.length) bytes[tail] = WRAP;
        return 0;
      }
    } else if (length < head - tail) return tail;
    return this.#straighten(length);
  }

  // Into new memory, behind everything there is: until the commit, what was there is as it was.
  #straighten(length: number): number {
    const { head, tail, bytes } = this;
    const parts = tail > head ? [bytes.subarray(head, tail)] : [bytes.subarray(head, this.#wrapAt(head)), bytes.subarray(0, tail)];
    const data = Buffer.concat(parts);
    const from = bytes.length;
    this.grow(from + data.length + length);
    this.bytes.set(data, from);
    this.commit(from, from + data.length, this.count);
    return from + data.length;
  }

  #wrapAt(head: number): number {
    const mark = this.bytes.indexOf(WRAP, head);
    return mark === -1 ? this.bytes.length : mark;
  }
}

/** Last in, first out: a stack. */
export class StackStore extends Store {
  override push(lines: string, count: number): void {
    const length = Buffer.byteLength(lines);
    if (this.tail + length > this.bytes.length) this.grow(this.tail + length);
    this.bytes.write(lines, this.tail);
    this.commit(0, this.tail + length, this.count + count);
  }

  override take(): { lines: string; count: number } {
    const { bytes, tail } = this;
    const start = tail < 2 ? 0 : bytes.lastIndexOf(NEWLINE, tail - 2) + 1;
    this.commit(0, start, this.count - 1);
    return { lines: bytes.toString('utf8', start, tail), count: 1 };
  }
}

/** Smallest first. It looks through all items for each one taken: for hundreds, not for hundreds of thousands. */
export class PriorityStore extends Store {
  readonly #compare: Compare<unknown>;

  constructor(arena: Arena, place: Place, memory: SharedArrayBuffer | undefined, compare: Compare<unknown>) {
    super(arena, place, memory);
    this.#compare = compare;
  }

  override push(lines: string, count: number): void {
    // One that cannot be ordered is refused before anything changes.
    if (this.count > 0) this.#compare(itemsOf(lines)[0], itemsOf(this.#all())[0]);
    const length = Buffer.byteLength(lines);
    if (this.tail + length > this.bytes.length) this.grow(this.tail + length);
    this.bytes.write(lines, this.tail);
    this.commit(this.head, this.tail + length, this.count + count);
  }

  override take(): { lines: string; count: number } {
    const text = this.#all();
    const items = itemsOf(text);
    let least = 0;
    for (let i = 1; i < items.length; i++) if (this.#compare(items[i], items[least]) < 0) least = i;
    const lines = text.slice(0, -1).split('\n');
    const [line] = lines.splice(least, 1);
    const rest = lines.map((each) => `${each}\n`).join('');
    const length = Buffer.byteLength(rest);
    // Beside the old ones: until the commit those are as they were.
    const from = length <= this.head ? 0 : this.tail;
    if (from + length > this.bytes.length) this.grow(from + length);
    this.bytes.write(rest, from);
    this.commit(from, from + length, this.count - 1);
    return { lines: `${line}\n`, count: 1 };
  }

  #all(): string {
    return this.bytes.toString('utf8', this.head, this.tail);
  }
}
