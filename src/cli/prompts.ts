// Questions to a person, one at a time, on stderr, so that stdout stays clean. It does not know what the answers are for.

import type { StreamSink } from './context.ts';
import { InterruptedError, NoTerminalError } from './errors.ts';

/** What can be asked. Without a person every question is an error that says what answers instead; Ctrl-C is an InterruptedError. */
export interface Prompts {
  /** Whether a question would be asked at all. */
  readonly isAnybodyThere: boolean;
  /** @throws NoTerminalError, InterruptedError. */
  readonly password: (question: Question) => Promise<string>;
  /** As password, but what is typed can be seen. @throws NoTerminalError, InterruptedError. */
  readonly text: (question: Question) => Promise<string>;
  /** @throws NoTerminalError, InterruptedError. */
  readonly choose: <T extends string>(question: Question, choices: readonly Choice<T>[]) => Promise<T>;
  /** Any number of them, none too unless the question is required. @throws NoTerminalError, InterruptedError. */
  readonly chooseMany: <T extends string>(question: Question, choices: readonly Choice<T>[]) => Promise<readonly T[]>;
  /** One of many, found by what is typed. @throws NoTerminalError, InterruptedError. */
  readonly search: (question: Question, found: (typed: string) => readonly Choice<string>[]) => Promise<string>;
  /** @throws NoTerminalError, InterruptedError. */
  readonly confirm: (question: Question) => Promise<boolean>;
}

export interface Question {
  readonly message: string;
  /** What answers the question without a person: `Set SSHOAL_PASSWORD`. */
  readonly otherwise: string;
  /** Shown above, once: a long text inside the question itself would be painted anew with every key. */
  readonly preface?: string;
  /** Whether nothing is no answer. Default false. */
  readonly required?: boolean;
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

  get isAnybodyThere(): boolean {
    const { input, output } = this.#streams;
    return input.isTTY && output.isTTY;
  }

  readonly password = async (question: Question): Promise<string> => String(await this.#ask(question, { type: 'password' }));

  readonly text = async (question: Question): Promise<string> => String(await this.#ask(question, { type: 'input' }));

  readonly choose = async <T extends string>(question: Question, choices: readonly Choice<T>[]): Promise<T> =>
    chosenOf(await this.#ask(question, { type: 'select', choices }), choices);

  readonly chooseMany = async <T extends string>(question: Question, choices: readonly Choice<T>[]): Promise<readonly T[]> => {
    const answers = (await this.#ask(question, { type: 'checkbox', choices })) as readonly unknown[];
    return answers.map((answer) => chosenOf(answer, choices));
  };

  readonly search = async (question: Question, found: (typed: string) => readonly Choice<string>[]): Promise<string> =>
    String(await this.#ask(question, { type: 'search', source: (typed: string | undefined) => found(typed ?? '') }));

  readonly confirm = async (question: Question): Promise<boolean> => (await this.#ask(question, { type: 'confirm' })) === true;

  async #ask(question: Question, prompt: Readonly<Record<string, unknown>>): Promise<unknown> {
    if (!this.isAnybodyThere) {
      throw new NoTerminalError(`Nobody is there to answer: ${question.message}`, { fix: question.otherwise });
    }
    const before = this.#last;
    const turn = (async () => {
      await before;
      return await this.#streams.report.hold(async () => await this.#show(question, prompt));
    })();
    this.#last = turn.catch(() => {
      // The one who asked hears of it; the next question must still be asked.
    });
    return await turn;
  }

  async #show({ message, preface, required }: Question, prompt: Readonly<Record<string, unknown>>): Promise<unknown> {
    const { input, output, signal } = this.#streams;
    // Loaded here, since few runs ask anything and loading takes longer than most of what the program does before.
    const { createPromptModule } = await import('inquirer');
    // A live line may stand there: it is painted anew after the answer.
    output.write('\r\x1b[K');
    if (preface !== undefined) output.write(`${preface}\n`);
    try {
      const ask = createPromptModule({ input, output, signal });
      const answers: Record<string, unknown> = await ask([{ ...prompt, message, required: required === true, name: 'answer' } as never]);
      return answers.answer;
    } catch (error) {
      if (error instanceof Error && ['ExitPromptError', 'AbortPromptError', 'CancelPromptError'].includes(error.name)) {
        throw new InterruptedError({ cause: error });
      }
      throw error;
    }
  }
}

function chosenOf<T extends string>(answer: unknown, choices: readonly Choice<T>[]): T {
  const chosen = choices.find((choice) => choice.value === answer);
  if (chosen === undefined) throw new RangeError(`The prompt answered ${String(answer)}`);
  return chosen.value;
}
