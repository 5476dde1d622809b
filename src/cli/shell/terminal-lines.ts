// Lines that a person types: edited, completed, remembered; Ctrl-C is a key here, not a signal. It does not know what a line means.
import readline from 'node:readline';
import { Writable } from 'node:stream';
import type { Sink } from '../../report/seam.ts';
import type { Context } from '../context.ts';
import type { History } from './history.ts';
import type { Entry, Lines } from './lines.ts';

/** The words that could stand at the end of a line, and the end they replace. */
export type Completion = readonly [found: readonly string[], replaced: string];

export interface TerminalLinesOptions {
  readonly history: History;
  /** Must not take long: the person waits. */
  readonly complete: (line: string) => Promise<Completion>;
}

/**
 * The terminal stays in the hands of one reader, also while hosts work: so that keys typed ahead are neither lost nor painted into
 * the report, and Ctrl-C cancels the work instead of the program.
 */
export class TerminalLines implements Lines {
  readonly isPerson = true;
  readonly #context: Context;
  readonly #options: TerminalLinesOptions;
  readonly #screen: Screen;
  readonly #entries: Entry[] = [];
  #reader: readline.Interface | undefined;
  #wanted: ((entry: Entry) => void) | undefined;
  #work: AbortController | undefined;

  constructor(context: Context, options: TerminalLinesOptions) {
    this.#context = context;
    this.#options = options;
    this.#screen = new Screen(context.stderr);
  }

  readonly next = async (prompt: string): Promise<Entry> => {
    const early = this.#entries.shift();
    if (early !== undefined) {
      // Typed ahead: what is done must be seen to have been asked for.
      if (early.kind === 'line') this.#context.stderr.write(`${prompt}${early.text}\n`);
      return early;
    }
    const entry = new Promise<Entry>((resolve) => {
      this.#wanted = resolve;
    });
    const reader = this.#open();
    this.#screen.isShown = true;
    reader.setPrompt(prompt);
    reader.prompt(true);
    try {
      return await entry;
    } finally {
      this.#screen.isShown = false;
    }
  };

  readonly during = async <T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const stop = new AbortController();
    this.#work = stop;
    this.#open();
    try {
      return await work(AbortSignal.any([stop.signal, this.#context.signal]));
    } finally {
      this.#work = undefined;
    }
  };

  readonly aside = async <T>(work: () => Promise<T>): Promise<T> => {
    this.close();
    try {
      return await work();
    } finally {
      if (this.#work !== undefined) this.#open();
    }
  };

  readonly interrupt = (): void => {
    this.#entries.length = 0;
    this.#work?.abort();
  };

  readonly close = (): void => {
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.close();
  };

  #open(): readline.Interface {
    if (this.#reader !== undefined) return this.#reader;
    const { history, complete } = this.#options;
    const reader = readline.createInterface({
      input: this.#context.stdin,
      output: this.#screen,
      terminal: true,
      history: [...history.newestFirst],
      historySize: history.most,
      removeHistoryDuplicates: true,
      signal: this.#context.signal,
      completer: (line: string, answer: (error: null, completion: [string[], string]) => void) => {
        // A completion that fails is none: the person types on.
        void complete(line).then(
          ([found, replaced]) => answer(null, [[...found], replaced]),
          () => answer(null, [[], line]),
        );
      },
    });
    this.#reader = reader;
    reader.on('line', (text) => this.#arrived({ kind: 'line', text }));
    reader.on('history', (lines) => {
      if (lines[0]?.startsWith(' ') === true) lines.shift();
    });
    reader.on('SIGINT', () => this.#interrupt(reader));
    reader.on('close', () => {
      // Ctrl-D, or the terminal is gone; when somebody else closed it, it is ours no more.
      if (this.#reader !== reader) return;
      this.#reader = undefined;
      if (this.#work === undefined) this.#context.stderr.write('\n');
      this.#arrived({ kind: 'end' });
    });
    return reader;
  }

  #arrived(entry: Entry): void {
    const wanted = this.#wanted;
    this.#wanted = undefined;
    if (wanted === undefined) this.#entries.push(entry);
    else wanted(entry);
  }

  #interrupt(reader: readline.Interface): void {
    if (this.#work?.signal.aborted === true) {
      this.#context.stderr.write('\nStill ending what runs on the hosts; press Ctrl-C again to end sshoal\n');
      // From here on Ctrl-C is a signal again.
      this.close();
    } else if (this.#work !== undefined) {
      this.#context.stderr.write('\nEnding what runs on the hosts\n');
      this.interrupt();
    } else {
      const text = reader.line;
      this.#context.stderr.write('^C\n');
      this.#screen.isShown = false;
      reader.write(null, { ctrl: true, name: 'e' });
      reader.write(null, { ctrl: true, name: 'u' });
      this.#arrived({ kind: 'interrupted', text });
    }
  }
}

/** The terminal as the line editor sees it; while no line is wanted, nothing it paints arrives. */
class Screen extends Writable {
  readonly #sink: Sink;
  isShown = false;

  constructor(sink: Sink) {
    super({ decodeStrings: false });
    this.#sink = sink;
  }

  get columns(): number {
    return this.#sink.columns();
  }

  override _write(chunk: string | Uint8Array, _encoding: BufferEncoding, done: () => void): void {
    if (this.isShown) this.#sink.write(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
    done();
  }
}
