// What workers answer a coordinator, each once and in order, however often the line broke. It does not know what was asked.
import { EngineError } from './errors.ts';
import type { Holds } from './holds.ts';
import { type Answer, type Control, circumstances } from './messages.ts';
import { places } from './places.ts';
import type { Line } from './redis.ts';
import type { Sealer } from './seal.ts';
import { bytesIn, type News, numberIn, StreamReader, textIn } from './streams.ts';

export interface Answered {
  readonly worker: string;
  readonly answer: Answer;
}

export interface AnswerLogOptions {
  readonly line: Line;
  readonly sealer: Sealer;
  readonly run: string;
  readonly term: number;
  readonly holds: Holds;
  /** Told what was not sealed by one of us. */
  readonly note: (text: string) => void;
  /** The starter wants it ended. */
  readonly onCancel: () => void;
}

/** What was read is taken out of Redis in lots of so many. */
const TRIM_EVERY = 1_000;

export class AnswerLog {
  readonly #options: AnswerLogOptions;
  readonly #sealer: Sealer;
  /** How much each holder of a host has said, by host. */
  readonly #heard = new Map<string, { readonly fence: number; number: number }>();
  #listener: (answered: Answered) => void = () => {};
  #controls = 0;
  #untrimmed = 0;

  constructor(options: AnswerLogOptions) {
    this.#options = options;
    this.#sealer = options.sealer.of(options.run);
  }

  listen(listener: (answered: Answered) => void): void {
    this.#listener = listener;
  }

  /** Reads until the signal. @throws EngineError `ENGINE_LOST`. */
  async read(signal: AbortSignal): Promise<void> {
    const { line, run, term } = this.#options;
    const answers = places.answers(run, term);
    await using own = line.another();
    signal.addEventListener('abort', () => own.close(), { once: true });
    const reader = new StreamReader(own, [
      [answers, '0'],
      [places.control(run), '0'],
    ]);
    while (!signal.aborted) {
      let news: News[];
      try {
        news = await reader.next();
      } catch (error) {
        if (signal.aborted) return;
        throw error;
      }
      for (const one of news) this.#opened(one.stream === answers ? () => this.#hear(one) : () => this.#obey(one));
      this.#untrimmed += news.length;
      const last = news.findLast(({ stream }) => stream === answers);
      if (last === undefined || this.#untrimmed < TRIM_EVERY) continue;
      this.#untrimmed = 0;
      await line.ask(async (redis) => await redis.xtrim(answers, 'MINID', last.id));
    }
  }

  /** What nobody of us has said is named, and counts for nothing. */
  #opened(hear: () => void): void {
    try {
      hear();
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      this.#options.note(`refused: ${error.message}   [${error.code}]`);
    }
  }

  #hear(news: News): void {
    const { run, term, holds } = this.#options;
    const [host, fence, number, worker] = [textIn(news, 'h'), numberIn(news, 'f'), numberIn(news, 'n'), textIn(news, 'w')];
    const held = holds.fenceOf(host);
    if (held?.fence !== fence || held.worker !== worker) return;
    const known = this.#heard.get(host);
    const heard = known?.fence === fence ? known : { fence, number: 0 };
    if (number <= heard.number) return;
    const answer = this.#sealer.open(bytesIn(news, 's'), circumstances.answer(run, term, worker, host, fence, number)) as Answer;
    heard.number = number;
    this.#heard.set(host, heard);
    this.#listener({ worker, answer });
  }

  #obey(news: News): void {
    const number = numberIn(news, 'n');
    if (number <= this.#controls) return;
    const control = this.#sealer.open(bytesIn(news, 's'), circumstances.control(this.#options.run, number)) as Control;
    this.#controls = number;
    if (control.kind === 'cancel') this.#options.onCancel();
  }
}
