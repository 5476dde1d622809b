// Questions to a person, one at a time, on stderr, so that stdout stays clean. It does not know what the answers are for.

import type { StreamSink } from './context.ts';
import { InterruptedError, NoTerminalError } from './errors.ts';

/** What can be asked. Without a person every question is an error that says what answers instead. */
export interface Prompts {
  /** @throws NoTerminalError, InterruptedError. */
  readonly password: (question: Question) => Promise<string>;
  /** As password, but what is typed can be seen. @throws NoTerminalError, InterruptedError. */
  readonly text: (question: Question) => Promise<string>;
  /** @throws NoTerminalError, InterruptedError. */
  readonly choose: <T extends string>(question: Question, choices: readonly Choice<T>[]) => Promise<T>;
}

export interface Question {
  readonly message: string;
  /** What answers the question without a person: `Set SSHOAL_PASSWORD`. */
  readonly otherwise: string;
}

export interface Choice<T extends string> {
  readonly value: T;
  readonly name: string;
}

export interface PromptStreams {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  /** Shares the terminal with the questions, and is held while one stands there. */
  readonly report: StreamSink;
  readonly signal: AbortSignal;
}

/** Questions on a terminal; where stdin or stderr is none, each is refused. */
export class TerminalPrompts implements Prompts {
  readonly #streams: PromptStreams;
  /** The question before: two at once would read each other's keys. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(streams: PromptStreams) {
    this.#streams = streams;
  }

  readonly password = async (question: Question): Promise<string> =>
    String(await this.#ask(question, { type: 'password', message: question.message }));

  readonly text = async (question: Question): Promise<string> =>
    String(await this.#ask(question, { type: 'input', message: question.message }));

  readonly choose = async <T extends string>(question: Question, choices: readonly Choice<T>[]): Promise<T> => {
    const answer = await this.#ask(question, { type: 'select', message: question.message, choices });
    const chosen = choices.find((choice) => choice.value === answer);
    if (chosen === undefined) throw new RangeError(`The prompt answered ${String(answer)}`);
    return chosen.value;
  };

  async #ask(question: Question, prompt: Readonly<Record<string, unknown>>): Promise<unknown> {
    const { input, output } = this.#streams;
    if (!input.isTTY || !output.isTTY) {
      throw new NoTerminalError(`Nobody is there to answer: ${question.message}`, { fix: question.otherwise });
    }
    const before = this.#last;
    const turn = (async () => {
      await before;
      return await this.#streams.report.hold(async () => await this.#show(prompt));
    })();
    this.#last = turn.catch(() => {
      // The one who asked hears of it; the next question must still be asked.
    });
    return await turn;
  }

  async #show(prompt: Readonly<Record<string, unknown>>): Promise<unknown> {
    const { input, output, signal } = this.#streams;
    // Loaded here, since few runs ask anything and loading takes longer than most of what the program does before.
    const { createPromptModule } = await import('inquirer');
    // A live line may stand there: it is painted anew after the answer.
    output.write('\r\x1b[K');
    try {
      const ask = createPromptModule({ input, output, signal });
      const answers: Record<string, unknown> = await ask([{ ...prompt, name: 'answer' } as never]);
      return answers.answer;
    } catch (error) {
      if (error instanceof Error && ['ExitPromptError', 'AbortPromptError', 'CancelPromptError'].includes(error.name)) {
        throw new InterruptedError({ cause: error });
      }
      throw error;
    }
  }
}
