// Lines of a pipe or file, one after another. It shows no prompt, and has nobody to be interrupted by.
import readline from 'node:readline';
import type { InputStream } from '../context.ts';
import type { Entry, Lines } from './lines.ts';

export class PipedLines implements Lines {
  readonly isPerson = false;
  readonly #signal: AbortSignal;
  readonly #reader: readline.Interface;
  readonly #lines: AsyncIterator<string>;

  constructor(input: InputStream, signal: AbortSignal) {
    this.#signal = signal;
    this.#reader = readline.createInterface({ input, signal, crlfDelay: Number.POSITIVE_INFINITY });
    // At once: lines that come before somebody iterates are lost.
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  readonly next = async (): Promise<Entry> => {
    const { done, value } = await this.#lines.next();
    return done === true || this.#signal.aborted ? { kind: 'end' } : { kind: 'line', text: value };
  };

  readonly during = async <T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> => await work(this.#signal);

  readonly aside = async <T>(work: () => Promise<T>): Promise<T> => await work();

  readonly close = (): void => this.#reader.close();
}
