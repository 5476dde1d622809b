// What has happened in a run, kept in Redis without a gap, sealed, told by one coordinator at a time. It does not know who reads it.
import { FencedError, forged } from './errors.ts';
import { circumstances } from './messages.ts';
import { places, writeLog } from './places.ts';
import type { Line } from './redis.ts';
import type { Sealer } from './seal.ts';
import type { RunEvent } from './seam.ts';
import { bytesIn, type News, StreamReader } from './streams.ts';

export interface LogEntry {
  readonly events: readonly RunEvent[];
  /** Whether nothing more comes; and why, where the run itself was wrong. */
  readonly end?: { readonly error?: unknown } | undefined;
}

/** Writes for one coordinator, from a number on. */
export class LogWriter {
  readonly #line: Line;
  readonly #sealer: Sealer;
  readonly #run: string;
  readonly #term: number;
  #number: number;
  #turn: Promise<void> = Promise.resolve();
  #isClosed = false;

  /** @param written - How many entries there are. */
  constructor(line: Line, sealer: Sealer, run: string, term: number, written: number) {
    this.#line = line;
    this.#sealer = sealer.of(run);
    this.#run = run;
    this.#term = term;
    this.#number = written;
  }

  /** Resolves when Redis has it. @throws FencedError where another coordinator counts by now. */
  async write(entry: LogEntry): Promise<void> {
    if (entry.events.length === 0 && entry.end === undefined) return;
    const turn = this.#turn.then(async () => {
      if (this.#isClosed) return;
      const number = this.#number + 1;
      const sealed = this.#sealer.seal(entry, circumstances.event(this.#run, number));
      if (!(await writeLog(this.#line, this.#run, this.#term, number, sealed))) throw new FencedError(this.#run);
      this.#number = number;
    });
    this.#turn = turn.catch(() => {});
    await turn;
  }

  /** Waits until Redis has all that was given so far. @returns How many entries there are. */
  async settled(): Promise<number> {
    await this.#turn;
    return this.#number;
  }

  /** Takes nothing more: another one writes on. */
  async close(): Promise<void> {
    await this.settled();
    this.#isClosed = true;
  }
}

export class LogReader {
  readonly #reader: StreamReader;
  readonly #sealer: Sealer;
  readonly #run: string;
  #read = 0;

  /** @param line - One of its own where it waits. */
  constructor(line: Line, sealer: Sealer, run: string) {
    this.#reader = new StreamReader(line, [[places.log(run), '0']]);
    this.#sealer = sealer.of(run);
    this.#run = run;
  }

  /** How many entries were read. */
  get read(): number {
    return this.#read;
  }

  /** What is new; nothing where nothing came for a second. @throws EngineError `ENGINE_FORGED` where one is missing or not ours. */
  async next(waits = true): Promise<LogEntry[]> {
    return (await this.#reader.next(waits)).map((news) => this.#open(news));
  }

  #open(news: News): LogEntry {
    const number = this.#read + 1;
    if (news.id !== `${number}-0`) throw forged(`entry ${number} of ${this.#run}, in whose place is ${news.id}`);
    const entry = this.#sealer.open(bytesIn(news, 's'), circumstances.event(this.#run, number)) as LogEntry;
    this.#read = number;
    return entry;
  }
}
