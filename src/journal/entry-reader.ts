// From the lines of a journal to its header and entries, whoever has the lines. It does not know where they come from, nor when.
import { FORMAT, type JournalEntry, type JournalHeader } from './entry.ts';
import { JournalReadError } from './errors.ts';
import { LineReader } from './line.ts';
import { jsonObjectOf, type WholeLine } from './line-splitter.ts';

/** How lines begin that say something about others: the names of tasks, and that there are no more. */
const TELLING = ['{"kind":"task",', '{"kind":"task-started",', '{"kind":"end",'].map((start) => Buffer.from(start));

/** Takes the lines of one journal, all of them and in order: later ones refer to earlier ones. */
export class EntryReader {
  readonly #file: string;
  readonly #lines = new LineReader();
  #number = 0;
  #header: JournalHeader | undefined;
  #broken: number | undefined;
  #isEnded = false;

  /** @param file - Named in errors. */
  constructor(file: string) {
    this.#file = file;
  }

  /** Whether the first line has come. */
  get hasBegun(): boolean {
    return this.#header !== undefined;
  }

  /** @throws JournalReadError `JOURNAL_DAMAGED` where no first line has come yet. */
  get header(): JournalHeader {
    if (this.#header === undefined) throw JournalReadError.damaged(this.#file, 1, 'it has no first line');
    return this.#header;
  }

  /** Whether the run came to its end. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Whether the last line is no JSON, as a crash of the machine leaves one: allowed at the end only. */
  get isBroken(): boolean {
    return this.#broken !== undefined;
  }

  /**
   * @returns Undefined for the header, and for what says nothing by itself.
   * @throws JournalReadError `JOURNAL_NEWER` where a later sshoal has written it, `JOURNAL_DAMAGED`.
   */
  take({ bytes }: WholeLine): JournalEntry | undefined {
    this.#number++;
    if (this.#broken !== undefined) throw JournalReadError.damaged(this.#file, this.#broken, 'it is no JSON');
    const data = jsonObjectOf(bytes);
    if (this.#header === undefined) this.#header = this.#headerOf(data);
    else if (data === undefined) this.#broken = this.#number;
    else return this.#entry(data);
    return undefined;
  }

  /** The same for a line whose entry nobody wants. */
  pass(line: WholeLine): void {
    const isTelling = TELLING.some((start) => line.bytes.subarray(0, start.length).equals(start));
    if (this.#header === undefined || isTelling) this.take(line);
    else this.#number++;
  }

  #headerOf(data: Readonly<Record<string, unknown>> | undefined): JournalHeader {
    const { kind, format, ...header } = (data ?? {}) as { kind?: unknown; format?: number } & Partial<JournalHeader>;
    if (kind !== 'header' || format === undefined) throw JournalReadError.damaged(this.#file, 1, 'it does not begin as one');
    if (format <= FORMAT) return header as JournalHeader;
    throw new JournalReadError('JOURNAL_NEWER', `The journal has format ${format}, and this sshoal reads up to ${FORMAT}`, {
      where: this.#file,
      fix: 'Read it with the sshoal that wrote it, or a later one',
    });
  }

  /** What makes no sense is a fault of the file, not of the program. */
  #entry(data: Readonly<Record<string, unknown>>): JournalEntry | undefined {
    try {
      const entry = this.#lines.entry(data);
      if (entry?.kind === 'end') this.#isEnded = true;
      return entry;
    } catch (error) {
      if (error instanceof TypeError || error instanceof SyntaxError)
        throw JournalReadError.damaged(this.#file, this.#number, error.message);
      throw error;
    }
  }
}
