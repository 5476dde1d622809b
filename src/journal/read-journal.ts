// Reads a journal, however it ended. It does not know why anybody wants to.
import { createReadStream } from 'node:fs';
import { FORMAT, type JournalEntry, type JournalHeader } from './entry.ts';
import { JournalReadError } from './errors.ts';
import { LineReader } from './line.ts';

/** No line that is written is so long; one that is would fill the memory. */
const LONGEST_LINE_BYTES = 64 * 1024 * 1024;
const NEWLINE = 0x0a;

export interface Journal {
  readonly file: string;
  readonly header: JournalHeader;
  /**
   * What happened, in order; one entry at a time is in memory. To be read once, and to its end or a `break`, which closes the file.
   *
   * @throws JournalReadError `JOURNAL_DAMAGED` in the middle; a last line that is not whole is left out.
   */
  readonly entries: () => AsyncGenerator<JournalEntry, void, undefined>;
  /** Whether the last line was cut off, as by a crash; known when all has been read. */
  readonly isTorn: () => boolean;
  /** The bytes of all whole lines read so far. */
  readonly readBytes: () => number;
}

/**
 * Opens a journal.
 *
 * @throws JournalReadError `JOURNAL_NEWER` where a later sshoal has written it, `JOURNAL_DAMAGED` where it has no beginning; and as `open`.
 */
export async function readJournal(file: string): Promise<Journal> {
  const lines = new Lines(file);
  const source = lines.read();
  const first = await source.next();
  if (first.done === true) throw damaged(file, 1, 'it has no first line');
  const { kind, format, ...header } = first.value as { kind?: string; format?: number } & JournalHeader;
  if (kind !== 'header' || format === undefined || format > FORMAT) {
    await source.return();
    if (kind !== 'header' || format === undefined) throw damaged(file, 1, 'it does not begin as one');
    throw new JournalReadError('JOURNAL_NEWER', `The journal has format ${format}, and this sshoal reads up to ${FORMAT}`, {
      where: file,
      fix: 'Read it with the sshoal that wrote it, or a later one',
    });
  }
  return { file, header, entries: () => entriesOf(file, source), isTorn: () => lines.isTorn, readBytes: () => lines.readBytes };
}

async function* entriesOf(file: string, source: AsyncGenerator<object, void, undefined>): AsyncGenerator<JournalEntry, void, undefined> {
  const reader = new LineReader();
  let number = 1;
  for await (const line of source) {
    number++;
    const entry = read(() => reader.entry(line as Readonly<Record<string, unknown>>), file, number);
    if (entry !== undefined) yield entry;
  }
}

/** What makes no sense is a fault of the file, not of the program. */
function read<T>(entry: () => T, file: string, number: number): T {
  try {
    return entry();
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError) throw damaged(file, number, error.message);
    throw error;
  }
}

/** The whole lines of a file, each parsed. */
class Lines {
  readonly #file: string;
  isTorn = false;
  readBytes = 0;

  constructor(file: string) {
    this.#file = file;
  }

  async *read(): AsyncGenerator<object, void, undefined> {
    let number = 0;
    /** A line that is no JSON, as a crash of the machine leaves one: allowed at the end only. */
    let broken: number | undefined;
    for await (const bytes of this.#whole()) {
      number++;
      if (broken !== undefined) throw damaged(this.#file, broken, 'it is no JSON');
      const data = objectOf(bytes);
      if (data === undefined) broken = number;
      else {
        this.readBytes += bytes.length + 1;
        yield data;
      }
    }
    if (broken !== undefined) this.isTorn = true;
  }

  async *#whole(): AsyncGenerator<Buffer, void, undefined> {
    let pieces: Buffer[] = [];
    let length = 0;
    for await (const chunk of createReadStream(this.#file, { highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>) {
      let start = 0;
      for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
        const last = chunk.subarray(start, end);
        yield pieces.length === 0 ? last : Buffer.concat([...pieces, last]);
        [pieces, length, start] = [[], 0, end + 1];
      }
      pieces.push(chunk.subarray(start));
      length += chunk.length - start;
      if (length > LONGEST_LINE_BYTES) throw damaged(this.#file, undefined, 'a line is longer than any that is written');
    }
    this.isTorn = length > 0;
  }
}

function objectOf(bytes: Buffer): object | undefined {
  try {
    const data: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof data === 'object' && data !== null ? data : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function damaged(file: string, line: number | undefined, reason: string): JournalReadError {
  return new JournalReadError('JOURNAL_DAMAGED', `The journal is damaged: ${reason}`, {
    where: line === undefined ? file : `${file}:${line}`,
    fix: 'What is before can be read by hand; remove the file to be rid of it',
  });
}
