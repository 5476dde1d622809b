// Reads a journal, however it ended. It does not know why anybody wants to.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { JournalEntry, JournalHeader } from './entry.ts';
import { EntryReader } from './entry-reader.ts';
import { LineSplitter, type WholeLine } from './line-splitter.ts';

const CHUNK_BYTES = 256 * 1024;

export interface Journal {
  readonly file: string;
  readonly header: JournalHeader;
  /**
   * What happened, in order; one entry at a time is in memory. To be read once, and to its end or a `break`, which closes the file.
   *
   * @param isWanted - Asked of each line before it is read, which is quicker by far; all when not given.
   * @throws JournalReadError `JOURNAL_DAMAGED` in the middle; a last line that is not whole is left out.
   */
  readonly entries: (isWanted?: (line: Buffer) => boolean) => AsyncGenerator<JournalEntry, void, undefined>;
  /** Whether the last line was cut off, as by a crash; known when all has been read. */
  readonly isTorn: () => boolean;
  /** Closes the file where no entries are read. */
  readonly close: () => Promise<void>;
}

/**
 * Opens a journal; the file stays open until its entries have been read.
 *
 * @throws JournalReadError `JOURNAL_NEWER` where a later sshoal has written it, `JOURNAL_DAMAGED` where it has no beginning; and as `open`.
 */
export async function readJournal(file: string): Promise<Journal> {
  const [splitter, reader] = [new LineSplitter(file), new EntryReader(file)];
  const chunks = linesOf(file, splitter);
  const first = await chunks.next();
  const [head, ...rest] = first.done === true ? [] : first.value;
  try {
    if (head !== undefined) reader.take(head);
    const { header } = reader;
    const entries = async function* (isWanted: (line: Buffer) => boolean = () => true): AsyncGenerator<JournalEntry, void, undefined> {
      try {
        for (let lines = rest; ; ) {
          for (const line of lines) {
            const entry = isWanted(line.bytes) ? reader.take(line) : reader.pass(line);
            if (entry !== undefined) yield entry;
          }
          const next = await chunks.next();
          if (next.done === true) return;
          lines = next.value;
        }
      } finally {
        await chunks.return();
      }
    };
    const close = async (): Promise<void> => void (await chunks.return());
    return { file, header, entries, isTorn: () => splitter.isWithin || reader.isBroken, close };
  } catch (error) {
    await chunks.return();
    throw error;
  }
}

/** What is known of a run before it begins; nothing of the file stays open. @throws as {@link readJournal}. */
export async function headerOf(file: string): Promise<JournalHeader> {
  const journal = await readJournal(file);
  await journal.close();
  return journal.header;
}

/** Between the making of a file and its first line lies hardly more than the disk takes. */
const LONGEST_BEGINNING_MS = 10_000;

/** Whether a journal has nothing in it, or with `some` no whole first line, because it was made just now. */
export async function isBeginning(file: string, { some = false }: { readonly some?: boolean } = {}): Promise<boolean> {
  try {
    const { size, mtimeMs } = await stat(file);
    return (some || size === 0) && Date.now() - mtimeMs < LONGEST_BEGINNING_MS;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** The whole lines of each chunk; chunks without any are passed over. */
async function* linesOf(file: string, splitter: LineSplitter): AsyncGenerator<WholeLine[], void, undefined> {
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>) {
    const lines = [...splitter.push(chunk)];
    if (lines.length > 0) yield lines;
  }
}
