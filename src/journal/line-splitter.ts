// The whole lines of a file of lines that comes in chunks, with where each ends. It does not know what a line says.
import { JournalReadError } from './errors.ts';

/** No line that is written is so long; one that is would fill the memory. */
const LONGEST_LINE_BYTES = 64 * 1024 * 1024;
const NEWLINE = 0x0a;

export interface WholeLine {
  /** Without what ends it. */
  readonly bytes: Buffer;
  /** Where the next one begins, counted from the beginning of the file. */
  readonly end: number;
}

export class LineSplitter {
  readonly #file: string;
  #pieces: Buffer[] = [];
  #length = 0;
  #end = 0;

  /** @param file - Named in errors. */
  constructor(file: string) {
    this.#file = file;
  }

  /** Whether the last line so far is not whole. */
  get isWithin(): boolean {
    return this.#length > 0;
  }

  /** @throws JournalReadError `JOURNAL_DAMAGED` where a line has no end. */
  *push(chunk: Buffer): Generator<WholeLine, void, undefined> {
    let start = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, start)) {
      const last = chunk.subarray(start, at);
      const bytes = this.#pieces.length === 0 ? last : Buffer.concat([...this.#pieces, last]);
      [this.#pieces, this.#length, start] = [[], 0, at + 1];
      this.#end += bytes.length + 1;
      yield { bytes, end: this.#end };
    }
    if (start === chunk.length) return;
    this.#pieces.push(chunk.subarray(start));
    this.#length += chunk.length - start;
    if (this.#length > LONGEST_LINE_BYTES) {
      throw JournalReadError.damaged(this.#file, undefined, 'a line is longer than any that is written');
    }
  }
}

/** What a line of JSON says; undefined for one that is none, or holds something else than an object. */
export function jsonObjectOf(bytes: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const data: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof data === 'object' && data !== null ? (data as Readonly<Record<string, unknown>>) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
